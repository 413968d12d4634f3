"""Waiting sites whose condition does something, and policies that read it without evaluating it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...diagnostics import Diagnostics
from ...model import model as m
from ...source import Span
from .body import Body
from .calls import reachable


def refuse_unfit_sites(
    bodies: Iterable[m.Process | m.Function], policies: Sequence[m.Policy], choices: Sequence[str],
    known: Mapping[str, Body], diagnostics: Diagnostics,
) -> None:  # fmt: skip
    """Reports each site whose condition contains a call, trylock or choice, and which one of its policies
    reads in one state (`assert cond`), or evaluates within `atomic` although it cannot be part of one step.

    `choices` are the policies of the sites that are not pinned; `known` is what was found out of each `def`.
    """
    by_name = {policy.name: policy for policy in policies}
    for body in bodies:
        for site in m.walk(body.body):
            if isinstance(site, m.Wait | m.WaitInTime) and isinstance(site.condition, m.Action):
                for name in _with_delegates(choices if site.policy is None else (site.policy,), by_name):
                    _refuse(site.condition, by_name[name], known, diagnostics)


def _with_delegates(names: Sequence[str], by_name: Mapping[str, m.Policy]) -> tuple[str, ...]:
    reached: dict[str, None] = {}
    todo = [name for name in names if name in by_name]
    while todo:
        name = todo.pop(0)
        if name not in reached:
            reached[name] = None
            parts = m.walk(by_name[name].body)
            todo += [part.policy for part in parts if isinstance(part, m.Delegate)]
    return tuple(reached)


def _refuse(test: m.Action, policy: m.Policy, known: Mapping[str, Body], diagnostics: Diagnostics) -> None:
    reads = [part.span for part in m.walk(policy.body) if isinstance(part, m.SiteCondition)]
    if reads:
        message = f"policy `{policy.base}` reads this in one state, and it takes steps"
        help = "let code of the policy evaluate it: `if cond:` or `while not cond:`"
        diagnostics.add("call-in-expression", test.span, message, help, [(reads[0], "it is read here")])
        return
    for block in m.walk(policy.body):
        if isinstance(block, m.Atomic) and any(isinstance(part, m.Look) for part in m.walk(block)):
            unfit = _unfit_for_atomic(test, known)
            if unfit is not None:
                message = (
                    f"policy `{policy.base}` evaluates this within `atomic`, and it is no part of one step"
                )
                related = [(block.span, "the block begins here"), unfit]
                diagnostics.add("not-atomic", test.span, message, "call nothing that waits", related)


def _unfit_for_atomic(test: m.Action, known: Mapping[str, Body]) -> tuple[Span, str] | None:
    for call in m.walk(test):
        if isinstance(call, m.Invoke):
            for name in (call.function, *reachable(known[call.function], known)):
                for span, what in known[name].unfit_for_atomic:
                    return span, f"{what} stands here"
    return None
