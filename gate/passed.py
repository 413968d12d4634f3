"""The models that `pfnspec check` came to at the base and passes over now, although they are there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .git import Checkout, followed
from .selection import Selection


@dataclass(frozen=True, slots=True)
class PassedOver:
    """`models` are passed over for a reason that is theirs, by path: their name, their place.  `configured`
    are those that the present configuration no longer names; `gained`: it names some that the former one
    did not."""

    models: Mapping[str, str]
    configured: tuple[str, ...]
    gained: bool


def passed_over(tree: Checkout, before: Selection, now: Selection) -> PassedOver:
    """What became of the models of a checkout under the `paths` of the former and the present
    configuration."""

    def environment_then(folder: str) -> bool:
        return f"{folder}/pyvenv.cfg" in tree.before

    def environment(folder: str) -> bool:
        return os.path.exists(os.path.join(tree.root, folder, "pyvenv.cfg"))

    models: dict[str, str] = {}
    configured: list[str] = []
    for path in sorted(tree.before):
        if not before.checks(path, environment_then):
            continue
        here = followed(path, tree)
        if here not in tree.now or now.checks(here, environment):
            continue
        if before.checks(here, environment):
            configured.append(here)
        else:
            models[here] = _reason(here, environment)
    gained = any(now.checks(path, environment) and not before.checks(path, environment) for path in tree.now)
    return PassedOver(models, tuple(configured), gained)


def _reason(path: str, environment: Callable[[str], bool]) -> str:
    parts = path.split("/")
    if any(part.startswith(".") for part in parts):
        return "it is hidden, as a name with a dot at its start says"
    for end in range(1, len(parts)):
        folder = "/".join(parts[:end])
        if environment(folder):
            return f"`{folder}` is a virtual environment of Python, as its pyvenv.cfg says"
    return "the configured `paths` do not name it"
