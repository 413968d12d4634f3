"""`pfnspec trace` and `pfnspec merge`: results that were saved as JSON, shown again."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from ...check.result import Result
from ...check.saved.merge import CannotMerge, merged
from ...check.saved.reader import Unreadable, result_of
from ...dsl.diagnostics import did_you_mean
from ..output import finish, tell, writable
from ..write import complain


def trace(options: argparse.Namespace) -> int:
    """Shows saved results, or the verdicts of them that are asked for; 0 when they could be shown."""
    results = read_results([options.file])
    if results is None:
        return 2
    for axis, wanted in (
        ("property", options.properties), ("policy", options.policies), ("scenario", options.scenarios),
    ):  # fmt: skip
        known = {str(getattr(v, axis)) for result in results for v in result.verdicts} - {"None"}
        for name in wanted:
            if name not in known:
                there = did_you_mean(name, known) or f"there are: {', '.join(sorted(known)) or 'none'}"
                complain(f"{options.file} has no {axis} `{name}`; {there}")
                return 2
    chosen = tuple(_chosen(result, options) for result in results)
    if options.reports and not writable(options, [options.file]):
        return 2
    status = _shown(chosen, options)
    return 4 if status == 4 and not any(result.failure for result in results) else 0


def merge(options: argparse.Namespace) -> int:
    """Joins the results of shards and shows them as `check` does; the exit status is that of one check."""
    results = read_results(options.files)
    if results is None or (options.reports and not writable(options, options.files)):
        return 2
    try:
        whole = merged(results)
    except CannotMerge as fault:
        complain(f"{fault}")
        return 2
    return _shown(whole, options)


def _chosen(result: Result, options: argparse.Namespace) -> Result:
    """The result with only those verdicts that are asked for."""

    def wanted(name: str | None, names: list[str]) -> bool:
        return not names or name in names

    asked = result.asked
    if asked is not None:
        # What is left is what such a check would have said.
        asked = replace(
            asked,
            properties=tuple(sorted({*options.properties})) or asked.properties,
            policies=tuple(sorted({*options.policies})) or asked.policies,
            scenarios=tuple(sorted({*options.scenarios})) or asked.scenarios,
        )
    return replace(
        result,
        asked=asked,
        verdicts=tuple(
            verdict
            for verdict in result.verdicts
            if wanted(verdict.property, options.properties)
            and wanted(verdict.policy, options.policies)
            and wanted(verdict.scenario, options.scenarios)
        ),
        scenes=tuple(scene for scene in result.scenes if wanted(scene.name, options.scenarios)),
        policies=tuple(policy for policy in result.policies if wanted(policy, options.policies)),
    )


def _shown(results: tuple[Result, ...], options: argparse.Namespace) -> int:
    for number, result in enumerate(results):
        tell(result, options, first=number == 0)
    return finish(results, options)


def read_results(paths: list[str]) -> tuple[Result, ...] | None:
    """All results in the files, `-` being standard input; None, with the reason on standard error, if one of
    them cannot be read."""
    found: list[Result] = []
    for path in paths:
        try:
            text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
            data = json.loads(text)
            found += [result_of(one) for one in (data if isinstance(data, list) else [data])]
        except OSError as fault:
            complain(f"{path}: {fault.strerror or fault}")
            return None
        except Unreadable as fault:
            complain(f"{path}: {fault}")
            return None
        except (ValueError, RecursionError):
            complain(f"{path}: this is no JSON")
            return None
    return tuple(found)
