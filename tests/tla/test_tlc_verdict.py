"""What messages and exit codes come to, on canned output, of newer versions of TLC among others."""

from __future__ import annotations

from pathlib import Path

import pytest
from pfnspec.tla import Failed, Holds, Outcome, Stopped, Totals, Trace, Violated
from pfnspec.tla.listener import Listener
from pfnspec.tla.messages import read_messages
from pfnspec.tla.outcome import StopReason
from pfnspec.tla.verdict import judge


def said(number: int, text: str, severity: int = 0) -> str:
    return f"@!@!@STARTMSG {number}:{severity} @!@!@\n{text}\n@!@!@ENDMSG {number} @!@!@\n"


START = said(2262, "TLC2 Version 2026.04.29.065030 (rev: cc6b616)") + said(2185, "Starting...")
SUCCESS = said(
    2193, "Model checking completed. No error has been found.\n  calculated (optimistic):  val = 0.0"
)
TOTALS = said(2199, "1,234 states generated, 56 distinct states found, 0 states left on queue.")
DEPTH = said(2194, "The depth of the complete state graph search is 7.")
END = said(2186, "Finished in 1234ms at (2026-04-30 10:00:00)")
STATE = (
    said(2121, "The behavior up to this point is:", 1)
    + said(2217, "1: <Init line 7, col 9 to line 8, col 17 of module M>\n/\\ x = 0\n/\\ y = p1\n", 4)
    + said(
        2217,
        '2: <Inc(1,"a, )>",<<2>>) line 9, col 11 to line 9, col 44 of module M>\n/\\ x = 1\n/\\ y = p1\n',
        4,
    )
)


def outcome(text: str, exit_code: int, words: str = "", stopped: StopReason | None = None) -> Outcome:
    listener = Listener()
    for item in read_messages(text.splitlines()):
        listener.hear(item)
    return judge(listener, exit_code, words, stopped)


def test_holds() -> None:
    found = outcome(START + said(77777, "news") + SUCCESS + TOTALS + DEPTH + END, 0)
    assert isinstance(found, Holds)
    assert found.totals == Totals(generated=1234, distinct=56, left=0, depth=7)
    assert found.version == "2026.04.29.065030 (rev: cc6b616)"


@pytest.mark.parametrize(
    ("text", "exit_code", "why"),
    [
        (START + SUCCESS + TOTALS + END, 12, "internal"),
        (START + SUCCESS + TOTALS + END, -9, "killed"),
        (START + SUCCESS + TOTALS + END, 143, "killed"),
        (START + SUCCESS + TOTALS, 0, "internal"),
        (START + TOTALS + END, 0, "internal"),
        (START + TOTALS.replace("0 states left", "3 states left") + END, 12, "internal"),
        (START + SUCCESS + END, 0, "internal"),
        (START + said(2999, "a new error", 1) + SUCCESS + TOTALS + END, 0, "internal"),
        (START + SUCCESS + TOTALS + END[:-30], 0, "internal"),
        (START + SUCCESS + TOTALS.replace("56 dist", "0 dist") + END, 0, "evaluation"),
        (START + said(2110, "Invariant I is violated.", 1) + STATE + END, 0, "internal"),
        (START + said(2110, "Invariant I is violated.", 1) + STATE + SUCCESS + END, 12, "internal"),
        (START + said(2110, "Invariant I is violated.", 1) + STATE[:-20], 12, "internal"),
        (START + said(2110, "Invariant I is violated.", 1) + END, 12, "internal"),
        (START + said(2110, "Invariant I is violated.", 1) + STATE.replace("p1", "?") + END, 12, "internal"),
        (START + said(2999, "a new error", 1) + END, 75, "evaluation"),
        (START + said(2128, "This is probably a TLC bug(x).", 2) + END, 255, "internal"),
        (START + said(1001, "Java ran out of memory.", 1) + END, 255, "memory"),
        (START + said(1000, "java.io.IOException: No space left on device", 1) + END, 255, "disk"),
        (START + said(2175, "TLC encountered the following error writing states", 1) + END, 255, "disk"),
        (START + "Terminating due to java.lang.OutOfMemoryError: Java heap space\n", 3, "memory"),
        (START, 150, "parse"),
        ("", 0, "java"),
        ("hello\n", 1, "java"),
    ],
)
def test_what_does_not_add_up_never_holds(text: str, exit_code: int, why: str) -> None:
    found = outcome(text, exit_code)
    assert isinstance(found, Failed), found
    assert found.why == why
    assert found.message
    assert "\n" not in found.message


def test_a_run_that_was_stopped() -> None:
    progress = (
        "Progress(5) at 2026-04-30 10:00:00: 1,000 states generated (2,000 s/min), "
        "30 distinct states found (40 ds/min), 6 states left on queue."
    )
    found = outcome(START + said(2200, progress), 143, stopped="time")
    assert isinstance(found, Stopped)
    assert found.totals == Totals(generated=1000, distinct=30, left=6, depth=5)
    assert isinstance(outcome(START + SUCCESS + TOTALS + END, 0, stopped="time"), Holds)
    violated = START + said(2110, "Invariant I is violated.", 1) + STATE + END
    assert isinstance(outcome(violated, 12, stopped="states"), Violated)
    assert isinstance(outcome(violated, 143, stopped="states"), Stopped)


def test_a_success_with_states_left_is_none() -> None:
    found = outcome(START + SUCCESS + TOTALS.replace("0 states left", "3 states left") + END, 0)
    assert isinstance(found, Stopped)
    assert found.why == "states"


def test_actions_with_arguments() -> None:
    found = outcome(START + said(2110, "Invariant I is violated.", 1) + STATE + TOTALS + END, 12)
    assert isinstance(found, Violated)
    first, second = found.trace.states
    assert (first.action, first.arguments) == ("Init", None)
    assert (second.action, second.arguments) == ("Inc", '1,"a, )>",<<2>>')
    assert second.location == "line 9, col 11 to line 9, col 44 of module M"
    assert second.values["x"] == 1


@pytest.mark.parametrize(
    ("text", "name", "names"),
    [
        ("Temporal properties were violated.\n", None, ()),
        ("Temporal property Live was violated.\n", "Live", ("Live",)),
        ("Temporal properties A and B were violated.\n", None, ("A", "B")),
        ("Temporal properties A, B, and C were violated.\n", None, ("A", "B", "C")),
    ],
)
def test_names_of_properties(text: str, name: str | None, names: tuple[str, ...]) -> None:
    header = said(2264, "The following behavior constitutes a counter-example:\n", 1)
    back = said(2122, "1: Back to state: <Inc(1) line 9, col 11 to line 9, col 44 of module M>\n", 4)
    found = outcome(START + said(2116, text, 1) + header + STATE + back + TOTALS + END, 13)
    assert isinstance(found, Violated)
    assert (found.kind, found.name, found.names) == ("property", name, names)
    assert found.trace.back_to == 1
    stutter = said(2218, "3: Stuttering", 4)
    found = outcome(START + said(2116, text, 1) + header + STATE + stutter + END, 13)
    assert isinstance(found, Violated)
    assert (found.trace.back_to, found.trace.stuttering) == (None, True)


def test_an_action_property_without_a_name() -> None:
    text = said(2112, "Action property line 3, col 4 to line 3, col 9 of module M is violated.", 1)
    found = outcome(START + text + STATE + END, 13)
    assert isinstance(found, Violated)
    assert (found.kind, found.name) == ("property", None)


def test_an_assertion_of_a_newer_version() -> None:
    text = said(2132, 'The first argument of Assert evaluated to FALSE; the second argument was:\n"why"', 1)
    found = outcome(START + text + STATE + END, 14)
    assert isinstance(found, Violated)
    assert (found.kind, found.name) == ("assertion", "why")


def test_only_the_first_trace_counts() -> None:
    text = (
        START
        + said(2110, "Invariant I is violated.", 1)
        + STATE
        + said(2110, "Invariant J is violated.", 1)
        + STATE
    )
    found = outcome(text + END, 12)
    assert isinstance(found, Violated)
    assert found.name == "I"
    assert len(found.trace.states) == 2


def test_a_state_header_over_two_lines() -> None:
    text = "1: <Inc([a |-> 1,\n  b |-> 2]) line 9, col 1 to line 9, col 4 of module M>\nx = 1\n"
    found = outcome(START + said(2114, "Deadlock reached.", 1) + said(2217, text, 4) + END, 11)
    assert isinstance(found, Violated)
    assert (found.kind, found.name) == ("deadlock", None)
    assert found.trace.states[0].values == {"x": 1}
    assert found.trace.states[0].arguments == "[a |-> 1,\n  b |-> 2]"


def test_a_failure_before_any_state_has_an_empty_trace(tmp_path: Path) -> None:
    found = outcome(START + said(2229, "The invariant Nope is\nnot defined.", 1) + END, 151)
    assert isinstance(found, Failed)
    assert (found.why, found.message) == ("config", "The invariant Nope is not defined.")
    assert found.trace == Trace()


def test_warnings_and_prints_are_kept() -> None:
    text = (
        START + said(2401, "flags", 3) + said(2253, "a tautology", 3) + '"a [" \n<<1,\n  2>>\n3\n' + SUCCESS
    )
    found = outcome(text + TOTALS + END, 0)
    assert isinstance(found, Holds)
    assert found.warnings == ("a tautology",)
    assert found.printed == ('"a [" ', "<<1,\n  2>>", "3")
