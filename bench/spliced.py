"""Lines of a model with others put between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator


def spliced(
    lines: list[str], chance: Callable[[], bool], snippet: Callable[[bool], list[str]]
) -> Iterator[tuple[str, bool]]:
    """The lines of processes with others between them, each with whether it was there before.

    An `atomic` keeps its first line, which may wait.  `snippet` is told whether it stands in one."""
    atomic: int | None = None
    inside = first = False
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if line.strip() and depth == 0:
            inside = "process " in line
        if atomic is not None and depth <= atomic and line.strip():
            atomic = None
        follows = line.strip().startswith(("else", "elif", "or:")) or not line.strip()
        if inside and depth and not first and not follows and chance():
            yield from ((" " * depth + made, False) for made in snippet(atomic is not None))
        first = line.strip() == "atomic:"
        if first:
            atomic = depth
        yield line, True
