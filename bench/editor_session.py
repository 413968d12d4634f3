"""A restless user of the language server, for longer than the tests have time: what is shown is always true.

    python bench/editor_session.py [--seconds 60] [--seed 0]

Edits, saves, checks, cancels, opens and closes three models by chance.  Ends with 1 when a diagnostic was
shown for a text that it is not about, when the server failed or wrote what is no message, or when it left a
file behind.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    # The tests are no package; as one they can import each other as they do under pytest.
    sys.path.insert(0, str(ROOT))
    fuzz = importlib.import_module("tests.lsp.fuzz").fuzz
    session_of = importlib.import_module("tests.lsp.session").Session
    with tempfile.TemporaryDirectory() as folder:
        temporary = Path(folder) / "temporary"
        temporary.mkdir()
        environment = {**os.environ, "TMPDIR": str(temporary), "PFNSPEC_CACHE": str(Path(folder) / "cache")}
        session = session_of(environment, quick=300)
        try:
            done, shown = fuzz(session, Path(folder), seconds=options.seconds, seed=options.seed)
            began = time.monotonic()
            status = session.leave()
            took = time.monotonic() - began
            left = sorted(path.name for path in temporary.iterdir())
            problems = [text for text in (session.errors.decode(), session.broken, " ".join(left)) if text]
        except AssertionError as fault:
            problems = [str(fault)]
        finally:
            session.kill()
    for problem in problems:
        print(problem)
    if problems:
        return 1
    checks = sum(m.get("method") == "$/progress" and m["params"]["value"]["kind"] == "end"
                 for m in session.messages)  # fmt: skip
    print(f"{done} actions, {checks} checks ended, {shown} violations shown, gone after {took:.1f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
