import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.processes import Register, birth_of, is_alive, wait_until

PROGRAM = """
import sys
from pathlib import Path
from portal.processes import Part, Register, Signals
from portal.supervisor import PartFailed, Stopped, Supervisor

folder = Path(sys.argv[1])
with Signals() as signals:
    supervisor = Supervisor(signals, Register(folder / "run.json"), lambda line: print(line, flush=True))
    try:
        for path in sorted(folder.glob("*.py")):
            ready = folder / f"{path.stem}.pid"
            part = Part(path.stem, path.stem, [sys.executable, str(path)], folder / f"{path.stem}.log", ready.exists, 10, 600)
            supervisor.start(part)
            supervisor.wait_ready(part)
        print("running", flush=True)
        supervisor.keep(lambda: None)
    except PartFailed as fault:
        print(fault, flush=True)
    except Stopped:
        print("stopped early", flush=True)
    finally:
        supervisor.stop_all()
"""
STAY = """
import os, pathlib, signal, subprocess, sys
me = pathlib.Path(__file__)
{before}
me.with_suffix(".pid").write_text(str(os.getpid()))
print("a last word", flush=True)
signal.pause()
"""
# As a web server has its workers.
GRANDCHILD = "child = subprocess.Popen(['sleep', '600']); me.with_suffix('.grandchild').write_text(str(child.pid))"


class Run:
    """A supervisor in a process of its own, over made-up parts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder)], stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def wait_for(self, word: str) -> list[str]:
        assert self.process.stdout
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if word in line:
                return lines
        raise AssertionError(f"never said {word!r}: {lines}")

    def pid(self, name: str) -> int:
        assert wait_until(lambda: (self.folder / name).exists() and (self.folder / name).read_text() != "", 10)
        return int((self.folder / name).read_text())

    def tell(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        run.process.kill()
        run.process.wait()
        assert run.process.stdout
        run.process.stdout.close()


def start(runs: list[Run], folder: Path, **parts: str) -> Run:
    for name, before in parts.items():
        (folder / f"{name}.py").write_text(STAY.format(before=before))
    runs.append(Run(folder))
    return runs[-1]


def all_gone(*pids: int) -> bool:
    return wait_until(lambda: not any(map(is_alive, pids)), 10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_signal_leaves_no_process_behind(runs: list[Run], folder: Path, number: signal.Signals) -> None:
    run = start(runs, folder, a=GRANDCHILD, b="")
    run.wait_for("running")
    pids = [run.pid("a.pid"), run.pid("a.grandchild"), run.pid("b.pid")]
    assert all(map(is_alive, pids))
    assert run.tell(number) == 0
    assert not any(map(is_alive, pids))
    assert not (folder / "run.json").exists()


def test_parts_stop_in_the_reverse_order_of_their_start(runs: list[Run], folder: Path) -> None:
    note = "signal.signal(signal.SIGTERM, lambda *_: (open(me.parent / 'order', 'a').write(me.stem), os._exit(0)))"
    run = start(runs, folder, a=note, b=note, c=note)
    run.wait_for("running")
    run.tell(signal.SIGTERM)
    assert (folder / "order").read_text() == "cba"


def test_a_part_that_dies_is_told_and_started_again_with_nothing_left_of_it(runs: list[Run], folder: Path) -> None:
    run = start(runs, folder, a=GRANDCHILD)
    run.wait_for("running")
    first, grandchild = run.pid("a.pid"), run.pid("a.grandchild")
    (folder / "a.pid").unlink()
    os.kill(first, signal.SIGKILL)
    told = "".join(run.wait_for("restarting"))
    assert "9 (signal)" in told
    assert "a last word" in told
    assert run.pid("a.pid") != first
    assert all_gone(grandchild)
    run.tell(signal.SIGTERM)


def test_a_part_that_keeps_dying_is_started_ever_more_slowly(runs: list[Run], folder: Path) -> None:
    run = start(runs, folder, a="if me.with_suffix('.pid').exists(): sys.exit(3)")
    run.wait_for("running")
    os.kill(run.pid("a.pid"), signal.SIGKILL)
    pauses = [run.wait_for("restarting")[-1] for _ in range(3)]
    assert ["0.5" in pauses[0], "1 giây" in pauses[1], "2 giây" in pauses[2]] == [True] * 3
    assert run.tell(signal.SIGTERM) == 0


def test_a_part_that_fails_at_the_start_is_told_with_its_last_words(runs: list[Run], folder: Path) -> None:
    run = start(runs, folder, a="", b="sys.exit('no such door')")
    told = "".join(run.wait_for("no such door"))
    assert "b đã dừng với mã 1" in told
    run.process.wait(timeout=20)
    assert not is_alive(run.pid("a.pid"))


def test_being_told_to_stop_while_starting_stops_at_once(runs: list[Run], folder: Path) -> None:
    run = start(runs, folder, a="", b="me.with_suffix('.began').touch(); signal.pause()")
    assert wait_until((folder / "b.began").exists, 10)
    assert run.tell(signal.SIGTERM) == 0
    assert not is_alive(run.pid("a.pid"))


def test_a_second_signal_ends_the_patience_with_a_deaf_part(runs: list[Run], folder: Path) -> None:
    run = start(runs, folder, a="signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    run.wait_for("running")
    run.process.send_signal(signal.SIGTERM)
    assert run.tell(signal.SIGINT) == 0
    assert not is_alive(run.pid("a.pid"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system adopts orphans")
def test_an_orphan_is_adopted_and_collected_when_it_ends(runs: list[Run], folder: Path) -> None:
    orphan = "subprocess.run(['sh', '-c', 'sleep 600 & echo $! > \"$0\"', str(me.with_suffix('.orphan'))])"
    run = start(runs, folder, a=orphan)
    run.wait_for("running")
    pid = run.pid("a.orphan")
    parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
    assert int(parent) == run.process.pid
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: birth_of(pid) == "", 10)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends them")
def test_parts_end_with_a_supervisor_that_is_killed(runs: list[Run], folder: Path) -> None:
    run = start(runs, folder, a="")
    run.wait_for("running")
    pid = run.pid("a.pid")
    run.process.kill()
    assert all_gone(pid)


def test_the_next_start_ends_what_a_killed_run_left(runs: list[Run], folder: Path) -> None:
    run = start(runs, folder, a=GRANDCHILD)
    run.wait_for("running")
    leader, worker = run.pid("a.pid"), run.pid("a.grandchild")
    run.process.kill()
    assert all_gone(leader)
    assert is_alive(worker)
    assert Register(folder / "run.json").end_leftovers() == ["a"]
    assert all_gone(worker)
    assert Register(folder / "run.json").end_leftovers() == []


def test_a_stranger_with_the_number_of_a_dead_part_is_not_touched(folder: Path) -> None:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as stranger:
        (folder / "run.json").write_text(json.dumps({"a": {"pid": stranger.pid, "birth": "of another"}}))
        assert Register(folder / "run.json").end_leftovers() == []
        assert is_alive(stranger.pid)
        stranger.kill()


def test_a_torn_note_of_the_last_run_does_not_bar_the_start(folder: Path) -> None:
    (folder / "run.json").write_text('{"a": {"pid"')
    assert Register(folder / "run.json").end_leftovers() == []
