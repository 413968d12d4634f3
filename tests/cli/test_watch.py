"""`check --watch`: in a pipe and on a terminal, while files are saved in all the ways that editors have."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from .conftest import BAD, ENDLESS, GOOD

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and terminals")

Eventually = Callable[..., bool]
Javas = Callable[[Path], list[int]]

BASE = GOOD.replace("model good", "model base")
VARIANT = 'model variant varies "base.pfn"\n\nprocess taker[TASKS]:\n    count += 1\n'


class Watch:
    """A `pfnspec check --watch` that is running; `text` is all that it has written so far."""

    def __init__(self, environment: Mapping[str, str], words: list[str], *, terminal: bool) -> None:
        self.text = ""
        ends = os.openpty() if terminal else os.pipe()
        self.reader = ends[0]
        self.child = subprocess.Popen(
            [sys.executable, "-m", "pfnspec", "check", "--watch", *words],
            stdin=subprocess.DEVNULL,
            stdout=ends[1],
            stderr=ends[1],
            env=environment,
            start_new_session=True,
        )
        os.close(ends[1])

    def read(self, seconds: float) -> bool:
        """Takes in what there is within some time; False when nothing will come any more."""
        if not select.select([self.reader], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self.reader, 65536)
        except OSError:  # a terminal that nobody writes to any more
            return False
        self.text += piece.decode("utf-8", "replace")
        return bool(piece)

    def until(self, pattern: str, seconds: float = 40.0) -> str:
        """Waits for a text behind what earlier calls have waited for, and returns all up to it."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text, re.DOTALL)):
            assert time.monotonic() < end and self.read(0.5), f"no {pattern} in {self.text!r}"
        before, self.text = self.text[: found.end()], self.text[found.end() :]
        return before

    def round(self) -> str:
        """The whole of the next round."""
        return self.until(r"Ctrl-C ends it\r?\n")

    def quiet(self, seconds: float) -> bool:
        """Whether nothing is written for some time."""
        end = time.monotonic() + seconds
        while not self.text and (left := end - time.monotonic()) > 0 and self.read(left):
            pass
        return not self.text

    def end(self, number: int = signal.SIGINT) -> int:
        """The exit status after a signal."""
        self.child.send_signal(number)
        return self.child.wait(20)


Started = Callable[..., Watch]


@pytest.fixture
def watch(command_environment: Mapping[str, str], temporary: Path) -> Iterator[Started]:
    """Starts a watch of files, with the interpreter unless `tlc`; ended with the test."""
    running: list[Watch] = []

    def started(*words: object, terminal: bool = False, tlc: bool = False) -> Watch:
        environment = {**command_environment, "TMPDIR": os.fspath(temporary), "TERM": "xterm"}
        engine = [] if tlc else ["--engine", "interpreter"]
        running.append(Watch(environment, [*engine, *map(str, words)], terminal=terminal))
        return running[-1]

    yield started
    for one in running:
        if one.child.poll() is None:
            one.child.kill()
            one.child.wait()
        os.close(one.reader)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model that is fine."""
    path = tmp_path / "model.pfn"
    path.write_text(GOOD, encoding="utf-8")
    return path


def _renamed(path: Path, text: str) -> None:
    """As vim and most others do it."""
    beside = path.with_suffix(".tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _in_place(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _deleted(path: Path, text: str) -> None:
    """The file is not there for a while."""
    path.unlink()
    time.sleep(0.4)
    path.write_text(text, encoding="utf-8")


def _in_pieces(path: Path, text: str) -> None:
    """The file is empty at first, and then half there."""
    with path.open("w", encoding="utf-8") as file:
        file.flush()
        time.sleep(0.3)
        half = len(text) // 2
        file.write(text[:half])
        file.flush()
        time.sleep(0.05)
        file.write(text[half:])


@pytest.mark.parametrize("save", [_renamed, _in_place, _deleted, _in_pieces])
def test_a_save_is_checked_once_and_whole(
    watch: Started, model: Path, save: Callable[[Path, str], None]
) -> None:
    watching = watch(model)
    first = watching.round()
    assert "out_of_range  holds" in first
    assert "changed" not in first
    save(model, BAD)
    second = watching.round()
    assert second.startswith("\n-- model.pfn changed, ")
    assert "VIOLATED" in second
    assert "since the last check: " in second
    assert " VIOLATED (" in second
    assert "since the last check" not in first
    assert "error" not in second
    assert "\x1b" not in first + second
    assert watching.quiet(0.5)
    assert watching.end() == 1


def test_a_variant_is_checked_when_its_base_is_saved(watch: Started, tmp_path: Path) -> None:
    base, variant = tmp_path / "base.pfn", tmp_path / "variant.pfn"
    variant.write_text(VARIANT, encoding="utf-8")
    watching = watch(variant)
    assert "cannot-read" in watching.round()
    base.write_text(BASE, encoding="utf-8")
    text = watching.round()
    assert "base.pfn changed" in text
    assert "watching 2 files" in text
    assert "out_of_range  holds" in text
    base.unlink()
    assert "cannot-read" in watching.round()
    assert watching.end() == 2


def test_of_several_models_the_saved_one_is_checked(watch: Started, model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pfn"
    other.write_text(BAD.replace("model bad", "model other"), encoding="utf-8")
    report = tmp_path / "result.json"
    watching = watch(model, other, "--report", f"json={report}")
    first = watching.round()
    assert first.index("good   TASKS") < first.index("other   TASKS")
    _renamed(other, GOOD.replace("model good", "model other"))
    second = watching.round()
    assert "other   TASKS" in second
    assert "good   TASKS" not in second
    assert "model.pfn" in report.read_text(encoding="utf-8")
    assert watching.end() == 0


def test_on_a_terminal_everything_is_drawn_again(watch: Started, model: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pfn"
    other.write_text(BAD.replace("model bad", "model other"), encoding="utf-8")
    watching = watch(model, other, terminal=True)
    assert watching.round().startswith("\x1b[2J\x1b[H")
    _renamed(other, GOOD.replace("model good", "model other"))
    second = watching.round()
    assert second.startswith("\x1b[2J\x1b[H")
    assert "-- " not in second
    assert all(name in second for name in ("good", "other", "holds"))
    assert watching.end() == 0


def test_the_first_interrupt_ends_the_check_the_second_the_watch(
    watch: Started, model: Path, javas: Javas, eventually: Eventually, temporary: Path
) -> None:
    _in_place(model, ENDLESS)
    watching = watch(model, tlc=True)
    assert eventually(lambda: javas(temporary))
    watching.child.send_signal(signal.SIGINT)
    text = watching.round()
    assert "not decided" in text
    assert "stopped: it was interrupted" in text
    assert javas(temporary) == []
    assert watching.child.poll() is None
    assert watching.end() == 3
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_check_and_watch(
    watch: Started, model: Path, javas: Javas, eventually: Eventually, temporary: Path, number: signal.Signals
) -> None:
    _in_place(model, ENDLESS)
    watching = watch(model, tlc=True)
    assert eventually(lambda: javas(temporary))
    assert watching.end(number) == 3
    assert javas(temporary) == []
    assert list(temporary.iterdir()) == []


def test_a_save_during_a_check_ends_it(
    watch: Started, model: Path, javas: Javas, eventually: Eventually, temporary: Path
) -> None:
    _in_place(model, ENDLESS)
    watching = watch(model, tlc=True)
    assert eventually(lambda: javas(temporary))
    _renamed(model, GOOD)
    text = watching.round()
    assert "good   TASKS=2" in text
    assert "endless" not in text
    assert "not decided" not in text
    assert javas(temporary) == []
    assert watching.end() == 0
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("words", [("--format", "json", "model.pfn"), ("-",)])
def test_what_cannot_be_watched(
    pfnspec: Callable[..., subprocess.CompletedProcess[str]], words: tuple[str, ...]
) -> None:
    ran = pfnspec("check", "--watch", *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1
