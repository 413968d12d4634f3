"""A restless editor: random edits, requests that are cancelled, documents that are closed half-way.

When it ends, the server has said of every open document what a new server says of the same texts, has
failed in no handler, and ends when it is asked to.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from lsp_client import Editor, editor
from lsprotocol import types
from pygls.exceptions import JsonRpcException

PIECES = [
    *"()[]{}:=.,#\"' x\n",
    '"""',
    "\n\n",
    "    ",
    "x = 1\n",
    "process q:\n    pass\n",
    "\u00fc",
    "\U0001f512",
    "with ",
]


async def restless(folder: Path, texts: dict[str, str], seconds: float, seed: int) -> tuple[int, int]:
    """Plays a session with the documents `texts`, by their names in `folder`; returns how many edits and
    requests there were.  Raises AssertionError when something went wrong."""
    random = Random(seed)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    edits = requests = 0
    async with editor(folder) as client:
        opened = {name: client.open(folder / name) for name in texts}
        waiting: list[asyncio.Future[Any]] = []
        stop = time.monotonic() + seconds
        while time.monotonic() < stop:
            name = random.choice(list(texts))
            uri = opened.get(name)
            match random.randrange(12):
                case 0 if uri is not None and len(opened) > 1:
                    client.close(opened.pop(name))
                case _ if uri is None:
                    opened[name] = client.open(folder / name)
                case 1 | 2 | 3:
                    waiting.append(_ask(client, uri, random))
                    requests += 1
                case 4:
                    # Of a request that waits, of one that is answered already, or of none.
                    number = random.choice([*client.protocol._request_futures, "none"])
                    client.cancel_request(types.CancelParams(number))
                case 5 if len(client.texts[uri]) > 3 * len(texts[name]) or random.random() < 0.1:
                    client.replace(uri, texts[name])
                case _:
                    edits += 1
                    _edit(client, uri, random)
            await asyncio.sleep(random.random() / 50 if random.random() < 0.5 else 0)
            waiting = [asked for asked in waiting if not asked.done()]
        for asked in waiting:
            with suppress(JsonRpcException, asyncio.CancelledError):
                await asyncio.wait_for(asked, 60)
        async with editor(folder) as fresh:
            for name, uri in opened.items():
                fresh.open(folder / name, client.texts[uri])
            for uri in opened.values():
                await client.told(uri, seconds=60)
                await fresh.told(uri, seconds=60)
            await _agreed(client, fresh, list(opened.values()))
    return edits, requests


async def _agreed(one: Editor, other: Editor, uris: list[str]) -> None:
    """Waits until both have been told the same, which does not change any more."""
    same = 0
    stop = time.monotonic() + 60
    while same < 15:
        said = [[sorted(map(repr, editor.diagnostics[uri])) for uri in uris] for editor in (one, other)]
        same = same + 1 if said[0] == said[1] else 0
        assert time.monotonic() < stop, (said, [one.texts[uri] for uri in uris])
        await asyncio.sleep(0.1)


def _edit(client: Editor, uri: str, random: Random) -> None:
    text = client.texts[uri]
    start = random.randrange(len(text) + 1)
    end = min(len(text), start + random.choice((0, 0, 0, 1, 1, 5, 60)))
    client.edit(uri, start, end, random.choice(PIECES) if random.random() < 0.7 else "")


def _ask(client: Editor, uri: str, random: Random) -> asyncio.Future[Any]:
    document = types.TextDocumentIdentifier(uri)
    place = types.Position(random.randrange(client.texts[uri].count("\n") + 3), random.randrange(60))
    whole = types.Range(types.Position(0, 0), types.Position(999, 0))
    context = types.ReferenceContext(include_declaration=True)
    options = types.FormattingOptions(4, True)
    question = random.choice(
        (
            lambda: client.text_document_hover_async(types.HoverParams(document, place)),
            lambda: client.text_document_completion_async(types.CompletionParams(document, place)),
            lambda: client.text_document_definition_async(types.DefinitionParams(document, place)),
            lambda: client.text_document_references_async(types.ReferenceParams(context, document, place)),
            lambda: client.text_document_signature_help_async(types.SignatureHelpParams(document, place)),
            lambda: client.text_document_document_symbol_async(types.DocumentSymbolParams(document)),
            lambda: client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document)),
            lambda: client.text_document_folding_range_async(types.FoldingRangeParams(document)),
            lambda: client.text_document_inlay_hint_async(types.InlayHintParams(document, whole)),
            lambda: client.text_document_formatting_async(types.DocumentFormattingParams(document, options)),
            lambda: client.text_document_selection_range_async(types.SelectionRangeParams(document, [place])),
            lambda: client.text_document_code_action_async(
                types.CodeActionParams(document, whole, types.CodeActionContext([]))
            ),
        )
    )
    return asyncio.ensure_future(question())
