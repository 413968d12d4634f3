"""A restless user: edits, saves, checks and cancels by chance; what is shown is compared with the text."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

from .session import Session

MODELS = (
    """model one

shared count: range(4)
shared done: range(4)

process taker[2]:
    count += 1
    atomic:
        done += 1

process judge:
    await done == 2
    assert count == 2, "lost update"

property ends: eventually judge at end
""",
    """model two

policies spin, block

shared ready: bool
shared wq: waitqueue

process waiter:
    wait until ready on wq
    assert not ready, "early"

process setter:
    ready = True
    wake_up(wq)
""",
)
VARIANT = """model variant varies "one.pfn"

process taker[2]:
    atomic:
        count += 1
        done += 1
"""


class _User:
    def __init__(self, session: Session, folder: Path, seed: int) -> None:
        self.session = session
        self.chance = random.Random(seed)
        self.texts: dict[str, str] = {}
        self.uris: list[str] = []
        # Every text that a document ever had, by uri and version.
        self.known: dict[tuple[str, int], str] = {}
        self.paths: dict[str, Path] = {}
        for name, text in zip(("one", "two", "variant"), (*MODELS, VARIANT), strict=True):
            path = folder / f"{name}.pfn"
            path.write_text(text, encoding="utf-8")
            self.open(path)

    def open(self, path: Path) -> None:
        uri = path.as_uri()
        self.texts[uri] = text = path.read_text(encoding="utf-8")
        self.known[uri, self.session.versions.get(uri, 0) + 1] = text
        self.session.open(path)
        self.paths[uri] = path
        self.uris.append(uri)

    def change(self, uri: str, text: str) -> None:
        self.texts[uri] = text
        # Noted before it is sent: the answer may be here before the call returns.
        self.known[uri, self.session.versions[uri] + 1] = text
        self.session.change(uri, text)

    def act(self) -> None:
        session, chance = self.session, self.chance
        if not self.uris:
            self.open(next(iter(self.paths.values())))
        uri = chance.choice(self.uris)
        text = self.texts[uri]
        match chance.randrange(12):
            case 0 | 1:
                self.change(uri, "\n" * chance.randrange(4) + text.lstrip("\n"))
            case 2:
                words = ("count == 2", "count == 1", "count <")
                text = text.replace(chance.choice(words), chance.choice(words))
                # What was checked before is known: most checks are to be of something new.
                self.change(
                    uri, re.sub(r"done: range\(\d+\)", f"done: range({chance.randrange(4, 99)})", text)
                )
            case 3:
                self.paths[uri].write_text(text, encoding="utf-8")
                session.save(uri)
            case 4 | 5 | 6:
                session.command("pfnspec.check", uri=uri)
            case 7:
                session.ask(
                    "workspace/executeCommand",
                    {"command": "pfnspec.check", "arguments": [{"uri": uri, "property": "lost update"}]},
                )
            case 8:
                session.command("pfnspec.cancel", uri=uri)
            case 9:
                number = session.ask("pfnspec/trace", {"uri": uri})
                if chance.random() < 0.5:
                    session.notify("$/cancelRequest", {"id": number})
            case 10:
                for line, title in session.lenses(uri):
                    assert line <= text.count("\n") + 1, title
            case _:
                self.uris.remove(uri)
                session.close(uri)
                closed = self.paths[uri]
                closed.write_text(text, encoding="utf-8")
                self.open(closed)


def fuzz(session: Session, folder: Path, *, seconds: float, seed: int) -> tuple[int, int]:
    """Uses an editor for some time; how many things were done, and how often a violation was shown.  It must
    have been true of the text in the version that it was shown for."""
    user = _User(session, folder, seed)
    end = time.monotonic() + seconds
    done = 0
    while time.monotonic() < end:
        user.act()
        done += 1
        time.sleep(user.chance.choice((0, 0, 0.02, 0.3, 1.0)))
    shown = 0
    for message in session.messages:
        assert "mistake in pfnspec" not in str(message.get("params", "")), message
        assert message.get("error", {}).get("code") != -32603, message
        if message.get("method") != "textDocument/publishDiagnostics":
            continue
        params = message["params"]
        for found in params["diagnostics"]:
            if found.get("code") != "violated" or params.get("version") is None:
                continue
            shown += 1
            lines = user.known[params["uri"], params["version"]].split("\n")
            line = lines[found["range"]["start"]["line"]]
            assert line.strip().startswith(("assert", "property", "wait", "model")), (line, found)
            for step in found["relatedInformation"]:
                if "fails: " in step["message"] and step["location"]["uri"] == params["uri"]:
                    line = lines[step["location"]["range"]["start"]["line"]]
                    assert line.strip() == step["message"].partition("fails: ")[2]
    return done, shown
