"""Words that say nothing, and words of the field in Chinese with their English ones."""

from __future__ import annotations

_STOP_WORDS = """
    a about after again all also amid an and any are as at be been before but by can could did do does for from had
    has have he her here his how if in into is it its just like may more most new next no not of off on one only or
    other our out over own says said set she should so some such than that the their them then there these they this
    those through to too under until up use us very via was we were what when where which while who whose why will with
    would you your cny usd rmb hkd eur
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
# A pair with one of these joins two words.
FUNCTION_CHARACTERS = frozenset("的了在是和与及将为等对被从向把")

_LINES = """
人工智能 ai, 人工智慧 ai, 大模型 model, 模型 model, 开源 open source, 算法 algorithm, 智能体 agents, 算力 computing
芯片 chip, 晶片 chip, 超节点 supernode, 昇腾 ascend, 数据中心 data centre, 云 cloud, 基础设施 infrastructure
发布 release, 推出 release, 上市 listing, 港交所 exchange, 香港 hong kong, 收购 acquire buy, 融资 funding round
投资 invest, 基金 fund, 估值 valuation, 股价 shares, 合作 cooperation, 服务 services, 豆包 doubao, 文心一言 ernie bot
办法 measures, 规定 provisions, 条例 regulations, 意见 guidelines opinions, 意见稿 draft, 征求意见 consultation
暂行 interim, 备案 filing, 施行 effect, 实施 implementation, 印发 issue, 部门 departments, 国务院 state council
治理 governance, 安全 safety, 伦理 ethics, 标识 label, 内容 content, 合成 synthesis generated, 生成式 generative
深度合成 deep synthesis, 推荐 recommendation, 拟人化 human-like, 未成年人 minors, 违法 unlawful, 约谈 summon
法院 court, 裁定 ruling, 判决 ruling, 解雇 fire dismissal, 裁员 fire dismissal, 员工 workers, 岗位 job, 替代 replace
代替 replace, 机器人 robot, 人形 humanoid, 具身智能 embodied, 脑机接口 brain-computer, 自动驾驶 autonomous driving
出口 export, 管制 controls, 制裁 sanctions, 禁止 ban, 禁令 ban, 停止 block stop, 封锁 block, 许可 licence
漏洞 vulnerability, 后门 backdoor, 美国 us, 中国 china, 军控 arms control, 白皮书 white paper, 行动 action
工作报告 work report, 五年规划 five-year plan, 十五五 15th five-year plan
"""
GLOSSARY = {
    chinese: english.split()
    for chinese, english in (pair.split(" ", 1) for pair in _LINES.strip().replace("\n", ", ").split(", "))
}
