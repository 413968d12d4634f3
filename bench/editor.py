"""Measures the language server over an editing session in a model of 300 lines.

    python bench/editor.py [--changes N] [--edits N] [--restless SECONDS]

The session types statements into one `def` after another, letter by letter, and deletes them.  The time of a
change is that from sending it to receiving the diagnostics of its version; it includes the 5 ms that the
server waits for further changes.  That of a completion is from asking to the answer.  Then memory is read
before and after so many more edits (10,000).  With --restless a session of random edits is played, too.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from random import Random

import startup
from lsp_client import Editor, editor
from lsprotocol import types
from restless import restless

LINES = 300
TYPED = (
    "        seen = seq", "        cache.lock.", "        if cache.valid and page != None:",
    "        assert page", "        page = choose({0, 1})", "        cond_resched()",
    "\n        label here", "        # größe \U0001f512",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--changes", type=int, default=300, metavar="N", help="measured changes (default 300)"
    )
    parser.add_argument(
        "--edits", type=int, default=10_000, metavar="N", help="further edits (default 10000)"
    )
    parser.add_argument(
        "--restless", type=float, default=0, metavar="SECONDS", help="random edits for so long"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.pfn"
        path.write_text(startup.model(LINES), encoding="utf-8")
        asyncio.run(measure(path, options.changes, options.edits))
        if options.restless:
            texts = {"m.pfn": startup.model(80), "v.pfn": 'model v varies "m.pfn"\n\nconst TASKS: int = 3\n'}
            edits, requests = asyncio.run(restless(Path(folder), texts, options.restless, 1))
            print(
                f"restless: {edits} edits and {requests} requests in {options.restless:.0f} s,"
                " all as it should be"
            )


async def measure(path: Path, changes: int, edits: int) -> None:
    async with editor(path.parent) as client:
        uri = client.open(path)
        await client.told(uri)
        random = Random(1)
        shown: list[float] = []
        answered: list[float] = []
        spent = processor_time(client.process)
        while len(shown) < changes:
            for letter_ready in typed(client, uri, random):
                began = time.perf_counter()
                letter_ready()
                await client.told(uri)
                shown.append(time.perf_counter() - began)
                if len(shown) % 5 == 0:
                    answered.append(await completion(client, uri))
        spent = processor_time(client.process) - spent
        table("a change to its diagnostics", shown)
        table("a completion", answered)
        print(
            f"processor time of the server for a change: {1000 * spent / len(shown):.0f} ms,"
            " completions included"
        )
        before = memory(client.process)
        for number in range(edits):
            start = random.randrange(len(client.texts[uri]))
            client.edit(uri, start, start, " ") if number % 2 == 0 else client.edit(uri, start, start + 1, "")
            if number % 100 == 99:
                client.replace(uri, path.read_text(encoding="utf-8"))
                await client.told(uri, seconds=60)
        after = memory(client.process)
        print(f"memory {before} MiB, after {edits} more edits {after} MiB")


def typed(client: Editor, uri: str, random: Random):  # type: ignore[no-untyped-def]
    """The changes of typing a statement and deleting it again, as functions to call one by one."""
    words = random.choice(TYPED)
    lines = client.texts[uri].split("\n")
    bodies = [number for number, line in enumerate(lines) if line.startswith("        seen = seq")]
    at = sum(len(line) + 1 for line in lines[: random.choice(bodies)])
    yield lambda: client.edit(uri, at, at, "\n")
    for number, letter in enumerate(words):
        yield lambda offset=at + number, letter=letter: client.edit(uri, offset, offset, letter)
    yield lambda: client.edit(uri, at, at + len(words) + 1, "")


async def completion(client: Editor, uri: str) -> float:
    """Seconds for what can stand behind a lock's name in the middle of the text."""
    text = client.texts[uri]
    at = text.index("cache.lock.", len(text) // 2) + len("cache.lock.")
    place = types.Position(text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1)
    began = time.perf_counter()
    params = types.CompletionParams(types.TextDocumentIdentifier(uri), place)
    items = await client.text_document_completion_async(params)
    assert items
    return time.perf_counter() - began


def processor_time(process: int) -> float:
    """Seconds that a process has computed, from /proc."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory(process: int) -> int:
    """MiB that a process holds, from /proc."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def table(what: str, seconds: list[float]) -> None:
    ordered = sorted(1000 * each for each in seconds)
    late = ordered[int(len(ordered) * 0.95)]
    print(
        f"{what}: median {statistics.median(ordered):.0f} ms, 95 of 100 within {late:.0f} ms,"
        f" {len(ordered)} times"
    )


if __name__ == "__main__":
    main()
