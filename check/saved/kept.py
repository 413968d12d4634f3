"""What was found before: whole results of files that are the same to the byte, and what the runs of a cell
came to, to be told again for a text that only looks different.

A behaviour of such a run is kept as the choices that lead along it.  When it is told again the interpreter
takes these steps, so that its places are those of the present text, and its violation is seen once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from ...translator.program.findings import Finding
from ...translator.retrace.retrace import Mismatch
from ...translator.run.interpreter import Interpreter, State
from ..result import Evidence
from .data import Data
from .store import Store

Retrace = Callable[[str, tuple[State, ...], int | None], Finding]
"""Tells a behaviour that violates a property: its states, and where its loop begins (None: no loop)."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The states of a behaviour, and the number of the one that its last state goes on like."""

    states: tuple[State, ...]
    loop: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What complete runs of one cell found: for each violated property a behaviour and what it shows,
    which marks of the program were reached, TLC's version; `vacuous` as in a verdict."""

    behaviours: Mapping[str, Behaviour]
    findings: Mapping[str, Finding]
    evidence: Evidence
    reached: frozenset[int]
    version: str
    vacuous: bool = False


def keep(store: Store, key: str, outcome: Outcome, interpreter: Interpreter) -> None:
    """Keeps an outcome under `key`; the behaviours are the interpreter's."""
    evidence = outcome.evidence
    data: Data = {
        "behaviours": {
            name: {
                "first": tuple(interpreter.initials()).index(behaviour.states[0]),
                "choices": _choices(behaviour.states, interpreter),
                "loop": behaviour.loop,
            }
            for name, behaviour in outcome.behaviours.items()
        },
        "states": evidence.states,
        "generated": evidence.generated,
        "depth": evidence.depth,
        "runs": evidence.runs,
        "seconds": evidence.seconds,
        "symmetry": list(evidence.symmetry),
        "engines": list(evidence.engines),
        "reached": sorted(outcome.reached),
        "version": outcome.version,
        "vacuous": outcome.vacuous,
    }
    store.put(key, data)


def recalled(store: Store, key: str, interpreter: Interpreter, retrace: Retrace) -> Outcome | None:
    """The outcome that was kept under `key`, its behaviours taken and told once more; None when there is
    none, or one of them is no behaviour that violates its property."""
    data = store.get(key)
    try:
        if data is None:
            return None
        behaviours = {
            name: Behaviour(_states(one["first"], one["choices"], interpreter), one["loop"])
            for name, one in data["behaviours"].items()
        }
        findings = {name: retrace(name, one.states, one.loop) for name, one in behaviours.items()}
        evidence = Evidence(
            data["states"], data["generated"], data["depth"], data["runs"], data["seconds"], True,
            tuple(data["symmetry"]), data["runs"], tuple(data["engines"]),
        )  # fmt: skip
        return Outcome(
            behaviours, findings, evidence, frozenset(data["reached"]), data["version"], data["vacuous"]
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, Mismatch):
        return None


def _choices(states: tuple[State, ...], interpreter: Interpreter) -> list[tuple[int, int]]:
    """For each step who takes it, and which of the ways that this task can go."""
    found: list[tuple[int, int]] = []
    for before, after in pairwise(states):
        found.append(
            next(
                (number, way)
                for number, task in enumerate(interpreter.program.tasks)
                for way, transition in enumerate(interpreter.transitions(before, task))
                if transition.state == after
            )
        )
    return found


def _states(first: int, choices: list[tuple[int, int]], interpreter: Interpreter) -> tuple[State, ...]:
    states = [tuple(interpreter.initials())[first]]
    for number, way in choices:
        task = interpreter.program.tasks[number]
        states.append(tuple(interpreter.transitions(states[-1], task))[way].state)
    return tuple(states)
