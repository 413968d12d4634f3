"""Litmus tests as models: small straight programs, and the states in which they may end.

One statement after the other, `;` between them, a line for each task:

    x = 1             WRITE_ONCE            x =release= 1    smp_store_release
    r0 = x            READ_ONCE             r0 =acquire= x   smp_load_acquire
    r1 = x by r0      a load whose address depends on r0     x by r0 = 1   a store likewise
    mb  rmb  wmb      barriers              lock l   unlock l
    r0 = xchg x 1     r0 = add x 1     r0 = cmpxchg x 0 1     atomic operations, also xchg_relaxed and so on
    inc x 1           atomic_add, which returns nothing       x =mb= 1         smp_store_mb
    before_atomic  after_atomic  after_spinlock  after_unlock_lock             smp_mb__...
    r0 = swap x 1     an exchange, as one `atomic` block; `r0 = swap x 1 if 2` only where x is 2
    if r0 >= 0: x = 1

Registers are r0, r1, ... and each is set in one task only.  Everything is 0 in the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pfnspec.check.load import load
from pfnspec.translator import pipeline
from pfnspec.translator.program.program import Program
from pfnspec.translator.run.interpreter import Exploration, Interpreter

LARGEST = 10
PLACED = ("before_atomic", "after_atomic", "after_spinlock", "after_unlock_lock")
ATOMIC = ("xchg", "cmpxchg", "add", "inc")
REGISTER = re.compile(r"\br\d+\b")


@dataclass(frozen=True)
class Statement:
    """`kind` is store, load, fence, lock, unlock, swap, xchg, cmpxchg, add or inc; `order` acquire, release,
    relaxed, full, mb, the barrier's name, or empty; `place` the location or lock; `by` the register that the
    address depends on; `value` what is stored or added, `only` what a swap or cmpxchg expects; `when` the
    condition that it stands under."""

    kind: str
    place: str = ""
    order: str = ""
    register: str = ""
    value: str = ""
    by: str = ""
    only: str = ""
    when: str = ""


Threads = tuple[tuple[Statement, ...], ...]
Outcome = tuple[tuple[str, int], ...]


def statement(text: str) -> Statement:
    """One statement; ValueError if it is none."""
    text = text.strip()
    if found := re.fullmatch(r"if (.+): (.+)", text):
        inner = statement(found[2])
        return Statement(**{**inner.__dict__, "when": found[1]})
    if text in ("mb", "rmb", "wmb", *PLACED):
        return Statement("fence", order=text)
    if found := re.fullmatch(r"inc (\w+) (\w+)", text):
        return Statement("inc", found[1], "relaxed", value=found[2])
    if found := re.fullmatch(r"(r\d+) = (xchg|cmpxchg|add)(?:_(\w+))? (\w+) (\w+)(?: (\w+))?", text):
        only, value = (found[5], found[6]) if found[6] else ("", found[5])
        return Statement(found[2], found[4], found[3] or "full", found[1], value, only=only)
    if found := re.fullmatch(r"(lock|unlock) (\w+)", text):
        return Statement(found[1], place=found[2])
    if found := re.fullmatch(r"(r\d+) = swap (\w+) (\w+)(?: if (\w+))?", text):
        return Statement("swap", found[2], register=found[1], value=found[3], only=found[4] or "")
    if found := re.fullmatch(r"(r\d+) =(acquire)?=? ([a-z]\w*)(?: by (r\d+))?", text):
        return Statement("load", found[3], found[2] or "", found[1], by=found[4] or "")
    if found := re.fullmatch(r"([a-z]\w*)(?: by (r\d+))? =(release|mb)?=? (.+)", text):
        return Statement("store", found[1], found[3] or "", value=found[4], by=found[2] or "")
    raise ValueError(text)


def program(text: str) -> Threads:
    """The tasks of a test."""
    return tuple(
        tuple(statement(part) for part in line.split(";") if part.strip())
        for line in text.strip().splitlines()
    )


def locations(threads: Threads) -> tuple[str, ...]:
    kinds = ("store", "load", "swap", *ATOMIC)
    return tuple(sorted({s.place for thread in threads for s in thread if s.kind in kinds}))


def model_text(threads: Threads, memory: str = "weak", exists: str = "") -> str:
    """A model of the test.  With `exists`, over registers and locations, it has a `sometimes` of that name;
    an invariant keeps registers from being forgotten where nothing reads them any more."""
    addressed = {s.place for thread in threads for s in thread if s.by}
    lines = ["model litmus", ""]
    for name in locations(threads):
        lines.append(f"shared {name}: range({LARGEST}){'[1]' if name in addressed else ''}")
    for name in sorted({s.place for thread in threads for s in thread if s.kind == "lock"}):
        lines.append(f"shared {name}: spinlock")
    owner: dict[str, int] = {}
    for number, thread in enumerate(threads):
        lines += ["", f"process p{number}:"]
        for register in sorted({s.register for s in thread if s.register}):
            owner[register] = number
            lines.append(f"    {register}: range({LARGEST}) = 0")
        for s in thread:
            lines += [f"    {line}" for line in _code(s, s.place in addressed)]
    kept = [f"p{number}.{register} != {LARGEST - 1}" for register, number in owner.items()]
    if kept:
        lines += ["", f"invariant kept: {' and '.join(kept)}"]
    lines += ["", "scenario only:", f"    memory = {memory}"]
    if exists:
        test = REGISTER.sub(lambda found: f"p{owner[found[0]]}.{found[0]}", exists)
        for name in addressed:
            test = re.sub(rf"(?<![\w.]){name}\b", f"{name}[0]", test)
        ended = " and ".join(f"p{number} at end" for number in range(len(threads)))
        lines += ["", f"sometimes exists: {ended} and {test}"]
    return "\n".join(lines) + "\n"


def _code(s: Statement, array: bool) -> list[str]:
    if s.when:
        inner = _code(Statement(**{**s.__dict__, "when": ""}), array)
        return [f"if {s.when}:", *(f"    {line}" for line in inner)]
    place = s.place
    if array:
        place += f"[min({s.by}, 0)]" if s.by else "[0]"
    match s.kind:
        case "fence":
            return [f"smp_mb__{s.order}()" if s.order in PLACED else f"smp_{s.order}()"]
        case "lock" | "unlock":
            return [f"{s.place}.{s.kind}()"]
        case "load":
            return [f"{s.register} = {'smp_load_acquire' if s.order else 'READ_ONCE'}({place})"]
        case "store":
            word = {"": "WRITE_ONCE", "release": "smp_store_release", "mb": "smp_store_mb"}[s.order]
            return [f"{word}({place}, {s.value})"]
        case "inc":
            return [f"atomic_add({s.value}, {place})"]
        case "xchg" | "cmpxchg" | "add":
            word = "atomic_fetch_add" if s.kind == "add" else s.kind
            word += "" if s.order == "full" else f"_{s.order}"
            given = [s.value, place] if s.kind == "add" else [place, *([s.only] if s.only else []), s.value]
            return [f"{s.register} = {word}({', '.join(given)})"]
        case _:
            store = [f"    {place} = {s.value}"]
            if s.only:
                store = [f"    if {place} == {s.only}:", f"        {place} = {s.value}"]
            return ["atomic:", f"    {s.register} = {place}", *store]


def lowered(text: str) -> Program:
    """The program of a model's only cell; AssertionError if the model has faults."""
    loaded = load("litmus.pfn", {}, text=text.encode())
    assert loaded.cells, "\n".join(map(str, loaded.diagnostics)) + text
    return loaded.cells[0].program


def outcomes(program: Program, *, reduction: bool = True) -> tuple[frozenset[Outcome], int]:
    """Registers and locations in every state in which all tasks have ended, and how many states there are."""
    interpreter = Interpreter(pipeline.prepared(pipeline.about(program), reduction=reduction))
    names: Mapping[str, int] = {
        v.name: slot for slot, v in enumerate(interpreter.program.variables) if v.kind in ("shared", "local")
    }
    found: set[Outcome] = set()
    count = 0
    for state in Exploration(interpreter):
        count += 1
        if all(interpreter.ended(state, task) for task in interpreter.tasks):
            found.add(
                tuple(sorted((name.split(".")[-1], _plain(state[slot])) for name, slot in names.items()))
            )
    return frozenset(found), count


def _plain(value: object) -> int:
    while isinstance(value, tuple):
        (value,) = value
    assert isinstance(value, int)
    return value
