"""Checking `measure`: what `pfnspec cost` times, from one label of a process to another, or a region."""

from __future__ import annotations

from ..diagnostics import Diagnostics, did_you_mean
from ..model import model as m
from ..syntax import tree
from .values.places import called, refuse_label, regions
from .values.scope import Names


def measures(
    declared: tuple[tree.Declaration, ...], names: Names, own: str, diagnostics: Diagnostics
) -> tuple[m.Measure, ...]:
    """The measures of a model, in order.

    Both ends are labels of one process that the model has, or it is a region of one.  One that a base
    declares about a label that its variant no longer has is passed over; `own` is the file's path.
    """
    made: list[m.Measure] = []
    for node in declared:
        if not isinstance(node, tree.Measure):
            continue
        own_file = node.span.path == own
        if node.end is None:
            label = node.start.label
            if _labelled(node.start, names, own_file, diagnostics):
                if regions(names, node.start.process, label):
                    made.append(m.Measure(node.name, node.start.process, label, None, node.span))
                elif own_file and not names.incomplete:
                    refuse_label(diagnostics, node.start.span, label)
            continue
        if node.start.process != node.end.process:
            message = f"this begins with `{node.start.process}` and ends with `{node.end.process}`"
            diagnostics.add("bad-measure", node.span, message, "both labels are of one process")
            continue
        known = [_labelled(mark, names, own_file, diagnostics) for mark in (node.start, node.end)]
        if all(known):
            made.append(m.Measure(node.name, node.start.process, node.start.label, node.end.label, node.span))
    return tuple(made)


def _labelled(mark: tree.Mark, names: Names, own: bool, diagnostics: Diagnostics) -> bool:
    """Whether there is such a label; reports it if not, in a file's own measure."""
    if mark.process not in names.processes:
        if own and not names.may_be(mark.process):
            help = did_you_mean(mark.process, names.processes) or "name a process"
            diagnostics.add("unknown-name", mark.span, f"there is no process `{mark.process}`", help)
        return False
    if mark.label == ("end",):
        return True
    labels = names.labels.get(mark.process, {})
    if any(called(key, mark.label) for key in labels):
        return True
    if own and not names.incomplete:
        message = f"process `{mark.process}` has no label `{'.'.join(mark.label)}`"
        known = [key[1] for key in labels]
        diagnostics.add("unknown-label", mark.span, message, did_you_mean(mark.label[-1], known))
    return False
