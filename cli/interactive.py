"""`pfnspec simulate --interactive`: commands in, steps out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from random import Random

from ..report.text.behaviour import Page
from ..report.text.simulation import (
    choice_lines,
    name_width,
    nobody_steps,
    standing_lines,
    step_line,
    violation_lines,
)
from ..translator.retrace.places import elements
from ..translator.retrace.simulate import Simulation
from ..translator.run.interpreter import State
from .write import put, put_line

LONGEST = 1000
"""Most steps that one command takes."""

HELP = f"""  NUMBER    take this step
  u         undo the last step
  s         show the state
  e EXPR    show the value of an expression, as an invariant may have it
  w EXPR    show it after every step from now on; `w` alone shows none any more
  g N       go to step N of the counterexample that was loaded with --from
  c LABEL   go on by chance until somebody comes to this label, or `end`, for at most {LONGEST} steps
  r N       take N steps by chance, at most {LONGEST}
  h         this help
  q         quit
"""


def interact(
    simulation: Simulation, chance: Random, page: Page, value: Callable[[str, State], str],
    loaded: tuple[State, ...] = (),
) -> int:  # fmt: skip
    """Reads commands from standard input until `q` or its end; always 0.

    `value` tells what an expression is in a state; `loaded` are the states of a counterexample, at whose end
    the simulation begins.
    """
    talk = _Talk(simulation, chance, page, value, loaded)
    talk.go(len(loaded) - 1)
    prompt = sys.stdin is not None and sys.stdin.isatty()
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    if len(loaded) > 1:
        talk.steps(len(loaded) - 1)
    talk.show()
    if prompt:
        put_line("a number takes a step, u takes it back, h shows more")
    while True:
        if prompt:
            put("> ")
        sys.stdout.flush()
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line or line.strip() in ("q", "quit"):
            if prompt and not line:
                put_line("")
            return 0
        if line.strip():
            talk.obey(line.split())


class _Talk:
    def __init__(
        self, simulation: Simulation, chance: Random, page: Page, value: Callable[[str, State], str],
        loaded: tuple[State, ...],
    ) -> None:  # fmt: skip
        self.simulation = simulation
        self.chance = chance
        self.page = page
        self.value = value
        self.loaded = loaded
        self.watched: list[str] = []
        self.names = name_width(simulation.interpreter.tasks)

    def obey(self, words: list[str]) -> None:
        """One command; what cannot be done is said in one line."""
        match words:
            case ["u"]:
                if self.simulation.undo():
                    self.show()
                else:
                    put_line("this is the initial state")
            case ["s"]:
                self.state()
            case ["h" | "?" | "help"]:
                put(HELP)
            case ["c", label]:
                if label in self.simulation.labels():
                    self.run(LONGEST, label)
                else:
                    put_line(f"there is no label `{label}`; there are: {', '.join(self.simulation.labels())}")
            case ["e", *expression] if expression:
                put_line(f"     {self.value(' '.join(expression), self.simulation.states[-1])}")
            case ["w"]:
                self.watched.clear()
            case ["w", *expression]:
                self.watched.append(" ".join(expression))
                self.watch()
            case ["g", number] if (step := _number(number)) is not None:
                if step < len(self.loaded):
                    self.go(step)
                    self.steps(step)
                    self.show()
                else:
                    put_line(self.no_step(step))
            case ["r", number] if (steps := _number(number)) is not None and 0 < steps <= LONGEST:
                self.run(steps, None)
            case [number] if (chosen := _number(number)) is not None:
                self.choose(chosen)
            case _:
                shown = " ".join(words)
                put_line(f"`{shown if shown.isprintable() else ascii(shown)}` is no command; h lists them")

    def go(self, step: int) -> None:
        """To a step of the counterexample, by the steps before it."""
        while self.simulation.undo():
            pass
        for state in self.loaded[1 : step + 1]:
            self.simulation.take(next(way for way in self.simulation.choices if way.state == state))

    def no_step(self, number: int) -> str:
        if not self.loaded:
            return "no counterexample was loaded; simulate -i --from RESULT.json does that"
        return f"the counterexample has {len(self.loaded) - 1} steps, and no step {number}"

    def watch(self) -> None:
        for expression in self.watched:
            put_line(f"     {self.value(expression, self.simulation.states[-1])}")

    def choose(self, number: int) -> None:
        choices = self.simulation.choices
        if not 0 < number <= len(choices):
            put_line(_to_choose_from(len(choices)))
            return
        self.simulation.take(choices[number - 1])
        self.steps(1)
        self.show()

    def run(self, steps: int, label: str | None) -> None:
        before = len(self.simulation.steps)
        reason = self.simulation.run(self.chance, steps, label)
        self.steps(len(self.simulation.steps) - before)
        if reason == "steps" and label is not None:
            put_line(f"nobody came to `{label}` in {steps} steps")
        self.show()

    def steps(self, number: int) -> None:
        """The last steps that were taken."""
        for step in self.simulation.steps[len(self.simulation.steps) - number :]:
            put_line(f"{step.number:>5}  {step_line(step, self.names, self.page)}")

    def show(self) -> None:
        """What does not hold here, who waits, and how to go on."""
        simulation = self.simulation
        violations = simulation.violations()
        for violation in violations:
            put_line("\n".join(violation_lines(simulation.finding(violation), self.page)))
        # A deadlock has said where everybody stands.
        is_told = any(violation.property == "deadlock" for violation in violations)
        standing = simulation.standing()
        waiting = [one for one in standing if one.what != "can go on" and not is_told]
        put_line("\n".join(["", *standing_lines(waiting, self.page)]))
        self.watch()
        told = [simulation.told(choice) for choice in simulation.choices]
        ways = "\n".join(choice_lines(told, self.names, self.page))
        put_line(ways if told else f"     {nobody_steps(standing)}")

    def state(self) -> None:
        simulation = self.simulation
        for name, value in elements(simulation.states[-1], simulation.interpreter):
            put_line(f"     {name} = {value}")
        put_line("\n".join(standing_lines(simulation.standing(), self.page)))


def _to_choose_from(number: int) -> str:
    match number:
        case 0:
            return "nobody can step"
        case 1:
            return "there is 1 step to choose from"
        case _:
            return f"there are {number} steps to choose from"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
