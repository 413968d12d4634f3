"""Says what a run came to, from what was heard and how the process ended.

The first error that TLC reports decides. Its number says what it is, the exit code has to agree, and
whatever does not add up is `Failed`: a missing last word, an error beside a success, an exit by signal.
Neither alone would do: TLC 2.15 ends with exit code 0 after some errors in an initial state, and reports
success for a specification without any initial state and for a search that the specification broke off.
"""

from __future__ import annotations

import re
import signal
from typing import TypedDict

from .listener import Listener
from .messages import TLC_BUG, Message
from .module.values import ValueSyntaxError, parse_state
from .outcome import (
    Failed,
    FailReason,
    Holds,
    Outcome,
    Stopped,
    StopReason,
    Totals,
    Trace,
    TraceState,
    Violated,
    ViolationKind,
)

GENERAL, ASSERTION, TEMPORAL = 1000, 2132, 2116
INVARIANT_INITIAL, PROPERTY_INITIAL = 2107, 2108

_VIOLATIONS: dict[int, tuple[ViolationKind, frozenset[int]]] = {
    INVARIANT_INITIAL: ("invariant", frozenset({12})),
    2110: ("invariant", frozenset({12})),
    PROPERTY_INITIAL: ("property", frozenset({13})),
    2112: ("property", frozenset({13})),
    TEMPORAL: ("property", frozenset({13})),
    2114: ("deadlock", frozenset({11})),
    # 2.15 prints it inside another error, and the exit code is that one's.
    ASSERTION: ("assertion", frozenset({0, 14, 75, 76, 77, 255})),
}
_REASONS: tuple[tuple[FailReason, frozenset[int]], ...] = (
    ("parse", frozenset({2171, 3002, 4000, 4001, 4002})),
    ("config", frozenset({*range(2222, 2246), 2257, 2259, 2280, 2281, *range(5001, 5007)})),
    ("memory", frozenset({1001, 1002, 1003})),
    ("disk", frozenset({2100, 2101, 2125, 2127, 2129, 2160, 2161, 2162, 2163, 2167, 2174, 2175, 2270})),
    ("evaluation", frozenset({*range(2102, 2107), 2109, 2111, 2113, 2118, 2146, 2147, 2148, 2149, 2256})),
    ("internal", frozenset({1101, 1102, 2119, 2124, 2126, 2128, 2131})),
)
_BY_EXIT_CODE: dict[int, FailReason] = {0: "internal", 1: "internal", 150: "parse", 151: "config"}
_BY_SIGNAL = frozenset({129, 130, 143})
"""Exit codes of a JVM that was asked to end by SIGHUP, SIGINT or SIGTERM."""

_NO_MEMORY = re.compile(
    r"OutOfMemoryError|insufficient memory|not enough (?:space|memory)|could not reserve|heap size", re.I
)
_NO_DISK = re.compile(
    r"No space left on device|Read-only file system|Disk quota exceeded|File too large|Permission denied"
)
_NAMED = re.compile(r"(?:Invariant|Property|Action property) ([A-Za-z0-9_!]+) is ")


class _Facts(TypedDict):
    totals: Totals
    version: str | None
    printed: tuple[str, ...]
    warnings: tuple[str, ...]
    exit_code: int | None


def judge(heard: Listener, exit_code: int, words: str, stopped: StopReason | None) -> Outcome:
    """What the run came to.

    A specification may end its run itself, by ``TLCSet("exit", TRUE)``. TLC then claims success, but has
    states left: that is a stop too, at the states the specification allows.

    `words` is what the JVM wrote to its standard error. `stopped` says why the run was ended from here;
    that counts only when TLC had no verdict of its own by then.
    """
    facts = _Facts(
        totals=heard.totals,
        version=heard.version,
        printed=tuple(heard.printed),
        warnings=tuple(heard.warnings),
        exit_code=exit_code,
    )
    verdict = _verdict(heard, exit_code, "\n".join([*heard.jvm, words]).strip(), facts)
    if stopped and isinstance(verdict, Failed):
        return Stopped(why=stopped, **facts)
    return verdict


def _verdict(heard: Listener, exit_code: int, words: str, facts: _Facts) -> Outcome:
    def failed(why: FailReason, message: str, detail: str = "") -> Failed:
        return Failed(why=why, message=one_line(message), detail=detail, trace=heard.trace, **facts)

    if exit_code == 3 and "OutOfMemoryError" in words:
        return failed("memory", "Java ran out of memory", words)
    if exit_code < 0 or exit_code in _BY_SIGNAL:
        number = -exit_code if exit_code < 0 else exit_code - 128
        return failed("killed", f"TLC was ended by {signal_name(number)}", words)
    if heard.version is None:
        if _NO_MEMORY.search(words):
            return failed("memory", f"Java cannot get the memory: {words}", words)
        return failed(
            "java", f"Java did not start TLC (exit code {exit_code}): {words or 'no output'}", words
        )
    if no_disk := _no_disk(words):
        return failed("disk", no_disk, words)
    if heard.unreadable:
        return failed("internal", heard.unreadable)
    if heard.errors:
        first = _telling(heard.errors)
        if first.number not in _VIOLATIONS:
            return _failed(heard, first, exit_code, facts)
        kind, expected = _VIOLATIONS[first.number]
        if exit_code not in expected or heard.cut or heard.success:
            message = f"TLC reported message {first.number} but ended with exit code {exit_code}"
            return failed("internal", message, first.text)
        return _violated(heard, kind, first, facts)
    if heard.success and heard.totals.distinct == 0:
        return failed("evaluation", "no state satisfies the initial predicate, so nothing was checked")
    if heard.finished and exit_code == 0 and not heard.cut and heard.totals.left:
        return Stopped(why="states", **facts)
    if not heard.success or exit_code != 0 or not heard.finished or heard.cut or heard.totals.left != 0:
        why = _BY_EXIT_CODE.get(exit_code, "internal")
        return failed(why, f"TLC ended with exit code {exit_code} and without a verdict: {words}", words)
    return Holds(**facts)


def _violated(heard: Listener, kind: ViolationKind, first: Message, facts: _Facts) -> Outcome:
    names = _names(first)
    trace = heard.trace
    if first.number in (INVARIANT_INITIAL, PROPERTY_INITIAL) and not trace.states:
        try:
            values = parse_state(first.text.partition("\n")[2])
        except ValueSyntaxError as error:
            return Failed(
                why="internal", message=one_line(f"cannot read the initial state: {error}"), **facts
            )
        trace = Trace((TraceState(1, None, None, values),))
    broken = [message for message in heard.errors if message.number == GENERAL and message is not first]
    if first.number == TEMPORAL and broken and trace.back_to is None and not trace.stuttering:
        # Before June 2024 TLC misreads its own files of the liveness phase on Java 21 and later.
        text = f"TLC broke off while it printed the trace: {broken[0].text.splitlines()[0]}"
        return Failed(why="internal", message=one_line(text), detail=broken[0].text, trace=trace, **facts)
    if not trace.states and kind != "assertion":
        message = f"TLC reported a violation (message {first.number}) without a trace"
        return Failed(why="internal", message=message, detail=first.text, **facts)
    return Violated(kind=kind, name=names[0] if len(names) == 1 else None, names=names, trace=trace, **facts)


def _failed(heard: Listener, first: Message, exit_code: int, facts: _Facts) -> Failed:
    why = _reason(first, exit_code)
    said = [message.text for message in heard.errors]
    summary = first.text.partition("\n: ")[2] or first.text if first.number == GENERAL else first.text
    if why == "parse":
        said = heard.sany or said
        summary = _parse_summary(heard.sany) or summary
    return Failed(why=why, message=one_line(summary), detail="\n".join(said), trace=heard.trace, **facts)


def _reason(first: Message, exit_code: int) -> FailReason:
    for reason, numbers in _REASONS:
        if first.number in numbers:
            return reason
    if _NO_DISK.search(first.text):
        return "disk"
    if "OutOfMemoryError" in first.text:
        return "memory"
    if first.severity == TLC_BUG:
        return "internal"
    return _BY_EXIT_CODE.get(exit_code, "evaluation")


def _telling(errors: list[Message]) -> Message:
    """The first error, or what stands inside it when that says more."""
    inner = [message for message in errors[1:] if message.inside == errors[0].number]
    asserted = [message for message in inner if message.number == ASSERTION]
    if asserted or (inner and errors[0].number == GENERAL):
        return (asserted or inner)[0]
    return errors[0]


def _no_disk(words: str) -> str | None:
    """The line of the JVM that says that nothing can be written; TLC goes on after some of these."""
    return next((line for line in words.splitlines() if _NO_DISK.search(line)), None)


def _parse_summary(sany: list[str]) -> str:
    """The lines that say what is wrong, without the names of the files that were read."""
    noise = (
        "Parsing file ",
        "Semantic processing of module ",
        "***",
        "Semantic errors:",
        "Fatal errors",
        "tla2sany.",
    )
    telling = [line for line in sany if line.strip() and not line.strip().startswith(noise)]
    return "TLC cannot read the module: " + " ".join(telling[:3]) if telling else ""


def _names(first: Message) -> tuple[str, ...]:
    head, _, rest = first.text.partition("\n")
    if first.number == TEMPORAL:
        words = re.findall(r"[A-Za-z0-9_!]+", head)[2:]
        return tuple(word for word in words if word not in ("and", "was", "were", "violated"))
    if first.number == ASSERTION:
        said = rest.strip()
        return (said[1:-1] if len(said) > 1 and said[0] == said[-1] == '"' else said,)
    found = _NAMED.match(head)
    return (found.group(1),) if found else ()


def one_line(text: str, width: int = 300) -> str:
    """`text` with its white space made single blanks, cut to `width` characters."""
    line = " ".join(text.split()).rstrip(": ")
    return line if len(line) <= width else line[: width - 3] + "..."


def signal_name(number: int) -> str:
    """``SIGKILL`` for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
