"""Files that cannot be read, or are not what they should be: one diagnostic, status 2, no traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., "CompletedProcess[str]"]
TEXT = b"model m\nshared x: bool = False\n\nprocess p:\n    x = True\n"
COMMANDS = ("check", "translate", "fmt")

REFUSED = {
    "empty": (b"", "1:1"),
    "blank": (b"\n\n  \n", ""),
    "a tab": (TEXT.replace(b"    x", b"\tx"), "5:1"),
    "mixed": (TEXT + b"\tx = False\n", "6:1"),
    "a NUL": (TEXT.replace(b"True", b"Tr\0ue"), "5:11"),
    "not UTF-8": (TEXT.replace(b"True", b"Tr\xffue"), "5:11"),
    "UTF-16": (TEXT.decode().encode("utf-16"), "1:1"),
    "cut": (TEXT.replace(b"True\n", b"Tru +"), "5:"),
    "no indentation": (TEXT.replace(b"    x", b"x"), ""),
    "an open bracket": (TEXT.replace(b"True", b"(True"), ""),
    "a lone CR": (TEXT.replace(b"\n", b"\r"), "1:"),
    "a form feed": (TEXT.replace(b"    x", b"\x0cx"), ""),
    "an escape": (TEXT.replace(b"True", b"\x1b[31mTrue"), "5:"),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "1:1"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("command", ["check", "fmt"])
def test_refused(pfnspec: Run, tmp_path: Path, what: str, command: str) -> None:
    content, place = REFUSED[what]
    (tmp_path / "m.pfn").write_bytes(content)
    ran = pfnspec(command, "m.pfn", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"m.pfn:{place}")
    assert ": error[" in ran.stderr
    assert "\x1b" not in ran.stderr
    assert "\0" not in ran.stderr
    assert (tmp_path / "m.pfn").read_bytes() == content


DEEP = {
    "brackets": b"model m\nprocess p:\n    await " + b"(" * 5000 + b"True" + b")" * 5000 + b"\n",
    "nots": b"model m\nprocess p:\n    await " + b"not " * 5000 + b"False\n",
    "sums": b"model m\nconst N: int = " + b"1 + " * 5000 + b"1\nprocess p:\n    pass\n",
    "comparisons": b"model m\nprocess p:\n    await " + b"True and " * 5000 + b"True\n",
    "blocks": b"model m\nprocess p:\n"
    + b"".join(b" " * (4 * i) + b"if maybe():\n" for i in range(1, 300))
    + b" " * 1200
    + b"pass\n",
    "calls": b"model m\n"
    + b"".join(b"def f%d():\n    f%d()\n" % (i, i + 1) for i in range(500))
    + b"def f500():\n    pass\n\nprocess p:\n    f0()\n",
}


@pytest.mark.parametrize("what", DEEP)
@pytest.mark.parametrize("command", ["translate", "fmt"])
def test_deep(pfnspec: Run, tmp_path: Path, what: str, command: str) -> None:
    """However deep: it works, or a diagnostic says that it is too much."""
    (tmp_path / "m.pfn").write_bytes(DEEP[what])
    ran = pfnspec(command, "m.pfn", cwd=tmp_path)
    assert ran.returncode in (0, 2)
    if ran.returncode == 2:
        assert ": error[" in ran.stderr


@pytest.mark.parametrize(
    "content",
    [TEXT.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + TEXT, TEXT.rstrip(b"\n"), TEXT + b"\n\n"],
    ids=["CRLF", "BOM", "no line end", "blank lines at the end"],
)
def test_accepted(pfnspec: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.pfn").write_bytes(content)
    ran = pfnspec("translate", "m.pfn", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    (tmp_path / "plain.pfn").write_bytes(TEXT)
    plain = pfnspec("translate", "plain.pfn", cwd=tmp_path)
    assert ran.stdout == plain.stdout.replace("plain.pfn", "m.pfn")


@pytest.mark.parametrize("command", COMMANDS)
def test_missing(pfnspec: Run, tmp_path: Path, command: str) -> None:
    ran = pfnspec(command, "no such.pfn", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(
        "no such.pfn:1:1: error[cannot-read]: cannot read `no such.pfn`: No such file"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_directory(pfnspec: Run, tmp_path: Path, command: str) -> None:
    ran = pfnspec(command, tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    takes_folders = command in ("check", "fmt")
    assert ("there is no model" if takes_folders else "Is a directory") in ran.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_link_to_itself(pfnspec: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "loop.pfn").symlink_to(tmp_path / "loop.pfn")
    ran = pfnspec(command, "loop.pfn", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("loop.pfn:1:1: error[cannot-read]: ")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_that_is_none(pfnspec: Run, tmp_path: Path, command: str) -> None:
    for name in ("", "n" * 300 + ".pfn", "line\nend.pfn"):
        ran = pfnspec(command, name, cwd=tmp_path)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "error[cannot-read]" in ran.stderr


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("command", COMMANDS)
def test_no_permission(pfnspec: Run, tmp_path: Path, command: str) -> None:
    path = tmp_path / "m.pfn"
    path.write_bytes(TEXT)
    path.chmod(0)
    ran = pfnspec(command, path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Permission denied" in ran.stderr


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs /proc")
def test_a_file_that_fails_while_it_is_read(pfnspec: Run) -> None:
    ran = pfnspec("check", "/proc/self/mem")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "error[cannot-read]" in ran.stderr


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_a_file_without_end(pfnspec: Run) -> None:
    ran = pfnspec("check", "/dev/zero")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "has more than" in ran.stderr


def test_closed_standard_input(pfnspec: Run) -> None:
    ran = pfnspec("check", "-", stdin=None, preexec_fn=lambda: os.close(0))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "error[cannot-read]" in ran.stderr


def test_names_with_blanks_and_other_letters(pfnspec: Run, models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a folder é∀"
    folder.mkdir()
    path = folder / "ein schönes Modell.pfn"
    path.write_bytes((models / "good.pfn").read_bytes())
    ran = pfnspec("check", path, env={"TMPDIR": str(folder)})
    assert ran.returncode == 0, ran.stderr
    plain = pfnspec("check", path, env={"TMPDIR": str(folder), "LC_ALL": "C", "PYTHONUTF8": None})
    assert plain.returncode == 0, plain.stderr


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_a_message_with_letters_that_the_locale_has_not(pfnspec: Run, tmp_path: Path, locale: str) -> None:
    (tmp_path / "modèle.pfn").write_bytes(b"model m\nprocess p:\n    \xe2\x88\x80 = 1\n")
    environment = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": None}
    ran = pfnspec("check", "modèle.pfn", cwd=tmp_path, env=environment, errors="replace")
    assert ran.returncode == 2
    assert ":3:5: error[" in ran.stderr


def test_a_base_that_is_missing(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "m.pfn").write_text('model m varies "other.pfn"\n', encoding="utf-8")
    ran = pfnspec("check", "m.pfn", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("m.pfn:1:")
    assert "cannot read `other.pfn`" in ran.stderr


def test_a_base_outside_the_project(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "base.pfn").write_bytes(TEXT)
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "m.pfn").write_text('model m2 varies "../base.pfn"\n', encoding="utf-8")
    refused = pfnspec("translate", "m.pfn", cwd=inner)
    assert refused.returncode == 2
    assert "error[base-outside]" in refused.stderr
    assert pfnspec("translate", "m.pfn", "--allow-outside", cwd=inner).returncode == 0
    (tmp_path / "pfnspec.toml").touch()
    assert pfnspec("translate", "m.pfn", cwd=inner).returncode == 0


def test_variants_in_a_circle(pfnspec: Run, tmp_path: Path) -> None:
    (tmp_path / "a.pfn").write_text('model a varies "b.pfn"\n', encoding="utf-8")
    (tmp_path / "b.pfn").write_text('model b varies "a.pfn"\n', encoding="utf-8")
    ran = pfnspec("check", "a.pfn", cwd=tmp_path)
    assert ran.returncode == 2
    assert "error[variant-cycle]" in ran.stderr
