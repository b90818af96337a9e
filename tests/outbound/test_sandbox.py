"""Whatever foreign bytes bring a reader to do: it ends, it reaches nothing, and the next document is read."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.test import Client

from outbound import sandbox
from outbound.sandbox import Ended, Unreadable, kernel, reading
from outbound.sandbox.limits import MAX_RESULT, MEMORY
from tests.waiting import wait

HERE = "tests.outbound.hostile"


def run(function: str, content: bytes = b"", **arguments: Any) -> Any:
    return sandbox.run(f"{HERE}:{function}", content, **arguments)


def ended(function: str, content: bytes = b"", **arguments: Any) -> Ended:
    """How it ended. Whatever it was: the next document is read."""
    with pytest.raises(Ended) as caught:
        run(function, content, **arguments)
    assert run("echo", b"next") == [4, "next", {}]
    return caught.value


def apart(program: Callable[[], Any]) -> Any:
    """What the program returns in a fork of this process."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, json.dumps(program()).encode())
        except BaseException:  # noqa: BLE001 - nothing may run on in a fork of the tests
            traceback.print_exc()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return json.loads(said)


# What is asked, and what comes back.


def test_content_arguments_and_result_arrive_whole() -> None:
    arguments = {"text": "国\ud800", "deep": [{"a": [None, 1.5, True]}]}
    assert run("echo", "国家".encode() * 1_000_000, **arguments) == [6_000_000, "国家" * 1_000_000, arguments]


def test_a_sentence_of_the_reader_s_comes_back_as_such() -> None:
    with pytest.raises(Unreadable, match=r"^The feed has no items; 没有条目\.$"):
        run("refuse")


@pytest.mark.parametrize(("function", "why"), [("fail", "KeyError"), ("no_json", "TypeError")])
def test_a_reader_that_fails_is_named_by_its_error_without_the_document_s_text(
    function: str, why: str
) -> None:
    error = ended(function)
    assert (error.kind, error.why) == ("crash", why)
    assert "secret" not in str(error)


@pytest.mark.parametrize("function", ["crash", "kill_itself"])
def test_a_reader_that_crashes_takes_nothing_along(function: str) -> None:
    assert ended(function).kind == "crash"


def test_a_child_that_lets_go_and_lives_on_is_ended_and_blamed_for_nothing_else() -> None:
    assert ended("let_go_and_live_on").kind == "crash"


def test_arguments_that_are_no_json_are_the_caller_s_fault() -> None:
    with pytest.raises(TypeError):
        run("echo", b"", what=object())


# Limits.


def test_the_kernel_keeps_the_limits() -> None:
    limits = run("limits")
    assert limits["Max cpu time"] == ["5", "6"]
    assert limits["Max open files"] == ["16", "16"]
    assert limits["Max file size"] == limits["Max core file size"] == limits["Max processes"] == ["0", "0"]
    assert int(limits["Max address space"][1]) < MEMORY * 2


@pytest.mark.parametrize("function", ["compute", "compute_on"])
def test_computing_without_end_is_ended(function: str) -> None:
    error = ended(function)
    # A machine that is busy gives it less than five seconds in ten.
    assert error.sentence in (
        "The document took more than 5 seconds of computing to read.",
        "The document took more than 10 seconds to read.",
    )


def test_waiting_without_end_is_ended() -> None:
    error = ended("sleep")
    assert (error.kind, error.sentence) == ("time", "The document took more than 10 seconds to read.")


@pytest.mark.parametrize(
    ("function", "content"), [("grow", b""), ("multiply", b"a" * 1_000_000), ("grow_elsewhere", b"")]
)
def test_growing_without_end_is_ended(function: str, content: bytes) -> None:
    error = ended(function, content)
    assert error.kind == ("crash" if function == "grow_elsewhere" else "memory")


def test_a_library_in_c_grows_no_further_than_the_limit() -> None:
    assert run("grow_in_c", size=1_000_000) == 1_000_000
    # The library says in its own way that there is no memory.
    assert ended("grow_in_c", size=10_000_000).kind in ("memory", "crash")


def test_a_result_has_a_size() -> None:
    assert len(run("long", size=MAX_RESULT - 2)) == MAX_RESULT - 2
    assert ended("long", size=MAX_RESULT).kind == "output"


@pytest.mark.parametrize(
    ("size", "kind"), [(1, "crash"), (100, "crash"), (MAX_RESULT // 1_000 + 1, "output")]
)
def test_an_answer_that_was_broken_into_is_no_result(size: int, kind: str) -> None:
    assert ended("say_and_end", size=size).kind == kind


# The world outside.


def test_no_child_begets_another() -> None:
    assert set(run("fork")) <= {os.strerror(1), os.strerror(11)}


def test_a_child_reaches_no_network_no_file_and_no_process(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("a")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        tried = run("attempts", folder=str(tmp_path), caller=os.getpid(), port=server.getsockname()[1])
        with pytest.raises(BlockingIOError):
            server.accept()
    assert tried.pop("open many") == os.strerror(24)
    # Where the kernel cannot say which files, a child reads what its user may read.
    assert {tried.pop("read"), tried.pop("list")} == {os.strerror(13) if reading.is_bounded() else "done"}
    assert set(tried.values()) == {os.strerror(1)}, tried
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("old", "a")]


def test_a_child_knows_none_of_its_caller_s_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "DATABASE_URL" in os.environ
    found = run("outside", caller=os.getpid())
    assert "DATABASE_URL" not in found["environment"]
    assert found["initial"] == ""
    # Standard input and outputs, the connection, the line, and the folder that it is listing.
    assert len(found["descriptors"]) == 6
    if sandbox.isolation()["network"] == "namespace":
        assert found["caller"] == os.strerror(13)


# What holds.


@pytest.mark.parametrize(
    ("forbidden", "network"),
    [((), "namespace"), (("unshare",), "seccomp"), (("prctl",), "namespace"), (("unshare", "prctl"), "none")],
)
def test_what_holds_is_found_out_by_trying(forbidden: tuple[str, ...], network: str) -> None:
    if network == "namespace" and sandbox.isolation()["network"] != "namespace":
        pytest.skip("this kernel, or container, allows no network namespace")

    def program() -> Any:
        kernel.give_up()
        if forbidden:
            kernel.deny(kernel.denying(forbidden, writing=True))
        sandbox.probe._network.cache_clear()
        return sandbox.isolation()

    found = apart(program)
    assert (found["network"], found["ok"]) == (network, network != "none"), found


def test_readyz_says_what_holds(db: None, client: Client) -> None:
    assert client.get("/readyz").json()["checks"]["sandbox"] == sandbox.isolation()


def test_where_no_child_can_be_started_nothing_holds() -> None:
    def program() -> Any:
        resource.setrlimit(resource.RLIMIT_AS, (1, 1))
        sandbox.probe._network.cache_clear()
        return sandbox.isolation()

    assert apart(program)["ok"] is False


# Processes.


def test_a_parent_that_is_gone_is_started_anew() -> None:
    _, parent = run("ids")
    os.kill(parent, signal.SIGKILL)
    wait(lambda: psutil.Process(parent).status() == psutil.STATUS_ZOMBIE, "the parent lives")
    assert run("ids")[1] != parent
    assert not psutil.pid_exists(parent)


def test_a_document_whose_parent_dies_is_read_by_the_next() -> None:
    _, parent = run("ids")
    killer = threading.Timer(0.3, os.kill, (parent, signal.SIGKILL))
    killer.start()
    started, done = run("nap", seconds=1)
    killer.join()
    assert done - started >= 1
    assert run("ids")[1] != parent


def test_threads_take_turns() -> None:
    naps: list[list[float]] = []
    threads = [threading.Thread(target=lambda: naps.append(run("nap", seconds=0.2))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(naps) == 3
    times = [moment for nap in sorted(naps) for moment in nap]
    assert times == sorted(times)


def test_a_parent_outlives_the_thread_that_needed_it_first() -> None:
    def program() -> Any:
        parents: list[Any] = []
        thread = threading.Thread(target=lambda: parents.append(run("ids")[1]))
        thread.start()
        thread.join()
        return [*parents, run("ids")[1]]

    first, second = apart(program)
    assert first == second


def test_a_fork_has_a_parent_of_its_own_also_while_another_thread_asks() -> None:
    _, parent = run("ids")
    asking = threading.Thread(target=run, args=("nap",), kwargs={"seconds": 1})
    asking.start()
    time.sleep(0.1)
    assert apart(lambda: run("ids")[1]) != parent
    asking.join()
    assert run("ids")[1] == parent


@pytest.mark.parametrize("how", ["by itself", "SIGTERM", "SIGKILL"])
def test_nothing_is_left_of_a_caller_that_ends(how: str) -> None:
    program = f"""
import threading
from outbound import sandbox
print(*sandbox.run("{HERE}:ids", b""), flush=True)
if {how != "by itself"}:
    sandbox.run("{HERE}:sleep", b"")
"""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as caller:
        assert caller.stdout is not None
        assert caller.stderr is not None
        child, parent = map(int, caller.stdout.readline().split())
        assert not psutil.pid_exists(child)
        if how != "by itself":
            wait(lambda: psutil.Process(parent).children(), "no child is sleeping")
            left = [parent, *(process.pid for process in psutil.Process(parent).children())]
            caller.send_signal(getattr(signal, how))
        else:
            left = [parent]
        assert caller.stderr.read() == ""
    wait(lambda: not any(map(alive, left)), "processes are left")


def alive(pid: int) -> bool:
    """A container may have no init that looks after the dead."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_no_dead_child_is_left() -> None:
    for function in ("crash", "kill_itself", "fail"):
        ended(function)
    (parent,) = [process for process in psutil.Process().children() if process.pid == run("ids")[1]]
    assert parent.children() == []


def test_the_package_brings_no_django_and_starts_nothing() -> None:
    program = (
        "import sys, threading, psutil; from outbound.sandbox import Unreadable;"
        "print('django' in sys.modules, threading.active_count(), psutil.Process().children())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False 1 []\n"
