"""Listens to the messages of a run and keeps what matters of them.

Numbers are those of TLC's own table (``tlc2.output.EC``). Their English is read only where there is nothing
else: for names and counts, by place within a message whose number is known.

====  =============================  ====  =======================================
2262  TLC's version                  2193  no error found
2220  SANY starts                    2186  finished
2219  SANY has ended                 2121  trace follows, as do 2120 and 2264
2200  progress                       2216  state without an action
2199  totals                         2217  state of a trace
2194  depth                          2218  the trace stutters
2192  liveness check of n states     2122  the trace goes back to state n
====  =============================  ====  =======================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from .messages import ERROR, TLC_BUG, WARNING, Bare, Item, Message
from .module.values import ValueSyntaxError, parse_state
from .outcome import Totals, Trace, TraceState

_TRACE_FOLLOWS = frozenset({2120, 2121, 2264})
_FLAG_ADVICE = frozenset({2401})
"""Warnings about the flags of the JVM, which are not the user's."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_RATE = re.compile(r"(?<!^Progress)\([^()]*\)")
_NUMBER = re.compile(r"\d[\d,.]*")
_HEADER = re.compile(r"\s*(\d+):[ \t]*(?:<(.*?)>[ \t]*(?=\n|\Z)|[^\n]*)", re.DOTALL)
_ACTION = re.compile(r"([A-Za-z0-9_!]+)(?:\((.*)\))? (line \d+.* of module \S+)", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_JVM_LINES = ("Terminating due to java.lang.", "#")


@dataclass(slots=True)
class Listener:
    """What has been heard so far; `hear` takes the items of one output in their order."""

    totals: Totals = field(default_factory=Totals)
    version: str | None = None
    success: bool = False
    """TLC said that it found no error."""
    finished: bool = False
    cut: bool = False
    """The output ended inside a message."""
    errors: list[Message] = field(default_factory=list)
    """In order; what stands inside an error comes after it."""
    warnings: list[str] = field(default_factory=list)
    sany: list[str] = field(default_factory=list)
    """The lines of the parser."""
    printed: list[str] = field(default_factory=list)
    """What the specification printed, a value each."""
    jvm: list[str] = field(default_factory=list)
    """What the JVM itself wrote between the messages."""
    unreadable: str | None = None
    """Why a state of the trace could not be read."""
    _states: list[TraceState] = field(default_factory=list)
    _back_to: int | None = None
    _stuttering: bool = False
    _causes: list[Message] = field(default_factory=list)
    _in_sany: bool = False
    _brackets: int = 0

    @property
    def decided(self) -> bool:
        """Whether TLC has said which way it goes; what follows is only the trace and the totals."""
        return self.success or bool(self.errors)

    @property
    def trace(self) -> Trace:
        return Trace(tuple(self._states), self._back_to, self._stuttering)

    def hear(self, item: Item) -> bool:
        """Takes one item; True when `totals` are new."""
        if isinstance(item, Bare):
            self._hear_bare(item.text)
            return False
        self._brackets = 0
        self.cut = self.cut or not item.complete
        if item.inside is not None:
            self._causes.append(item)
        elif item.severity in (ERROR, TLC_BUG):
            if item.number not in _TRACE_FOLLOWS:
                self.errors += [item, *self._causes]
            self._causes.clear()
        elif item.severity == WARNING:
            if item.number not in _FLAG_ADVICE:
                self.warnings.append(item.text.strip())
        else:
            return self._hear_plain(item)
        return False

    def _hear_plain(self, item: Message) -> bool:
        match item.number:
            case 2262:
                self.version = item.text.strip().removeprefix("TLC2 ").removeprefix("Version ")
            case 2220 | 2219:
                self._in_sany = item.number == 2220
            case 2193:
                self.success = True
            case 2186:
                self.finished = True
            case 2199 | 2200 | 2194 | 2192:
                return self._count(item.number, item.text)
            case 2216 | 2217:
                self._state(item.text)
            case 2218:
                self._stuttering = True
            case 2122:
                if found := _HEADER.match(item.text):
                    self._back_to = int(found.group(1))
        return False

    def _hear_bare(self, text: str) -> None:
        if self._in_sany:
            self.sany.append(text)
        elif self.version is None or text.startswith(_JVM_LINES):
            self.jvm.append(text)
        elif self._brackets > 0:
            self.printed[-1] += "\n" + text
            self._brackets += _open_brackets(text)
        else:
            self.printed.append(text)
            self._brackets = _open_brackets(text)

    def _count(self, number: int, text: str) -> bool:
        numbers = [
            int(re.sub(r"\D", "", found)) for found in _NUMBER.findall(_RATE.sub(" ", _TIME.sub(" ", text)))
        ]
        match number, numbers:
            case 2199, [generated, distinct, left]:
                self.totals = replace(self.totals, generated=generated, distinct=distinct, left=left)
            case 2200, [depth, generated, distinct, left]:
                self.totals = Totals(generated, distinct, left, depth)
            case 2194, [depth]:
                self.totals = replace(self.totals, depth=depth)
            case 2192, [*_, distinct]:
                self.totals = replace(self.totals, distinct=max(distinct, self.totals.distinct or 0))
            case _:
                return False
        return True

    def _state(self, text: str) -> None:
        header = _HEADER.match(text)
        number = int(header.group(1)) if header else len(self._states) + 1
        if self._states and number <= self._states[-1].number:
            return
        action = _ACTION.fullmatch(header.group(2) or "") if header else None
        name, arguments, location = action.groups() if action else (None, None, None)
        try:
            values = parse_state(text[header.end() :] if header else text.lstrip(": \n"))
        except ValueSyntaxError as error:
            self.unreadable = self.unreadable or f"cannot read state {number} of the trace: {error}"
            return
        self._states.append(
            TraceState(number, None if name == "Action" else name, arguments, values, location)
        )


def _open_brackets(text: str) -> int:
    """How many brackets `text` leaves open: TLC prints a long value over several lines."""
    marks = re.sub(r"\|->|->|:>", "", _STRING.sub("", text))
    opened = sum(marks.count(mark) for mark in ("{", "[", "(", "<<"))
    return opened - sum(marks.count(mark) for mark in ("}", "]", ")", ">>"))
