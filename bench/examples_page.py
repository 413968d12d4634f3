"""Makes examples/README.md: every example, what is expected of it, and what is found.

    python bench/examples_page.py              checks all examples and writes the page
    python bench/examples_page.py --print      ... and prints it instead

`page` makes the text from results that are there already, as the tests have them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "examples" / "README.md"
CLAIMS = ROOT / "examples" / "claims.toml"

_HEAD = """# Examples

Each is a file of its own, or a variant that says only what is different from another. `pfnspec check` of
every one ends with status 0: what is violated is expected to be.

This page is made by `python bench/examples_page.py` (or by the tests with `--rewrite`), and the tests
compare it with what is found today. States are distinct states as TLC counts them, at the sizes that
the file has. The last column is what an example is made from: commits of Linux, and messages on the KVM list.
"""

_CLAIMS = """## Claims

What was said of these protocols on the list, in commits and in reviews, and what follows from the code
as posted by our reading (*inferred*), beside what is found. The claims are in [claims.toml](claims.toml).
"""
_BE = {"holds": "hold", "violated": "be violated"}


def page(results: Mapping[str, Mapping[str, Any]]) -> str:
    """The page.  `results` has the data of `pfnspec check --format json` by path below the root."""
    folders: dict[str, list[str]] = {}
    for name in sorted(results):
        folders.setdefault(name.split("/")[1], []).append(name)
    parts = [_HEAD]
    for folder, names in folders.items():
        lines = [
            f"## {folder}",
            "",
            "| example | what it is | found | states | source |",
            "|---|---|---|---:|---|",
        ]
        for name in names:
            path = name.removeprefix("examples/")
            found = _found(results[name])
            states = results[name]["evidence"]["states"]
            title = first_line(ROOT / name)
            cited = ", ".join(sources(ROOT / name))
            lines.append(f"| [{Path(path).stem}]({path}) | {title} | {found} | {states} | {cited} |")
        parts.append("\n".join(lines) + "\n")
    parts.append(_CLAIMS)
    lines = ["| protocol | claim | said to | by | found | see |", "|---|---|---|---|---|---|"]
    for protocol, claim in claims():
        name = f"{claim['example']}.pfn"
        where = ", ".join(claim[axis] for axis in ("policy", "scenario") if axis in claim)
        see = f"[{Path(name).stem}]({name})" + (f", {where}" if where else "")
        by = protocol["source"] if claim["origin"] == "said" else "inferred"
        outcome = found_of(claim, results)
        right = "" if outcome == claim["verdict"] else f", **not as {claim['origin']}**: {claim['why']}"
        says = claim["says"].replace("|", "\\|")
        lines.append(
            f"| {protocol['name']} | {says} | {_BE[claim['verdict']]} | {by} | {outcome}{right} | {see} |"
        )
    parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def claims() -> Iterator[tuple[Mapping[str, Any], Mapping[str, str]]]:
    """Each claim of examples/claims.toml, after its protocol.  One that is refuted has to say `why`."""
    for protocol in tomllib.loads(CLAIMS.read_text(encoding="utf-8"))["protocol"]:
        for claim in protocol["claims"]:
            yield protocol, claim


def found_of(claim: Mapping[str, str], results: Mapping[str, Mapping[str, Any]]) -> str:
    """What is found of a claim: violated if it is in any of the cells that it is about."""
    outcomes = {
        verdict["outcome"]
        for verdict in results[f"examples/{claim['example']}.pfn"]["verdicts"]
        if verdict["property"] == claim["property"]
        and all(claim.get(axis, verdict[axis]) == verdict[axis] for axis in ("scenario", "policy"))
    }
    if not outcomes:
        raise LookupError(f"claims.toml speaks of a cell that does not exist: {dict(claim)}")
    return "violated" if "violated" in outcomes else "holds" if outcomes == {"holds"} else "not decided"


def first_line(path: Path) -> str:
    """The first line of a model's docstring."""
    return (
        path.read_text(encoding="utf-8").split("\n", 1)[0].strip().strip('"').replace("|", "\\|").rstrip(".")
    )


def sources(path: Path) -> list[str]:
    """The commits and messages that a model's docstring cites, each once."""
    doc = path.read_text(encoding="utf-8").split('"""')[1]
    cited = re.findall(r"[\w.-]+@[\w.]+\w|\b\d{14}\.\d+-\d\b|\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b", doc)
    return list(dict.fromkeys(cited))


def _found(result: Mapping[str, Any]) -> str:
    where: dict[str, list[str]] = {}
    cells = {(verdict["scenario"], verdict["policy"]) for verdict in result["verdicts"]}
    for verdict in result["verdicts"]:
        if verdict["outcome"] == "violated":
            under = " in ".join(name for name in (verdict["policy"], verdict["scenario"]) if name)
            where.setdefault(verdict["property"], []).append(under)
    if not where:
        return "all holds"
    parts = [
        name if len(under) == len(cells) else f"{name} ({', '.join(under)})" for name, under in where.items()
    ]
    return "violated: " + "; ".join(parts)


def check(name: str) -> dict[str, Any]:
    """The result of one example."""
    words = [sys.executable, "-m", "pfnspec", "check", name, "--format", "json"]
    ran = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--print", action="store_true", dest="shown", help="print the page, do not write it")
    options = parser.parse_args()
    names = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "examples").glob("*/*.pfn"))]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        text = page(dict(zip(names, pool.map(check, names), strict=True)))
    if options.shown:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
