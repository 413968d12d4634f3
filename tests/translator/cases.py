"""Models with what is expected of them, in text files that several tests read."""

from __future__ import annotations

from pathlib import Path


def cases(path: Path) -> dict[str, tuple[str, str]]:
    """Name, model and expectation: `#### name`, the model, `----` and what is expected."""
    found: dict[str, tuple[str, str]] = {}
    for part in path.read_text(encoding="utf-8").split("#### ")[1:]:
        name, _, rest = part.partition("\n")
        model, _, expected = rest.partition("\n----")
        found[name.strip()] = (model + "\n", expected.strip())
    return found
