"""What a watch says of two results, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pfnspec.check.result import HOLDS, VIOLATED, Result
from pfnspec.report.text.changed import changed_text

Fixed = Callable[[str], Result]
LEAD = "since the last check: "


def test_nothing_has_changed(fixed: Fixed) -> None:
    assert changed_text(fixed("deadlock"), fixed("deadlock")) == f"{LEAD}all verdicts as before"


def test_a_verdict_has_changed_with_the_number_of_states(fixed: Fixed) -> None:
    before = fixed("deadlock")
    (verdict, *others) = before.verdicts
    assert before.evidence is not None
    after = replace(
        before,
        verdicts=(replace(verdict, outcome=HOLDS, finding=None), *others),
        evidence=replace(before.evidence, states=12, cached=2),
    )
    assert changed_text(before, after) == (
        f"{LEAD}deadlock holds (was: VIOLATED); 1 204 -> 12 states; "
        "kept from an earlier check of the same model"
    )


def test_properties_come_and_go_and_many_are_counted(fixed: Fixed) -> None:
    before = fixed("assertion")
    fresh = [replace(before.verdicts[0], property=f"p{i}", outcome=VIOLATED) for i in range(5)]
    told = changed_text(before, replace(before, verdicts=(*before.verdicts, *fresh)))
    assert (
        told
        == f"{LEAD}p0 VIOLATED (new); p1 VIOLATED (new); p2 VIOLATED (new); p3 VIOLATED (new); and 1 more"
    )
    gone = replace(before, verdicts=before.verdicts[1:])
    assert changed_text(before, gone) == f"{LEAD}{before.verdicts[0].property} is gone"


def test_a_model_with_errors_has_no_verdicts(fixed: Fixed) -> None:
    assert changed_text(fixed("deadlock"), fixed("errors")) == f"{LEAD}1 error, so there is no verdict"
    assert changed_text(fixed("errors"), fixed("deadlock")) == f"{LEAD}it can be checked again"
