"""docs/cost.md and docs/review.md show what `pfnspec cost` says, line by line.

`pytest --rewrite` fills in what the commands print now, where no line is left out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., "CompletedProcess[str]"]
ROOT = Path(__file__).resolve().parents[2]
PAGES = ("cost.md", "review.md")
BLOCK = re.compile(r"^```console\n\$ pfnspec (costs? .*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = [
    (page, number, match[1], match[2])
    for page in PAGES
    for number, match in enumerate(BLOCK.finditer((ROOT / "docs" / page).read_text(encoding="utf-8")))
]


@pytest.mark.parametrize(("page", "number", "command", "shown"), SHOWN, ids=lambda part: str(part)[:40])
def test_what_is_shown(pfnspec: Run, rewrite: bool, page: str, number: int, command: str, shown: str) -> None:
    ran = pfnspec(*shlex.split(command))
    assert ran.returncode in (0, 1) and not ran.stderr
    if "...\n" not in shown:
        if rewrite:
            path = ROOT / "docs" / page
            text = path.read_text(encoding="utf-8")
            match = list(BLOCK.finditer(text))[number]
            path.write_text(text[: match.start(2)] + ran.stdout + text[match.end(2) :], encoding="utf-8")
        else:
            assert ran.stdout == shown
        return
    lines = iter(ran.stdout.splitlines())
    for line in shown.splitlines():
        assert line == "..." or line in lines, f"not, or not here: {line}\n\n{ran.stdout}"


def test_there_are_some() -> None:
    assert {page for page, *_ in SHOWN} == set(PAGES)


DRAWN = {
    (match[2], match[1])
    for page in ("README.md", "docs/cost.md", "docs/review.md")
    for match in re.finditer(
        r"^(?:\$ )?pfnspec (cost .*) --plot (\S+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE
    )
}


@pytest.mark.parametrize(("name", "command"), sorted(DRAWN))
def test_a_picture_is_what_the_command_below_it_draws(
    pfnspec: Run, rewrite: bool, tmp_path: Path, name: str, command: str
) -> None:
    assert pfnspec(*shlex.split(command), "--plot", tmp_path / name).returncode == 0
    drawn = (tmp_path / name).read_text(encoding="utf-8")
    kept = ROOT / "docs" / "pictures" / name
    if rewrite:
        kept.write_text(drawn, encoding="utf-8")
    assert drawn == kept.read_text(encoding="utf-8")


def test_the_pictures_are_those_of_the_pages() -> None:
    assert [name for name, _ in sorted(DRAWN)] == ["cost-v3_4.svg", "cost.svg"]
