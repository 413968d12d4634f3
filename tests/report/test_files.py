"""Reports as files: written whole, to a place that was looked at before, and known again."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from pfnspec.check.result import Result
from pfnspec.report.files import CannotWrite, check_targets, report_text, write
from pfnspec.report.kinds import KINDS, Target
from pfnspec.report.recognise import is_report


def entries(folder: Path) -> Iterator[str]:
    return (path.name for path in folder.iterdir())


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text("old", encoding="utf-8")
    write(path, "new \ud800\n")
    assert path.read_bytes() == b"new \\ud800\n"
    assert list(entries(tmp_path)) == ["report.xml"]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "link.xml").symlink_to(tmp_path / "kept" / "real.xml")
    write(tmp_path / "link.xml", "text")
    assert (tmp_path / "link.xml").is_symlink()
    assert (tmp_path / "kept" / "real.xml").read_text(encoding="utf-8") == "text"


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder.xml").mkdir()
    with pytest.raises(CannotWrite, match=r"folder\.xml: "):
        write(tmp_path / "folder.xml", "text")
    assert list(entries(tmp_path)) == ["folder.xml"]


def test_targets_are_looked_at_beforehand(here: Path) -> None:
    (here / "m.pfn").touch()
    (here / "folder").mkdir()
    os.mkfifo(here / "pipe")
    good = [Target("junit", path, named=True) for path in (Path("a.xml"), Path("folder/b.xml"), here / "c")]
    check_targets(good, ["m.pfn", "-"])
    for path, why in {
        "missing/a.xml": "there is no directory missing",
        "folder": "is a directory",
        "pipe": "is not a regular file",
        "m.pfn": "a report would overwrite the model",
        "./folder/../a.xml": "two reports cannot go to one file",
    }.items():
        with pytest.raises(CannotWrite) as caught:
            check_targets([*good, Target("junit", Path(path), named=True)], ["m.pfn"])
        assert str(caught.value).endswith(f": {why}")
        assert "\n" not in str(caught.value)
    assert sorted(entries(here)) == ["folder", "m.pfn", "pipe"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_is_recognised(fixed_results: tuple[Result, ...], here: Path, kind: str) -> None:
    for results in (fixed_results, fixed_results[:1], fixed_results[-1:]):
        write(here / "report", report_text(kind, results, here))
        assert is_report(here / "report")
        check_targets([Target(kind, here / "report", named=False)], [])


OTHERS = {
    "empty": "",
    "c": "int main(void) { return 0; }\n",
    "git": "[core]\n\trepositoryformatversion = 0\n",
    "markdown": "### `pfnspec`\n\n`pfnspec`: a checker\n",
    "json": '{\n  "schema": 1,\n  "path": "x"\n}\n',
    "sarif": '{\n "$schema": "x",\n "version": "2.1.0",\n "runs": [{"tool": {"driver": {"name": "x"}}}]\n}\n',
    "junit": '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="other" tests="1" />\n',
    "html": '<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>other</title>\n',
    "bytes": "\0\udcff",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_is_no_report_is_overwritten_only_by_name(here: Path, text: str) -> None:
    path = here / "file"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert not is_report(path)
    check_targets([Target("html", path, named=True)], [])
    with pytest.raises(CannotWrite, match="is there already and is no report"):
        check_targets([Target("html", path, named=False)], [])
