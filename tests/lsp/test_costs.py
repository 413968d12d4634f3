"""Costs in an editor: a lens on a measure, with figures that go when the text or the table changes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from timed_text import TIMED

from .session import Opened, line_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def test_a_lens_on_a_measure_times_it(opened: Opened, tmp_path: Path) -> None:
    """Every figure stands beside the name of its costs, and goes when the table or the text changes."""
    table = tmp_path / "model.costs.toml"
    table.write_text('name = "slow work"\n[duration]\nwork = "20 us"\n', encoding="utf-8")
    session, uri = opened(TIMED)
    line = line_of(TIMED, "measure") + 1
    here = lambda: [title for number, title in session.lenses(uri) if number == line]  # noqa: E731
    assert here() == ["cost"]
    answer = session.command("pfnspec.cost", uri=uri)
    assert "wait_time: waiter at waits" in answer["text"] and "slow work" in answer["text"]
    assert "slow work" in Path(answer["uri"].removeprefix("file://")).read_text(encoding="utf-8")
    cost, means, name = here()
    assert (cost, name) == ("cost", "costs: assumed, Skylake-SP, loaded + slow work")
    assert means.startswith("spin 20.0") and ", block 3" in means and means.endswith(" us")
    session.change(uri, TIMED.replace("cpu_relax()", "might_sleep()"))
    assert here() == ["cost"]
    session.change(uri, TIMED)
    assert len(here()) == 3
    table.write_text('name = "slow work"\n[duration]\nwrk = "20 us"\n', encoding="utf-8")
    assert here() == ["cost"]
    since = len(session.messages)
    assert session.command("pfnspec.cost", uri=uri) is None
    said = session.wait(lambda m: m.get("method") == "window/showMessage", since)["params"]["message"]
    assert "there is no such place in the model" in said and "did you mean `work`?" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TIMED.replace("    done = True", "    done = Tru"), "`Tru` is not known"),
        (TIMED.replace("process worker:", "process worker"), "error[missing-colon]"),
        (TIMED.replace("waiter at through\n", "waiter at thru\n"), "error[unknown-label]"),
        (
            TIMED.replace("work()\n    done", "if maybe():\n        work()\n    done"),
            "error[undecided-choice]",
        ),
        (TIMED[: TIMED.index("measure")], "has nothing to time; add a line `measure"),
    ],
)
def test_what_cannot_be_timed_is_said(opened: Opened, text: str, said: str) -> None:
    session, uri = opened(text)
    since = len(session.messages)
    assert session.command("pfnspec.cost", uri=uri) is None
    message = session.wait(lambda m: m.get("method") == "window/showMessage", since)["params"]["message"]
    assert said in message
    assert not [title for _, title in session.lenses(uri) if title.startswith("costs:")]
