"""Measures `pfnspec check` from its start to the start of TLC, and where the time goes.

    python bench/startup.py [-n RUNS] [--limit SECONDS]

The model has 150 lines.  Instead of Java a program is started that says when it was, so TLC's own time is
not in it; each number is the median of RUNS, also as a multiple of `python -c pass`.  With --limit the
exit status is 1 when a check takes longer.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

LINES = 150

_FAKE_JAVA = """#!/bin/sh
date +%s.%N > "$PFNSPEC_BENCH_STARTED"
exit 1
"""


def model(lines: int = LINES) -> str:
    """A model of so many lines, with a bit of everything that takes time to read."""
    parts = [
        '"""A model for measuring."""\nmodel measured\n\nconst TASKS: int = 2\n',
        "class Cache:\n    lock: rwlock\n    valid: bool = False\n    value: range(4) | None = None\n",
        "shared cache: Cache\nshared gate: mutex\nshared seq: generation\n",
    ]
    number = 0
    while sum(part.count("\n") + 1 for part in parts) < lines - 12:
        number += 1
        parts.append(
            f"def refresh{number}():\n    seen: snapshot\n    page: range(4) | None = None\n    while True:\n"
            "        seen = seq\n        page = choose({0, 1, 2})\n        with cache.lock.write():\n"
            "            if seq == seen and not cache.valid:\n                cache.value = page\n"
            f"                cache.valid = True\n        return\n"
        )
    calls = "".join(f"        refresh{i}()\n" for i in range(1, number + 1))
    parts.append(f"process user[TASKS]:\n    with gate:\n{calls}        seq += 1\n")
    return "\n".join(parts)


def median(run: Callable[[], float], runs: int) -> float:
    """Seconds."""
    run()
    return statistics.median(run() for _ in range(runs))


def timed(words: list[str], environment: dict[str, str]) -> float:
    began = time.monotonic()
    subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.monotonic() - began


def to_java(words: list[str], environment: dict[str, str], started: Path) -> float:
    """From the start of a command to that of the Java it starts."""
    started.unlink(missing_ok=True)
    began = time.time()
    subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return float(started.read_text(encoding="ascii")) - began


def slowest_imports(words: list[str], environment: dict[str, str], count: int) -> list[tuple[float, str]]:
    """Own milliseconds of the modules that take longest to import."""
    ran = subprocess.run(
        [words[0], "-X", "importtime", *words[1:]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", ran.stderr, re.MULTILINE)
    return sorted(((int(own) / 1000, name) for own, name in found), reverse=True)[:count]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-n", type=int, default=9, help="runs of each (default 9)")
    parser.add_argument(
        "--limit", type=float, metavar="SECONDS", help="the longest a check may take to TLC's start"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started, java, path = folder / "started", folder / "java", folder / "measured.pfn"
        java.write_text(_FAKE_JAVA, encoding="ascii")
        java.chmod(0o755)
        path.write_text(model(), encoding="utf-8")
        environment = {**os.environ, "PFNSPEC_CACHE": name, "PFNSPEC_BENCH_STARTED": os.fspath(started)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        python = [sys.executable, "-m", "pfnspec"]
        check = [*python, "check", os.fspath(path), "--java", os.fspath(java)]
        base = median(lambda: timed([sys.executable, "-c", "pass"], environment), options.n)
        rows = [
            ("python -c pass", base),
            (
                "python -c 'import lark'",
                median(lambda: timed([sys.executable, "-c", "import lark"], environment), options.n),
            ),
            ("pfnspec --version", median(lambda: timed([*python, "--version"], environment), options.n)),
            (
                "pfnspec fmt --check",
                median(lambda: timed([*python, "fmt", "--check", os.fspath(path)], environment), options.n),
            ),
            (
                "pfnspec translate",
                median(lambda: timed([*python, "translate", os.fspath(path)], environment), options.n),
            ),
        ]
        whole = median(lambda: to_java(check, environment, started), options.n)
        rows.append(("pfnspec check, to the start of TLC", whole))
        for what, seconds in rows:
            print(f"{what:40} {seconds:6.3f} s  {seconds / base:5.1f} x")
        print("\nslowest imports of `pfnspec check` (own time):")
        for milliseconds, module in slowest_imports(check, environment, 12):
            print(f"  {milliseconds:6.1f} ms  {module}")
    if options.limit is not None and whole > options.limit:
        print(f"{whole:.3f} s is more than {options.limit} s", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
