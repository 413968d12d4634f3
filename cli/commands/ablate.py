"""`pfnspec ablate` and `pfnspec barriers`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable

from ...ablation.ablate import Progress, ablate
from ...ablation.change import Change
from ...ablation.kinds import KINDS
from ...ablation.result import NOT_NEEDED, SAME, UNDECIDED, Ablation
from ...check.result import overall
from ...report.ablation.text import ablation_text, change_words
from ...report.text.ink import can_overwrite, ink_for, width_for
from ...report.text.result import STOPPED
from ...report.visible import shown
from ..checking import chosen_of
from ..output import tell_faults
from ..write import complain, data, put, redraw


def run(options: argparse.Namespace) -> int:
    """Takes a model apart, and shows what falls; the exit status."""
    if options.engine not in ("tlc", "interpreter"):
        complain(
            "what is not needed has to be decided by TLC or by the interpreter: --engine tlc or interpreter"
        )
        return 2
    left_out = [kind for kind in options.required if options.kinds and kind not in ("all", *options.kinds)]
    if left_out:
        complain(f"--require {left_out[0]} asks for what --only leaves out")
        return 2
    if not _writable(options):
        return 2
    found = ablate(
        options.file, chosen_of(options), options.kinds or KINDS, about_barriers=options.about_barriers,
        on_progress=_progress() if can_overwrite(sys.stderr) else None, cancel=options.cancel,
    )  # fmt: skip
    # Writes over the line of progress, too.
    tell_faults(found.base)
    if options.format == "json":
        from ...report.ablation.data import ablation_json

        data(ablation_json(found, traces=options.traces))
    elif not found.refused and not found.base.status:
        put(
            ablation_text(
                found, options.width or width_for(sys.stdout), ink_for(sys.stdout), traces=options.traces
            )
        )
    written = found.refused or found.base.status or _written(found, options)
    if found.refused:
        complain(f"{options.file}: {found.refused}")
    elif found.base.status == 3:
        stopped = found.base.stopped or ""
        complain(f"{options.file}: the model itself is not decided: {STOPPED.get(stopped, stopped)}")
    return overall((_status(found), _required(found, options.required), 0 if written else 4))


def _writable(options: argparse.Namespace) -> bool:
    """Whether the pages that are asked for can be written, as far as that can be known beforehand."""
    if not options.pages:
        return True
    from ...report.files import CannotWrite, check_targets

    try:
        check_targets(options.pages, [options.file])
    except CannotWrite as fault:
        complain(str(fault))
        return False
    return True


def _written(found: Ablation, options: argparse.Namespace) -> bool:
    """Writes the pages; False, and why, where one cannot be."""
    if not options.pages:
        return True
    from ...report.ablation.page import ablation_page
    from ...report.files import CannotWrite, own_version, write

    for target in options.pages:
        try:
            write(target.path, ablation_page(found, own_version()))
        except CannotWrite as fault:
            complain(str(fault))
            return False
    return True


def _progress() -> Callable[[Progress | None], None]:
    def tell(now: Progress | None) -> None:
        if now is None:
            redraw("the model itself is checked")
        else:
            redraw(f"{now.done} of {now.all} tried, {now.noticed} noticed, {now.seconds:.0f} s")

    return tell


def _status(found: Ablation) -> int:
    """That of the model itself; 4 where a tool failed on the way, 3 where not everything was tried."""
    if found.base.status or found.refused:
        return found.base.status or 2
    if any(one.failed for one in found.tried):
        return 4
    return 3 if found.stopped else 0


def _required(found: Ablation, kinds: Iterable[str]) -> int:
    """Whether everything of these kinds is load-bearing: 0, 1 if not, 3 if that is not decided.  Each that is
    not is a line on standard error."""
    wanted = set(kinds)
    statuses = [0]
    for one in found.tried:
        if one.change.partly or not wanted & {one.change.kind, "all"}:
            continue
        if one.outcome in (NOT_NEEDED, SAME, UNDECIDED):
            statuses.append(3 if one.outcome == UNDECIDED else 1)
            complain(f"{_place(one.change, found)}: required, and {one.outcome}")
    return overall(tuple(statuses))


def _place(change: Change, found: Ablation) -> str:
    place = shown(change.place)
    return f"{place.path}:{place.line}: {change_words(change, found.sources)}"
