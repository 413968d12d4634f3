"""Random litmus tests: what weak memory finds, against what the kernel's memory model allows.

    python bench/random_litmus.py --tests 1000 --seed 1

An outcome that the model forbids and a search finds is a false alarm, and the run fails with the test that
has it. How many tests have an outcome that is allowed and not found is counted; so is whether the whole and
the reduced program have the same outcomes.  `--kind locked` makes tests in which one location is only touched
under a lock, `--kind atomic` such with atomic operations and the barriers beside them."""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import litmus
import lkmm
from pfnspec.translator.program.program import Program


def free_test(rng: random.Random) -> str:
    """A test of two or three tasks, up to four accesses each, with barriers, dependencies and locks."""
    tasks = rng.choice((2, 2, 3))
    names = "xyz"[: rng.choice((2, 3))]
    registers = itertools.count(1)
    stores = dict.fromkeys(names, 0)
    lines: list[str] = []
    for _ in range(tasks):
        line: list[str] = []
        loaded: list[str] = []
        held = ""
        accesses = rng.randint(2, 4 if tasks == 2 else 3)
        while accesses:
            what = rng.choices(("store", "load", "fence", "lock"), (4, 4, 3, 1))[0]
            name = rng.choice(names)
            if what == "store" and stores[name] < 2:
                stores[name] += 1
                value = str(stores[name])
                if loaded and rng.random() < 0.2:
                    value += f" + min({rng.choice(loaded)}, 0)"
                by = f" by {rng.choice(loaded)}" if loaded and rng.random() < 0.1 else ""
                line.append(f"{name}{by} ={rng.choice(('', '', 'release='))} {value}")
                accesses -= 1
            elif what == "load":
                register = f"r{next(registers)}"
                by = f" by {rng.choice(loaded)}" if loaded and rng.random() < 0.2 else ""
                line.append(f"{register} ={rng.choice(('', '', 'acquire='))} {name}{by}")
                loaded.append(register)
                accesses -= 1
            elif what == "fence":
                line.append(rng.choice(("mb", "rmb", "wmb")))
            elif what == "lock":
                line.append(f"unlock {held}" if held else "lock l")
                held = "" if held else "l"
        if held:
            line.append(f"unlock {held}")
        lines.append("; ".join(line))
    return "\n".join(lines)


def atomic_test(rng: random.Random) -> str:
    """A test of two or three tasks with atomic operations of every order, and the barriers beside them."""
    tasks = rng.choice((2, 2, 3))
    registers = itertools.count(1)
    stores = dict.fromkeys("xy", 0)
    lines: list[str] = []
    for _ in range(tasks):
        line: list[str] = []
        held = False
        accesses = 2 if tasks == 3 else rng.randint(2, 3)
        while accesses:
            kinds = ("store", "load", "atomic", "fence", "lock")
            what = rng.choices(kinds, (3, 4, 5, 1, 1))[0]
            name = rng.choice("xy")
            if what == "store" and stores[name] < 2:
                stores[name] += 1
                line.append(f"{name} ={rng.choice(('', 'release=', 'mb='))} {stores[name]}")
                accesses -= 1
            elif what == "load":
                line.append(f"r{next(registers)} ={rng.choice(('', 'acquire='))} {name}")
                accesses -= 1
            elif what == "atomic" and stores[name] < 2:
                stores[name] += 1
                line += _operation(rng, name, stores[name], registers)
                accesses -= 1
            elif what == "fence":
                line.append(rng.choice(("mb", "rmb", "wmb")))
            elif what == "lock":
                line.append("unlock l" if held else "lock l")
                if not held and rng.random() < 0.6:
                    line.append(rng.choice(("after_spinlock", "after_unlock_lock")))
                held = not held
        if held:
            line.append("unlock l")
        lines.append("; ".join(line))
    return "\n".join(lines)


def _operation(rng: random.Random, name: str, value: int, registers: Iterator[int]) -> list[str]:
    kind = rng.choice(("xchg", "cmpxchg", "add", "inc", "inc"))
    suffix = rng.choice(("", "_relaxed", "_relaxed", "_acquire", "_release"))
    made = f"inc {name} 1"
    if kind == "cmpxchg":
        made = f"r{next(registers)} = cmpxchg{suffix} {name} {rng.randint(0, 1)} {value}"
    elif kind != "inc":
        made = f"r{next(registers)} = {kind}{suffix} {name} {value if kind == 'xchg' else 1}"
    beside = rng.random() if kind != "cmpxchg" else 1.0
    if beside < 0.2:
        return ["before_atomic", made]
    return [made, "after_atomic"] if beside < 0.4 else [made]


def locked_test(rng: random.Random) -> str:
    """A test in which `d` is only touched under the lock l, and x and y by anybody anywhere."""
    registers, stores = itertools.count(1), itertools.count(1)

    def access(name: str) -> str:
        if rng.random() < 0.5:
            return f"{name} ={rng.choice(('', 'release='))} {next(stores)}"
        return f"r{next(registers)} ={rng.choice(('', 'acquire='))} {name}"

    lines: list[str] = []
    for _ in range(rng.choice((2, 2, 3))):
        line = [access(rng.choice("xy")) for _ in range(rng.randint(0, 1))]
        if rng.random() < 0.3:
            line.append(rng.choice(("mb", "rmb", "wmb")))
        line += ["lock l", *(access(rng.choice("ddx")) for _ in range(rng.randint(1, 2))), "unlock l"]
        if rng.random() < 0.6:
            line.append(access(rng.choice("xy")))
        lines.append("; ".join(line))
    return "\n".join(lines)


MADE = {"free": free_test, "locked": locked_test, "atomic": atomic_test}


def texts(number: int, seed: int, kind: str = "free") -> Iterator[str]:
    rng = random.Random(seed)
    for _ in range(number):
        yield MADE[kind](rng)


def weaker(rng: random.Random, threads: litmus.Threads) -> litmus.Threads:
    """The test with one barrier left out, or what one access orders; the same if it has none."""
    places = [
        (t, i)
        for t, thread in enumerate(threads)
        for i, s in enumerate(thread)
        if s.order not in ("", "relaxed") and not s.when
    ]
    if not places:
        return threads
    t, i = rng.choice(places)
    thread = threads[t]
    s = thread[i]
    order = "relaxed" if s.kind in litmus.ATOMIC else ""
    changed = () if s.kind == "fence" else (replace(s, order=order),)
    return (*threads[:t], (*thread[:i], *changed, *thread[i + 1 :]), *threads[t + 1 :])


def found(threads: litmus.Threads) -> tuple[frozenset[litmus.Outcome], Program]:
    """The outcomes under weak memory, by the reduced program; AssertionError if the whole one has others."""
    program = litmus.lowered(litmus.model_text(threads))
    reduced, _ = litmus.outcomes(program)
    whole, _ = litmus.outcomes(program, reduction=False)
    assert reduced == whole, "the whole and the reduced program differ"
    return reduced, program


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tests", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=sorted(MADE), default="free")
    asked = parser.parse_args()
    wrong = missed = grown = 0
    began = time.monotonic()
    rng = random.Random(asked.seed)
    for number, text in enumerate(texts(asked.tests, asked.seed, asked.kind), start=1):
        threads = litmus.program(text)
        got, _ = found(threads)
        allowed = lkmm.allowed(threads)
        if got - allowed:
            wrong += 1
            print(f"FORBIDDEN\n{text}\n{dict(min(got - allowed))}", flush=True)
        missed += bool(allowed - got)
        less = weaker(rng, threads)
        if not got <= found(less)[0]:
            grown += 1
            print(f"LOST without a barrier\n{text}\n{less}", flush=True)
        if number % 50 == 0:
            print(f"{number} tests, {time.monotonic() - began:.0f} s, {missed} miss an outcome", flush=True)
    print(f"{asked.tests} tests: {wrong} find what is forbidden, {grown} lose by losing a barrier,")
    print(f"{missed} miss an outcome")
    return 1 if wrong or grown else 0


if __name__ == "__main__":
    sys.exit(main())
