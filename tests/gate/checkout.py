"""A git checkout with models in it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

TICKET = """model ticket

const TASKS: int = 2

shared next: range(TASKS + 1) = 0
shared lock: spinlock
ghost taken: set[range(TASKS + 1)] = set()

process task[TASKS]:
    mine: range(TASKS + 1) = 0
    with lock:
        mine = next
        next = mine + 1
    assert mine not in taken, "number given twice"
    taken.add(mine)
"""
VARIANT = """model fast varies "ticket.pfn"

process other:
    cpu_relax()
"""
ALONE = """model alone

shared x: range(3) = 0

process task:
    x = 1
    x = 2
"""
LOWERED = ("TASKS: int = 2", "TASKS: int = 1")
ACCEPT = '\naccept weaker TASKS "one shows it too"\n'
UNLOCKED = ("with lock:", "if True:")


class Checkout:
    """A git checkout in a folder, with a first commit of three models on branch main."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")
        self.write("models/ticket.pfn", TICKET)
        self.write("models/fast.pfn", VARIANT)
        self.write("alone.pfn", ALONE)
        self.commit()

    def git(self, *words: str) -> str:
        own = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"]
        ran = subprocess.run(
            ["git", *own, *words], cwd=self.folder, check=True, capture_output=True, text=True,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        )  # fmt: skip
        return ran.stdout.strip()

    def write(self, name: str, text: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.write(name, text)

    def add(self, name: str, text: str) -> None:
        """Puts `text` at the end of a file."""
        self.write(name, (self.folder / name).read_text(encoding="utf-8") + text)

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a change", "--allow-empty")
        return self.git("rev-parse", "HEAD")


Ran = tuple[int, str, str]
"""The status of a command and what it printed."""


def differences(out: str) -> list[tuple[str, str, str]]:
    """Model, effect and name of each difference in a JSON review."""
    models = json.loads(out)["models"]
    return [(m["path"], d["effect"], d["about"]) for m in models for d in m["differences"]]
