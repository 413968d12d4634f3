"""docs/recordings.md: its files are written, its commands run, and their output is what the page shows."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "recordings.md").read_text(encoding="utf-8")
FILES = re.findall(r"^```\w+ file (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
RUNS = re.findall(r"^```console run (\d)\n\$ pfnspec ([^\n]*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PARTS = re.findall(r"^```text part\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_commands_on_it(pfnspec: Run, tmp_path: Path) -> None:
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(RUNS) == 4 and len(PARTS) == 1
    for status, words, shown in RUNS:
        ran = pfnspec(*words.split(), cwd=tmp_path)
        assert ran.stdout.startswith(shown)
        assert ran.returncode == int(status)
        if "job_late" in words:
            assert ran.stdout.endswith(PARTS[0])


def test_probes_of_it(pfnspec: Run, tmp_path: Path) -> None:
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    for tool, word in {
        "ftrace": "echo 'r:pfnspec/ask_leave ask_job ret=$retval:u8' >> kprobe_events",
        "trace-cmd": "trace-cmd record -C mono -e pfnspec",
        "perf": "--add 'pfnspec:ask_leave=ask_job%return ret=$retval:u8'",
        "bpftrace": "kretprobe:ask_job",
    }.items():
        ran = pfnspec("probes", "job_recorded.pfn", "--for", tool, cwd=tmp_path)
        assert (ran.returncode, word in ran.stdout) == (0, True), ran.stdout + ran.stderr
        if tool != "bpftrace":
            subprocess.run(["sh", "-n"], input=ran.stdout, text=True, check=True)
