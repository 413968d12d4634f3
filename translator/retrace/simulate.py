"""One behaviour of a program, made step by step: by chance, or as somebody chooses."""

from __future__ import annotations

from random import Random

from ..program.findings import Finding, Standing, TraceStep
from ..program.program import Program
from ..run.interpreter import Interpreter, State, Transition, Violation
from .retrace import finding, standing, told_step
from .stores import with_stores


class Simulation:
    """A behaviour so far: its states, and the steps between them."""

    def __init__(self, program: Program) -> None:
        self.interpreter = Interpreter(program)
        self.states: list[State] = [next(self.interpreter.initials())]
        self.steps: list[TraceStep] = []
        self._choices: tuple[Transition, ...] | None = None

    @property
    def choices(self) -> tuple[Transition, ...]:
        """Every way to go on, in the order of the tasks and of the source."""
        if self._choices is None:
            self._choices = tuple(self.interpreter.transitions(self.states[-1]))
        return self._choices

    def told(self, choice: Transition) -> TraceStep:
        """A way to go on, as the step that it would be."""
        step = told_step(len(self.steps) + 1, self.states[-1], choice, self.interpreter)
        return with_stores(step, self.steps)

    def take(self, choice: Transition) -> None:
        self.steps.append(self.told(choice))
        self.states.append(choice.state)
        self._choices = None

    def undo(self) -> bool:
        """Takes the last step back; False when there is none."""
        if not self.steps:
            return False
        self.steps.pop()
        self.states.pop()
        self._choices = None
        return True

    def random_step(self, chance: Random) -> bool:
        """Takes a step of some task, each as likely, and of its ways each as likely; False when nobody can
        step."""
        tasks = list(dict.fromkeys(choice.task for choice in self.choices))
        if not tasks:
            return False
        task = tasks[chance.randrange(len(tasks))]
        ways = [choice for choice in self.choices if choice.task == task]
        self.take(ways[chance.randrange(len(ways))])
        return True

    def run(self, chance: Random, steps: int, label: str | None = None) -> str:
        """Random steps until something happens.  Which: `violated`, a property that held before;
        `label`, somebody has come to that label; `end`, nobody can step; `steps`, that many were taken."""
        for _ in range(steps):
            before = {violation.property for violation in self.violations()}
            if not self.random_step(chance):
                return "end"
            if any(violation.property not in before for violation in self.violations()):
                return "violated"
            if label is not None and self._arrived(label):
                return "label"
        return "steps"

    def labels(self) -> tuple[str, ...]:
        """Every label by its own name and with that of its function, and `end`."""
        found = {"end"}
        for point in self.interpreter.program.points:
            for owner, name in point.labels:
                found |= {name, f"{owner}.{name}"}
        return tuple(sorted(found))

    def _arrived(self, label: str) -> bool:
        """Whether the last step led its task to a label, or to its end."""
        point = self.interpreter.pc(self.states[-1], self.steps[-1].task)
        if label == "end":
            return point.step is None and not point.halted
        if point.step is not None and point.step.lock is not None and point.step.lock.action == "enter":
            # Who joins a queue was there before.
            return False
        return any(label in (name, f"{owner}.{name}") for owner, name in point.labels)

    def violations(self) -> tuple[Violation, ...]:
        """What does not hold in the present state, each property once."""
        found: dict[str, Violation] = {}
        for violation in self.interpreter.violations(self.states[-1]):
            found.setdefault(violation.property, violation)
        return tuple(found.values())

    def finding(self, violation: Violation) -> Finding:
        """The behaviour so far, as the counterexample that it is."""
        return finding(violation, tuple(self.steps), tuple(self.states), self.interpreter)

    def standing(self) -> tuple[Standing, ...]:
        """Where each task is."""
        return tuple(standing(task, self.states[-1], self.interpreter) for task in self.interpreter.tasks)
