"""Interrupts that tasks send to each other, in a random model.

`with_ipis(text, seed)` is a model's text with some of its interrupt handlers called, and not arriving by
themselves; as it is, if it has none.
"""

from __future__ import annotations

import random
import re

from spliced import spliced


def with_ipis(text: str, seed: int) -> str:
    """A model that calls handlers; it may be refused, as any random model."""
    chance = random.Random(seed)
    handlers = re.findall(r"^interrupt (\w+) on (\w+):", text, re.MULTILINE)
    counts = dict(re.findall(r"process (\w+)\[(\d)\]", text))
    handlers = [(name, process) for name, process in handlers if counts.get(process, "0") != "0"]
    if not handlers:
        return text
    chosen = chance.sample(handlers, chance.randrange(1, len(handlers) + 1))
    for name, process in chosen:
        text = text.replace(f"interrupt {name} on {process}:", f"ipi {name} on {process}:")

    def call(atomic: bool) -> list[str]:
        if atomic:
            return []
        name, process = chance.choice(chosen)
        task = f"{process}[{chance.randrange(int(counts[process]))}]"
        return [f"smp_call_function_single({task}, {name}, {chance.choice(('True', 'False'))})"]

    made = spliced(text.split("\n"), lambda: chance.randrange(100) < 18, call)
    return "\n".join(line for line, _ in made)
