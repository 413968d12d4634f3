"""Choices: none is tossed silently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ...dsl.diagnostics import Diagnostics, did_you_mean
from ...dsl.source import Span
from ..table.costs import Choice, Costs, Every, Rounds, Shares
from .automaton import Said
from .cpus import Runner
from .places import Names

_WORDS = {"maybe": "`maybe()`", "choose": "`choose`", "passes": "`either`"}


class Undecided(Exception):
    """A table of costs does not say how a choice goes; `span` is where it stands, `owner` in whose body."""

    def __init__(self, span: Span, message: str, owner: str | None) -> None:
        super().__init__(message)
        self.span, self.message, self.owner = span, message, owner


class Drawing(Protocol):
    """What is known here of a behaviour."""

    def asked(self, runner: Runner) -> bool: ...

    def draw(self, name: str, task: int) -> float: ...

    def hold(self, runner: Runner, since: int, time: int) -> int: ...


class Choices:
    """How the choices of a program go.  One for each behaviour: `rounds` are those that loops have come round
    since they were last left, and `begun` is when their rounds began."""

    def __init__(self, costs: Costs, names: Names) -> None:
        self.costs = costs
        self.names = names
        self.rounds: dict[tuple[Span, int], int] = {}
        self.begun: dict[tuple[Span, int], int] = {}
        self._known: dict[Span, tuple[str, Choice] | None] = {}

    def chosen(self, machine: Drawing, runner: Runner, options: Sequence[Said]) -> Said:
        """One of several ways to go on.  Raises Undecided."""
        first = options[0]
        if first.kind == "need_resched":
            asked = machine.asked(runner)
            return next(option for option in options if option.value is asked)
        stated = self._stated(first.span)
        word = _WORDS[first.kind]
        if stated is None:
            owner = self.names.owner(first.span)
            raise Undecided(first.span, f"nothing says how this {word} goes", owner)
        name, choice = stated
        match choice:
            case Rounds(count=count):
                if first.kind != "maybe":
                    raise Undecided(
                        first.span, f"`choice.{name}`: rounds are those of a loop, not of {word}", name
                    )
                key = (first.span, runner.index)
                done = self.rounds.get(key, 0)
                if done < count:
                    self.rounds[key] = done + 1
                else:
                    # Whoever comes to the loop again goes round it as often again.
                    self.rounds.pop(key, None)
                return next(option for option in options if option.value is (done < count))
            case Every(time=time):
                if first.kind != "maybe":
                    raise Undecided(
                        first.span, f"`choice.{name}`: a loop comes round, and {word} is none", name
                    )
                key = (first.span, runner.index)
                drawn = round(time.at(machine.draw(f"choice.{name}", runner.index)))
                self.begun[key] = machine.hold(runner, self.begun.get(key, -1), drawn)
                return next(option for option in options if option.value is True)
            case Shares(shares=shares):
                if len(shares) != len(options):
                    message = f"`choice.{name}` has {len(shares)} shares, and {word} has {len(options)} ways"
                    raise Undecided(first.span, message, name)
                chance = machine.draw(f"choice.{name}", runner.index)
                for option, share in zip(options, shares, strict=True):
                    chance -= share
                    if chance < 0:
                        return option
                return options[-1]

    def _stated(self, span: Span) -> tuple[str, Choice] | None:
        if span not in self._known:
            stated = self.costs.choices
            words = [
                f"{span.path}:{span.line}",
                f"{span.path.rpartition('/')[2]}:{span.line}",
                str(span.line),
            ]
            owner = self.names.owner(span)
            names = [*words, *([owner] if owner is not None else [])]
            name = next((name for name in names if name in stated), None)
            self._known[span] = None if name is None else (name, stated[name])
        return self._known[span]


def refuse_unknown(
    stated: Mapping[str, Choice], costs: Costs, names: Names, diagnostics: Diagnostics
) -> None:
    """Reports a choice of a table about which the model knows nothing."""
    for word in stated:
        if word not in names.bodies and names.of_line(word) is None:
            place = costs.places["choice", word]
            help = did_you_mean(word, names.bodies) or "name a function, a process, or FILE:LINE"
            diagnostics.add("costs", place, f"`choice.{word}`: there is no such place in the model", help)
