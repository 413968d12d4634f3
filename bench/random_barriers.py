"""Random models under weak memory: the same text with barriers, acquires and releases here and there, and the
barriers that stand beside atomic operations and locks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

BARRIERS = ("smp_mb()", "smp_rmb()", "smp_wmb()")
# Before these no statement can stand, or none that has a meaning.
HEADS = re.compile(r"(else|elif|or|for|while)\b|\w+: (bool|range|snapshot)")
STORE = re.compile(r"([a-z]\w*(?:\.\w+)?(?:\[[^]=]*\])?) = (.+)")
# An atomic operation that always stores, with constants.
OPERATION = re.compile(r"(xchg\w*|atomic_(inc|dec|add|sub)|set_bit|clear_bit\w*)\(.*\)")
TAKING = re.compile(r"(raw_)?spin_lock\(.*\)")


def weakly(text: str, seed: int) -> str | None:
    """The text in a scenario whose memory is weak; None where it counts CPUs."""
    if re.search(r"^scenario\b", text, re.MULTILINE) or " on cpu(" in text:
        return None
    shared = set(re.findall(r"^shared (\w+): (?:bool|range|Phase|set)", text, re.MULTILINE))
    lines = "\n".join(_lines(text, shared, Random(seed)))
    return f"{lines}\nscenario weakly:\n    memory = weak\n"


def _lines(text: str, shared: set[str], random: Random) -> Iterator[str]:
    within, after_atomic = False, False
    for line in text.split("\n"):
        body = line.lstrip()
        if line and body == line:
            within = bool(re.match(r"((daemon|unfair) )*process|def", line))
        indent = line[: len(line) - len(body)]
        if within and indent and not HEADS.match(body):
            if not after_atomic and random.randrange(100) < 12:
                yield f"{indent}{random.choice(BARRIERS)}"
            found = STORE.fullmatch(body)
            if found and re.split(r"\W", found[1])[0] in shared and "(" not in found[2]:
                if random.randrange(100) < 20:
                    word = random.choice(("release", "release", "mb"))
                    body = f"smp_store_{word}({found[1]}, {found[2]})"
        beside = within and indent and not after_atomic and random.randrange(100) < 40
        operation = OPERATION.fullmatch(body) is not None
        if beside and operation and random.randrange(2):
            yield f"{indent}smp_mb__before_atomic()"
            beside = False
        after_atomic = body.startswith("atomic:")
        yield indent + body
        if beside and operation:
            yield f"{indent}smp_mb__after_atomic()"
        elif beside and TAKING.fullmatch(body):
            yield f"{indent}smp_mb__after_{random.choice(('spinlock', 'unlock_lock'))}()"
