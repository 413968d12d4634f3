"""Something assumed in a random model.

`with_assumption(text, seed)` is a model's text that assumes something: an invariant of its own, or that some
bool or number is not all that it may become.
"""

from __future__ import annotations

import random
import re

_INVARIANT = re.compile(r"^invariant \w+: (.*)$", re.MULTILINE)
_SHARED = re.compile(r"^shared (\w+): (bool|range\(\d+\))(\[2\])?", re.MULTILINE)


def with_assumption(text: str, seed: int) -> str:
    """A model that assumes something; it may be refused, as any random model."""
    chance = random.Random(seed + 57)
    invariants = list(_INVARIANT.finditer(text))
    if invariants and chance.random() < 0.6:
        found = chance.choice(invariants)
        return f"{text[: found.start()]}assume {found[1]}{text[found.end() :]}"
    declared = list(_SHARED.finditer(text))
    if not declared:
        return text
    made: list[str] = []
    for found in chance.sample(declared, min(len(declared), chance.choice((1, 1, 2)))):
        place = f"{found[1]}[{chance.randrange(2)}]" if found[3] else found[1]
        if found[2] == "bool":
            made.append(chance.choice((f"assume not {place}", f"assume {place} or not {place}")))
        else:
            made.append(
                chance.choice((f"assume {place} < 2", f"assume {place} != 1", f"assume {place} == 0"))
            )
    return text.rstrip("\n") + "\n" + "\n".join(made) + "\n"
