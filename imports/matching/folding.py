"""Text folded for comparison, with the way back: every folded character knows where it stood.

Compatibility forms, case, accents, typographic apostrophes, and what is written otherwise in Taiwan and Hong Kong.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Traditional and simplified by turns: those that the news of this field uses. A whole table is a library of its own.
_FORMS = (
    "國国網网辦办資资訊讯業业務务發发佈布開开關关門门電电腦脑機机學学習习語语說说話话詞词類类數数據据"
    "庫库標标識识準准則则規规範范圍围總总統统計计劃划動动態态應应當当產产廠厂創创製制設设備备術术體体"
    "係系聯联會会議议員员長长書书記记報报導导評评論论問问題题認认證证審审檢检測测試试驗验練练訓训義义"
    "軍军隊队戰战爭争協协約约談谈辭辞歲岁萬万億亿價价財财經经濟济貿贸銀银錢钱買买賣卖購购貨货運运輸输"
    "車车駕驾駛驶飛飞無无衛卫組组織织團团隸隶屬属區区縣县鎮镇鄉乡廣广東东灣湾華华臺台滬沪蘇苏漢汉陝陕"
    "黨党領领幹干為为與与於于從从個个們们來来將将對对過过還还這这裡里後后時时間间點点現现見见視视覺觉"
    "聽听聲声響响頭头腳脚臉脸親亲愛爱懷怀處处罰罚違违際际實实質质級级層层條条終终線线紙纸結结絡络給给"
    "續续維维護护繼继編编緊紧縮缩績绩權权極极構构樣样橋桥樹树樓楼歐欧歸归歷历曆历殺杀氣气決决沒没況况"
    "淨净減减渦涡滿满漲涨潔洁濾滤災灾爾尔獨独獲获環环異异盡尽監监盤盘著着確确礎础礙碍禮礼離离種种穩稳"
    "積积競竞筆笔節节築筑簡简簽签籌筹糾纠紀纪純纯納纳細细絕绝舉举舊旧藝艺蘋苹藥药虛虚號号補补裝装複复"
    "覽览觀观觸触訂订許许訴诉診诊詐诈該该詳详誤误請请諮咨講讲謝谢譯译讀读變变讓让貝贝負负貢贡責责貴贵"
    "費费貼贴賀贺賓宾賞赏賠赔賦赋賬账賴赖贏赢趙赵躍跃軌轨軟软軸轴較较載载輕轻輛辆輝辉輪轮轉转轟轰農农"
    "連连週周進进遊游達达遠远適适遞递選选遷迁遺遗郵邮鄧邓釋释針针釘钉鈔钞鋪铺鋼钢錄录錯错鍵键鎖锁鏈链"
    "鐵铁鑒鉴鑽钻閉闭閱阅闆板陣阵陸陆階阶隨随險险隱隐雖虽雙双雜杂難难雲云霧雾靜静韓韩項项順顺須须預预"
    "頒颁頓顿頻频顧顾顯显風风養养館馆馬马騰腾驅驱驚惊魚鱼麗丽麥麦黃黄齊齐龍龙龐庞優优償偿傳传傷伤倫伦"
    "儀仪儲储兒儿內内兩两冊册凍冻劉刘劇剧勞劳勢势勝胜勵励勸劝單单嚴严圖图圓圆場场塊块塵尘壓压壞坏壯壮"
    "夠够夢梦奪夺奮奋妳你姊姐媽妈嬰婴孫孙寧宁寫写寬宽寶宝專专尋寻屆届嶄崭幣币幫帮廳厅張张強强彈弹徑径"
    "復复恆恒惡恶慮虑慶庆憑凭憲宪懸悬擁拥擇择擊击擔担擬拟擴扩擾扰攜携攝摄敗败敵敌斷断歡欢歩步殘残"
)
_SIMPLIFIED = dict(zip(_FORMS[::2], _FORMS[1::2], strict=True)) | {
    "‘": "'",
    "’": "'",
    "\u2010": "-",
    "–": "-",
}

_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=50_000)
def fold_character(character: str) -> str:
    """What a character is compared by: none, one or several; a space for any white space."""
    if character.isspace():
        return " "
    decomposed = unicodedata.normalize("NFKD", character.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return _SIMPLIFIED.get(bare, bare)


def fold(text: str) -> str:
    """The text as it is compared; runs of white space are one space."""
    if text.isascii():
        return _SPACES.sub(" ", text.casefold())
    return fold_with_places(text)[0]


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the index of the one in ``text`` that it came from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in fold_character(character):
            if part != " " or not folded or folded[-1] != " ":
                folded.append(part)
                places.append(place)
    return "".join(folded), places
