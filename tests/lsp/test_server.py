"""The server as an editor sees it: what it offers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from lsp_client import Editor, editor
from lsprotocol import types
from pygls.exceptions import JsonRpcException

ROOT = Path(__file__).parents[2]
MODEL = """\"\"\"A lock, and what it keeps: \U0001f512.\"\"\"
model m

const N: int = 2
const LAST: int = N + 1

enum Phase: idle, busy

class Cache:
    lock: rwlock
    valid: bool
    value: range(LAST)

shared cache: Cache
shared gate: spinlock
shared inside: range(3)
shared done: waitqueue
shared free: set[range(3)]
ghost seen: bool

process user[N]:
    mine: range(3) = 0
    with gate:
        label within:
            inside = mine
    with cache.lock.write():
        cache.valid = refresh(mine)
    assert inside < 2, "kept"  # \u00fc\U0001f512

def refresh(start: range(3)) -> bool:
    \"\"\"Whether it was worth it.\"\"\"
    return start == 0

invariant alone: not (user[0] at within and user[1] in within)
sometimes held: gate.locked

expect "kept" violated
accept weaker alone "two are enough"
"""
VARIANT = 'model v varies "m.pfn"\n\ndef refresh(start: range(3)) -> bool:\n    return cache.valid\n'

Scenario = Callable[..., Awaitable[None]]


def with_editor(scenario: Scenario) -> Callable[..., None]:
    """Runs a scenario with an editor and the uri of the model above, which lies in the folder `tmp_path`."""

    @wraps(scenario)
    def run(tmp_path: Path, **others: Any) -> None:
        async def session() -> None:
            (tmp_path / "m.pfn").write_text(MODEL, encoding="utf-8")
            (tmp_path / "v.pfn").write_text(VARIANT, encoding="utf-8")
            async with editor(tmp_path) as client:
                await scenario(client, client.open(tmp_path / "m.pfn"), **others)

        asyncio.run(session())

    del run.__wrapped__  # type: ignore[attr-defined]
    parameters = [name for name in scenario.__annotations__ if name not in ("client", "uri", "return")]
    assert not parameters
    return run


def at(client: Editor, uri: str, cls: type, line: str, behind: str, **others: Any) -> Any:
    """A request's parameters for the place behind a text in the first line that contains `line`."""
    number = next(n for n, text in enumerate(client.texts[uri].split("\n"), 1) if line in text)
    place = client.at(uri, number, behind)
    return cls(text_document=place.text_document, position=place.position, **others)


def marked(client: Editor, uri: str, place: types.Range) -> str:
    line = client.texts[uri].split("\n")[place.start.line]
    return line[place.start.character : place.end.character]


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.02)


@with_editor
async def test_hover(client: Editor, uri: str) -> None:
    expected = {
        ("with gate", "gat"): ["shared gate: spinlock", "Accessed only under `gate`: `inside`"],
        ("inside = mine", "ins"): ["shared inside: range(3)", "Accessed only under `gate`"],
        ("const LAST", "LAS"): ["const LAST: int = N + 1", "= 3"],
        ("cache.lock", "cache.lo"): ["lock: rwlock", "`cache.valid`"],
        ("return start", "start"): ["start: range(3)", "parameter of `refresh`"],
        ("refresh(mine)", "refr"): ["def refresh(start: range(3)) -> bool:", "Whether it was worth it."],
        ("user[0] at", "at with"): ["label within", "in `user`"],
        ("user[1] in", "in with"): ["label within", "in `user`"],
        ("enum Phase", "Pha"): ["`idle`, `busy`"],
    }
    for (line, behind), words in expected.items():
        hover = await client.text_document_hover_async(at(client, uri, types.HoverParams, line, behind))
        assert hover is not None, line
        for word in words:
            assert word in hover.contents.value
    nothing = await client.text_document_hover_async(at(client, uri, types.HoverParams, "const N", "= 2"))
    assert nothing is None


OFFERED = {
    "    cache.lock.": {"read_lock", "write_trylock"},
    "    gate.": {"lock", "unlock", "trylock"},
    "    with cache.lock.": {"read", "write"},
    "    with ": {"gate", "cache"},
    "    cache.": {"lock", "valid", "value"},
    "    free.": {"add", "remove", "discard"},
    "    wake_up(": {"done"},
    "    w": {"while", "wait", "wake_up", "refresh", "mine", "cache"},
    "    mine = ": {"choose", "inside", "N", "idle", "mine"},
    "    x: ": {"bool", "range", "Phase", "Cache"},
    "    assert cache.lock.": {"locked", "held_by"},
    "    assert user[0] at ": {"within", "end"},
    "    assert user[0] in ": {"within"},
    "expect ": {'"kept"', "alone", "held", "deadlock"},
    "expect alone ": {"holds", "violated"},
    "expect alone holds under ": {"spin", "block"},
    "accept weaker ": {'"kept"', "alone", "held"},
    "policies ": {"spin", "halt_poll"},
    "scenario s:\n    ": {"cpus", "preempt", "N"},
    "scenario s:\n    preempt = ": {"none", "full"},
    "s": {"shared", "scenario", "sometimes"},
    "shared q: ": {"waitqueue", "Cache", "range"},
}
ONLY = [
    "    gate.",
    "    with ",
    "    with cache.lock.",
    "    free.",
    "    wake_up(",
    "expect alone ",
    "    assert user[0] in ",
]


@with_editor
async def test_completion(client: Editor, uri: str) -> None:
    for typed, words in OFFERED.items():
        above = "" if typed[0] != " " else "    with gate:"
        lines = MODEL.split("\n")
        number = lines.index(above) if above else len(lines) - 1
        client.replace(uri, "\n".join([*lines[:number], typed, *lines[number:]]))
        line = number + typed.count("\n")
        place = types.Position(line, len(typed.split("\n")[-1]))
        items = await client.text_document_completion_async(
            types.CompletionParams(types.TextDocumentIdentifier(uri), place)
        )
        offered = {item.label for item in items}
        assert words <= offered, typed
        assert typed not in ONLY or words == offered, typed
    snippet = next(item for item in items if item.label == "range")
    assert snippet.insert_text == "range(${1:2})"


@with_editor
async def test_nothing_is_offered_in_comments_and_texts(client: Editor, uri: str) -> None:
    for line, behind in (("assert inside", '"ke'), ("assert inside", "# ")):
        asked = at(client, uri, types.CompletionParams, line, behind)
        assert await client.text_document_completion_async(asked) == []


@with_editor
async def test_signatures(client: Editor, uri: str) -> None:
    asked = at(client, uri, types.SignatureHelpParams, "refresh(mine)", "refresh(")
    told = await client.text_document_signature_help_async(asked)
    assert told is not None and told.signatures[0].label == "refresh(start: range(3)) -> bool"
    client.replace(uri, MODEL.replace("inside = mine", "inside = min(mine, "))
    asked = at(client, uri, types.SignatureHelpParams, "min(", "mine, ")
    told = await client.text_document_signature_help_async(asked)
    assert told is not None and (told.signatures[0].label, told.active_parameter) == ("min(a, b)", 1)


@with_editor
async def test_definition_and_references(client: Editor, uri: str) -> None:
    asked = at(client, uri, types.DefinitionParams, "refresh(mine)", "refr")
    found = await client.text_document_definition_async(asked)
    assert [(place.uri, marked(client, uri, place.range)) for place in found] == [(uri, "refresh")]
    context = types.ReferenceContext(include_declaration=True)
    asked = at(client, uri, types.ReferenceParams, "refresh(mine)", "refr", context=context)
    places = await client.text_document_references_async(asked)
    assert sorted((p.uri.rsplit("/", 1)[1], p.range.start.line) for p in places) == [
        ("m.pfn", 26), ("m.pfn", 29), ("v.pfn", 2),
    ]  # fmt: skip
    asked = at(client, uri, types.DocumentHighlightParams, "inside = mine", "ins")
    shown = await client.text_document_document_highlight_async(asked)
    assert [int(h.kind) for h in shown] == [3, 3, 2]


@with_editor
async def test_rename(client: Editor, uri: str) -> None:
    asked = at(client, uri, types.RenameParams, "refresh(mine)", "refr", new_name="renew")
    edit = await client.text_document_rename_async(asked)
    assert {uri.rsplit("/", 1)[1]: len(edits) for uri, edits in edit.changes.items()} == {
        "m.pfn": 2,
        "v.pfn": 1,
    }
    for edits in edit.changes.values():
        assert {e.new_text for e in edits} == {"renew"}


@with_editor
async def test_rename_refuses_what_would_mean_something_else(client: Editor, uri: str) -> None:
    for line, behind, name, why in (
        ("refresh(mine)", "refr", "inside", "declared already"),
        ("refresh(mine)", "refr", "while", "word of the language"),
        ("refresh(mine)", "refr", "cond_resched", "word of the language"),
        ("refresh(mine)", "refr", "two words", "not a name"),
        ("mine: range", "min", "gate", "declared already"),
        ("valid: bool", "val", "value", "a field of `Cache` already"),
        ("inside = mine", "insi", "mine", "declared already"),
    ):
        asked = at(client, uri, types.RenameParams, line, behind, new_name=name)
        with pytest.raises(JsonRpcException, match=why):
            await client.text_document_rename_async(asked)


@with_editor
async def test_shape(client: Editor, uri: str) -> None:
    document = types.TextDocumentIdentifier(uri)
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    names = {s.name: [below.name for below in s.children or ()] for s in symbols}
    assert names["Cache"] == ["lock", "valid", "value"] and names["user"] == ["within"]
    assert names["Phase"] == ["idle", "busy"] and "refresh" in names
    found = await client.workspace_symbol_async(types.WorkspaceSymbolParams("refr"))
    assert sorted(s.location.uri.rsplit("/", 1)[1] for s in found) == ["m.pfn", "v.pfn"]
    folds = await client.text_document_folding_range_async(types.FoldingRangeParams(document))
    lines = client.texts[uri].split("\n")
    assert {lines[fold.start_line].split(":")[0] for fold in folds} >= {
        "class Cache",
        "process user[N]",
        "    with gate",
    }
    place = types.Position(lines.index("            inside = mine"), 14)
    around = await client.text_document_selection_range_async(types.SelectionRangeParams(document, [place]))
    one, sizes = around[0], []
    while one is not None:
        sizes.append((one.range.end.line - one.range.start.line, marked(client, uri, one.range)))
        one = one.parent
    assert sizes[0] == (0, "inside") and sizes[1] == (0, "inside = mine")
    assert [lines for lines, _ in sizes] == sorted(lines for lines, _ in sizes)
    hints = await client.text_document_inlay_hint_async(
        types.InlayHintParams(document, types.Range(types.Position(0, 0), types.Position(99, 0)))
    )
    assert [(h.position.line, h.label) for h in hints if h.label == " = 3"] == [(4, " = 3")]


@with_editor
async def test_layout(client: Editor, uri: str) -> None:
    document = types.TextDocumentIdentifier(uri)
    client.replace(uri, MODEL.replace("inside = mine", "inside=mine").replace("const N: int", "const N:int"))
    options = types.FormattingOptions(4, True)
    edits = await client.text_document_formatting_async(types.DocumentFormattingParams(document, options))
    text = client.texts[uri].split("\n")
    for edit in reversed(edits):
        text[edit.range.start.line : edit.range.end.line] = edit.new_text.split("\n")[:-1]
    assert "\n".join(text) == MODEL
    first = types.Range(types.Position(3, 0), types.Position(4, 0))
    asked = types.DocumentRangeFormattingParams(document, first, options)
    assert len(await client.text_document_range_formatting_async(asked)) == 1


@with_editor
async def test_tokens(client: Editor, uri: str) -> None:
    asked = types.SemanticTokensParams(types.TextDocumentIdentifier(uri))
    data = (await client.text_document_semantic_tokens_full_async(asked)).data
    legend = client.answer.capabilities.semantic_tokens_provider.legend.token_types
    line = column = 0
    found: list[tuple[str, str]] = []
    for down, right, length, kind, _ in zip(*[iter(data)] * 5, strict=True):
        line, column = line + down, right if down else column + right
        text = client.texts[uri].split("\n")[line].encode("utf-16-le")
        found.append((text[2 * column : 2 * (column + length)].decode("utf-16-le"), legend[kind]))
    assert {
        ("model", "keyword"), ("Cache", "class"), ("user", "class"), ("refresh", "function"),
        ("valid", "property"), ("idle", "enumMember"), ("start", "parameter"), ("within", "label"),
        ("2", "number"), ("at", "keyword"), ("range", "function"), ("bool", "type"),
        ('"kept"', "string"), ("# \u00fc\U0001f512", "comment"),
    } <= set(found)  # fmt: skip


@with_editor
async def test_fixes(client: Editor, uri: str) -> None:
    for before, after, title, put_right in (
        ("inside = mine", "insid = mine", "change to `inside`", "inside = mine"),
        ("with gate:", "with gate", "add `:`", "with gate:"),
        ("cache.valid =", "cache.vald =", "change to `valid`", "cache.valid ="),
        ('"kept"', '"kept', 'add `"`', '"kept'),
    ):
        client.replace(uri, MODEL.replace(before, after, 1))
        await client.told(uri)
        fault = client.diagnostics[uri][0]
        asked = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), fault.range, types.CodeActionContext([fault])
        )
        actions = await client.text_document_code_action_async(asked)
        assert title in [action.title for action in actions]
        edit = next(action for action in actions if action.title == title).edit.changes[uri][0]
        line = client.texts[uri].split("\n")[edit.range.start.line]
        fixed = line[: edit.range.start.character] + edit.new_text + line[edit.range.end.character :]
        assert put_right in fixed


@with_editor
async def test_diagnostics_follow_the_text(client: Editor, uri: str) -> None:
    assert await client.told(uri) == []
    client.replace(uri, MODEL.replace("start == 0", "strt == 0").replace("gate.locked", "gate.lokced"))
    assert await client.told(uri) == ["32: unknown-name", "35: no-field"]
    assert "did you mean `start`?" in client.diagnostics[uri][0].message
    client.replace(uri, MODEL.replace("shared inside", "shared gate: bool\nshared inside"))
    assert "16: declared-twice" in await client.told(uri)
    (related,) = client.diagnostics[uri][0].related_information
    assert related.location.uri == uri and related.location.range.start.line == 14


@with_editor
async def test_a_pause_shows_what_other_scenarios_have(client: Editor, uri: str) -> None:
    more = "\nscenario small:\n    cpus = 1\n\nscenario large:\n    cpus = 99\n"
    client.replace(uri, MODEL + more)
    await eventually(lambda: [d.code for d in client.diagnostics.get(uri, ())] == ["bad-setting"])
    client.replace(uri, MODEL + more.replace("99", "2"))
    assert await client.told(uri) == []


@with_editor
async def test_places_are_in_the_client_s_units(client: Editor, uri: str) -> None:
    client.replace(uri, MODEL.replace('"kept"  #', '"k\U0001f512\u00fc", x  #'))
    await client.told(uri)
    assert client.answer.capabilities.position_encoding == types.PositionEncodingKind.Utf16
    place = client.diagnostics[uri][0].range.start
    line = client.texts[uri].split("\n")[place.line].encode("utf-16-le")
    assert line[: 2 * place.character].decode("utf-16-le").endswith('\u00fc"')


@with_editor
async def test_a_base_counts_as_it_is_open(client: Editor, uri: str) -> None:
    variant = client.open(Path(uri.removeprefix("file://")).with_name("v.pfn"))
    assert await client.told(variant) == []
    client.replace(uri, MODEL.replace("    valid: bool\n", "    value2: bool\n"))
    await client.told(uri)
    client.replace(variant, VARIANT + "\n")
    assert await client.told(variant) == ["4: no-field"]


@with_editor
async def test_faults_in_a_base_are_shown_there(client: Editor, uri: str) -> None:
    base = Path(uri.removeprefix("file://"))
    client.close(uri)
    base.write_text(MODEL.replace("inside = mine", "inside = = mine"), encoding="utf-8")
    variant = client.open(base.with_name("v.pfn"))
    assert await client.told(variant) == []
    await eventually(lambda: [d.code for d in client.diagnostics.get(uri, ())] == ["syntax"])
    client.close(variant)
    await eventually(lambda: client.diagnostics[uri] == ())


def test_encodings(tmp_path: Path) -> None:
    async def session(kind: types.PositionEncodingKind, codec: str, size: int) -> None:
        async with editor(None, [kind]) as client:
            uri = client.open(tmp_path / "m.pfn", 'model m\nconst N: int = "\U0001f512\u00fc" + x\n')
            await client.told(uri)
            place = client.diagnostics[uri][-1].range
            line = client.texts[uri].split("\n")[1].encode(codec)
            assert line[size * place.start.character : size * place.end.character].decode(codec)[:1] in '"x'
            assert client.answer.capabilities.position_encoding == kind

    asyncio.run(session(types.PositionEncodingKind.Utf8, "utf-8", 1))
    asyncio.run(session(types.PositionEncodingKind.Utf32, "utf-32-le", 4))
