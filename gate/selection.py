"""Which files the `paths` of a configuration stand for, in a list of files instead of on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..check.project.paths import SUFFIX


@dataclass(frozen=True, slots=True)
class Selection:
    """Patterns as `glob` reads them, seen from where the listed files are seen from; none stands for all
    models."""

    patterns: tuple[tuple[str, ...], ...]

    def names(self, path: str) -> bool:
        """Whether a file is meant, hidden or not: by itself, or as a model below a folder that is."""
        return any(True for _ in self._rests(path, hidden=True))

    def checks(self, path: str, environment: Callable[[str], bool]) -> bool:
        """Whether `pfnspec check` comes to it; `environment` says whether a folder is one of Python's."""
        parts = path.split("/")
        for below in self._rests(path, hidden=False):
            inner = range(len(parts) - below + 1, len(parts))
            seen = not any(part.startswith(".") for part in parts[len(parts) - below :])
            if seen and not any(environment("/".join(parts[:end])) for end in inner):
                return True
        return False

    def _rests(self, path: str, *, hidden: bool) -> Iterator[int]:
        """For each way in which a pattern fits a file or a folder above it, how many parts are left."""
        parts = path.split("/")
        for pattern in self.patterns or ((),):
            for end in _ends(pattern, parts, hidden=hidden):
                if end == len(parts) or path.endswith(SUFFIX):
                    yield len(parts) - end


def selection(patterns: Iterable[str]) -> Selection:
    """Of patterns with slashes; `.` is the folder that they are seen from."""
    found = (tuple(part for part in one.split("/") if part not in ("", ".")) for one in patterns)
    return Selection(tuple(found))


def _ends(pattern: tuple[str, ...], parts: list[str], *, hidden: bool) -> Iterator[int]:
    """How many of the parts a pattern can fit; never more than once through them, whatever the pattern."""

    def reached(places: set[int]) -> set[int]:
        # `**` may stand for nothing.
        todo, found = list(places), set(places)
        while todo:
            at = todo.pop()
            if at < len(pattern) and pattern[at] == "**" and at + 1 not in found:
                found.add(at + 1)
                todo.append(at + 1)
        return found

    places = reached({0})
    for end in range(len(parts) + 1):
        if len(pattern) in places:
            yield end
        if end == len(parts):
            return
        part = parts[end]
        after: set[int] = set()
        for at in places:
            if at == len(pattern):
                continue
            if pattern[at] == "**":
                after |= {at} if hidden or not part.startswith(".") else set()
            elif _fits(part, pattern[at], hidden=hidden):
                after.add(at + 1)
        places = reached(after)


def _fits(part: str, pattern: str, *, hidden: bool) -> bool:
    if part == pattern:
        return True
    shown = hidden or not part.startswith(".") or pattern.startswith(".")
    return shown and fnmatchcase(part, pattern)
