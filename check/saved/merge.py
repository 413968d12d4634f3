"""Results of parts of a check, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from ...translator.program.findings import Reachable
from ..result import Asked, Evidence, Result


class CannotMerge(Exception):
    """Results that are no parts of one check; the text is one line for the user."""


def merged(results: Iterable[Result]) -> tuple[Result, ...]:
    """The results of whole files, in the order of their first parts.

    A file has one result that is no shard, or one for each of N shards.  Raises CannotMerge where one is
    missing or there twice, or where they are not of the same text and constants, or were asked for different
    things.
    """
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.path, []).append(result)
    return tuple(_whole(path, group) for path, group in groups.items())


def _whole(path: str, parts: Sequence[Result]) -> Result:
    first = parts[0]
    if first.shard is None and len(parts) == 1:
        return first
    numbers = [part.shard[0] if part.shard else 0 for part in parts]
    total = first.shard[1] if first.shard else 0
    if any((part.shard[1] if part.shard else 0) != total for part in parts):
        raise CannotMerge(f"{path}: the results are of different numbers of shards")
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if twice is not None:
        raise CannotMerge(f"{path}: there are two results{f' of shard {twice}' if twice else ''}")
    missing = sorted(set(range(1, total + 1)) - set(numbers))
    if missing:
        raise CannotMerge(f"{path}: shard {missing[0]} of {total} is missing")
    for part in parts[1:]:
        for what in ("sources", "constants", "overrides", "processes", "scenes", "policies", "engine"):
            if getattr(part, what) != getattr(first, what):
                raise CannotMerge(f"{path}: the shards do not have the same {what}")
    _same_question(path, parts)
    cells = Counter((v.property, v.scenario, v.policy) for part in parts for v in part.verdicts)
    for (name, *_), count in cells.items():
        if count > 1:
            raise CannotMerge(f"{path}: there are {count} verdicts on `{name}` in the same place")
    return _joined(sorted(parts, key=lambda part: part.shard or (0, 0)))


def _same_question(path: str, parts: Sequence[Result]) -> None:
    """Raises CannotMerge where parts were asked for different things, or do not say for what."""
    first, *others = [part.asked for part in parts]
    for asked in others:
        if first is None or asked is None:
            raise CannotMerge(f"{path}: a shard does not say what it was asked for; check it again")
        for field in fields(Asked):
            one, other = getattr(first, field.name), getattr(asked, field.name)
            if one != other:
                values = "" if field.name == "tool" else f": {_told(one)}, and {_told(other)}"
                what = field.name.replace("_", " ")
                raise CannotMerge(f"{path}: the shards were not asked for the same {what}{values}")


def _told(value: object) -> str:
    match value:
        case ():
            return "all"
        case tuple():
            return " ".join(f"`{one}`" for one in value)
        case None:
            return "no limit"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _joined(parts: Sequence[Result]) -> Result:
    first = parts[0]
    scenes = [scene.name for scene in first.scenes]
    verdicts = [verdict for part in parts for verdict in part.verdicts]
    names = list(dict.fromkeys(verdict.property for verdict in verdicts))
    verdicts.sort(
        key=lambda v: (scenes.index(v.scenario), first.policies.index(v.policy), names.index(v.property))
    )
    checked = [part for part in parts if part.verdicts]
    failure = next((part.failure for part in parts if part.failure), None)
    complete = [part for part in checked if part.evidence is not None and part.evidence.complete]
    # Only a search of everything knows what nothing reaches.
    unreached: tuple[Reachable, ...] = ()
    if checked and len(complete) == len(checked):
        # What some shard reaches is reached.
        places = [{(mark.span, mark.text) for mark in part.unreached} for part in checked]
        common = set.intersection(*places)
        unreached = tuple(mark for mark in checked[0].unreached if (mark.span, mark.text) in common)
    return replace(
        first,
        diagnostics=tuple(dict.fromkeys(found for part in parts for found in part.diagnostics)),
        verdicts=() if failure else tuple(verdicts),
        evidence=_evidence([part.evidence for part in parts if part.evidence is not None]),
        tlc=", ".join(dict.fromkeys(part.tlc for part in parts if part.tlc)),
        unreached=() if failure else unreached,
        stopped=None if failure else next((part.stopped for part in parts if part.stopped), None),
        failure=failure,
        shard=None,
    )


def _evidence(found: Sequence[Evidence]) -> Evidence | None:
    if not found:
        return None
    return Evidence(
        states=sum(one.states or 0 for one in found) or None,
        generated=sum(one.generated or 0 for one in found) or None,
        depth=max(one.depth or 0 for one in found) or None,
        runs=sum(one.runs for one in found),
        seconds=sum(one.seconds for one in found),
        complete=all(one.complete for one in found),
        symmetry=tuple(dict.fromkeys(name for one in found for name in one.symmetry)),
        cached=sum(one.cached for one in found),
    )
