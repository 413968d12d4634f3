"""What can stand at a place, by the sort of what is there and by where in a declaration it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from ...dsl.checker.prelude import prelude
from ...dsl.model import sorts as s
from ...dsl.model.model import BUILT_IN_CHECKS
from ...dsl.source import BUILT_IN
from ...dsl.syntax import tree
from ...dsl.vocabulary.atomic_words import ATOMICS, OPERATIONS
from ...dsl.vocabulary.built_in_words import FUNCTIONS, METHODS, SETTINGS, TYPES
from ...dsl.vocabulary.grammar_words import DECLARATIONS, OPERATORS, STATEMENTS
from ...dsl.vocabulary.kernel_words import KERNEL
from ...dsl.vocabulary.library_words import LIBRARY
from ...dsl.vocabulary.lookup import QUEUE_VERBS, SETTING_VALUES, word_of
from ...dsl.vocabulary.verb_words import VERBS
from ...dsl.vocabulary.word import Word
from ..text.analysis import Analysis
from ..text.place import Place, sort_of
from ..text.positions import from_position

if TYPE_CHECKING:
    from ..server import Server

_CHAIN = re.compile(r"([A-Za-z_]\w*(?:\[[^\[\]]*(?:\[[^\[\]]*\])?[^\[\]]*\]|\.\w+)*)\.\w*$")
# `P in R`, behind whatever may stand before a formula.
_IN_REGION = re.compile(r"([A-Za-z_]\w*)(?:\[[^\]]*\])?\s+in\s+(?:\w+\.)?\w*$")
_OPERATORS = tuple(word.word for word in OPERATORS)


def register(server: Server) -> None:
    """Answers what can stand at a place."""
    options = types.CompletionOptions(trigger_characters=[".", '"', " "])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        analysis = server.known(params.text_document.uri)
        if analysis is None:
            return []
        line, column = from_position(analysis.source.lines, params.position, server.encoding)
        context = params.context
        asked = context is None or context.trigger_character != " "
        snippets = _takes_snippets(server)
        place = Place(analysis, line, column)
        return [_item(offer, snippets) for offer in offers(place) if asked or place.after_word]


def _takes_snippets(server: Server) -> bool:
    document = server.client_capabilities.text_document
    completion = document.completion if document else None
    item = completion.completion_item if completion else None
    return bool(item and item.snippet_support)


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can stand at a place: the word, its kind, a few words on it, and what is written for
    it, with places to fill in, if that is more than the word."""

    word: str
    kind: types.CompletionItemKind
    detail: str = ""
    snippet: str = ""
    doc: str = ""


def _item(offer: Offer, snippets: bool) -> types.CompletionItem:
    item = types.CompletionItem(offer.word, kind=offer.kind, detail=offer.detail or None)
    if offer.doc:
        item.documentation = types.MarkupContent(types.MarkupKind.Markdown, offer.doc)
    if offer.snippet and snippets:
        item.insert_text = offer.snippet
        item.insert_text_format = types.InsertTextFormat.Snippet
    return item


def offers(place: Place) -> Iterator[Offer]:
    """What can stand at a place."""
    code = place.code
    if "#" in code or code.count('"') % 2 or code.count("'") % 2:
        if re.match(r'expect\s+"[^"]*$', place.before):
            for text in sorted(_texts(place.analysis)):
                yield Offer(text, types.CompletionItemKind.Text, "assertion")
        return
    if match := _CHAIN.search(code):
        yield from _members(place, match[1])
    elif re.search(r"\.\w*$", code) or re.match(
        r"(model|label)\b|(?:const|shared|ghost|class|enum|def|policy|type|process)\s+\w*$", code.lstrip()
    ):
        return
    elif re.match(r"accept\s+\w*$", code):
        yield Offer("weaker", types.CompletionItemKind.Keyword)
        yield Offer("unlocked", types.CompletionItemKind.Keyword)
    elif re.match(r"accept\s+unlocked\s+(?:[\w.]+\s*,\s*)*\w*$", code):
        yield from _shared(place)
    elif re.match(r"accept\s+weaker\s+\w*$", code):
        yield from _targets(place)
    elif re.match(r"expect\b", code):
        yield from _expectation(place, code)
    elif place.kind == "scenario" and not place.in_head:
        yield from _setting(place, code)
    elif re.match(r"\s*policies\b", code) or re.search(r"\bwait\s*\(\s*\w*$", code):
        yield from _policies(place)
    elif match := re.match(r"\s*wait\s+\w*$", code):
        yield Offer("until", types.CompletionItemKind.Keyword)
        if place.kind == "policy":
            yield from _policies(place)
    elif match := re.search(r"([A-Za-z_]\w*)(?:\[[^\]]*\])?\s+at\s+(?:\w+\.)?\w*$", code):
        yield from _labels(place, match[1])
    elif (match := _IN_REGION.search(code)) and match[1] in _declared(place, tree.Process):
        yield from _regions(place, match[1])
    elif _wants_type(place, code):
        yield from _types(place)
    elif place.statement and place.indent == 0 and (place.in_head or not place.before):
        yield from _lines(DECLARATIONS)
    elif place.kind in ("class", "enum") or not place.kind:
        return
    else:
        if place.statement and place.in_code:
            yield from _statements(place)
        yield from _names(place)


# ---- behind a dot


def _members(place: Place, chain: str) -> Iterator[Offer]:
    sort = sort_of(place, chain)
    field, method = types.CompletionItemKind.Field, types.CompletionItemKind.Method
    match sort:
        case s.Struct(fields=fields) | s.Word(fields=fields):
            for name, own, _ in fields:
                yield Offer(name, field, str(own))
        case s.Lock(kind=kind):
            yield from _lock_members(place, kind)
        case s.SetOf(of=of):
            for word in METHODS:
                if "set" in word.of:
                    yield Offer(word.word, method, f"set[{of}]", f"{word.word}($1)", word.doc)
        case s.Task(process=process):
            names = place.analysis.checked.names if place.analysis.checked else None
            for owner, local in (names.locals if names else {}).get(process, {}):
                shown = local if owner == process else f"{owner}.{local}"
                yield Offer(shown, field, f"local of {owner}")


def _lock_members(place: Place, kind: str) -> Iterator[Offer]:
    method = types.CompletionItemKind.Method
    own = [word for word in METHODS if kind in word.of]
    if place.formula or place.kind not in ("process", "def", "policy"):
        for word in own:
            if word.role == "state":
                what = types.CompletionItemKind.Field if word.parameters is None else method
                takes = "" if word.parameters is None else f"{word.word}($1)"
                yield Offer(word.word, what, kind, takes, word.doc)
        return
    if place.first == "with" or re.search(r"\bholding\s+\S*$", place.code):
        wanted = {"mode"}
    elif re.fullmatch(r"\s*[\w.\[\]]*", place.code):
        wanted = {"acquire", "release", "try", "downgrade"}
    else:
        wanted = {"try"}
    for word in own:
        if word.role in wanted:
            yield Offer(word.word, method, kind, f"{word.word}()", word.doc)


# ---- by what the line begins with


def _texts(analysis: Analysis) -> set[str]:
    return {text for text in analysis.checked.names.asserted if text} if analysis.checked else set()


def _declared(place: Place, *kinds: type) -> Iterator[str]:
    whole = place.analysis.tree
    for node in whole.declarations if whole else ():
        if isinstance(node, kinds):
            yield getattr(node, "name", "")


def _targets(place: Place) -> Iterator[Offer]:
    value = types.CompletionItemKind.Value
    for text in sorted(_texts(place.analysis)):
        yield Offer(f'"{text}"', value, "assertion")
    for name in _declared(place, tree.Invariant, tree.Property, tree.Sometimes):
        yield Offer(name, value, "formula")


def _shared(place: Place) -> Iterator[Offer]:
    for name in _declared(place, tree.Shared):
        yield Offer(name, types.CompletionItemKind.Variable, "shared")


def _expectation(place: Place, code: str) -> Iterator[Offer]:
    value, word = types.CompletionItemKind.Value, types.CompletionItemKind.Keyword
    if re.match(r"expect\s+\w*$", code):
        yield from _targets(place)
        for name in BUILT_IN_CHECKS:
            yield Offer(name, value, "always checked")
    elif re.match(r"expect\s+\S+\s+\w*$", code):
        yield Offer("holds", word)
        yield Offer("violated", word)
    elif re.search(r"\bunder\s+[\w, ]*$", code):
        yield from _policies(place)
    elif re.search(r"\bin\s+[\w, ]*$", code):
        for name in _declared(place, tree.Scenario):
            yield Offer(name, value, "scenario")
    else:
        yield Offer("under", word, "under these policies only")
        yield Offer("in", word, "in these scenarios only")


def _setting(place: Place, code: str) -> Iterator[Offer]:
    value = types.CompletionItemKind.Value
    named = re.match(r"\s*(\w+)\s*=", code)
    if named:
        words = SETTING_VALUES.get(named[1])
        for word in words or ():
            yield Offer(word, value)
        if words is None:
            yield from _constants(place)
        return
    for setting in SETTINGS:
        if setting.word in SETTING_VALUES:
            form = f"{setting.word} = "
            yield Offer(setting.word, types.CompletionItemKind.Property, "setting", form, setting.doc)
    yield Offer("policies", types.CompletionItemKind.Keyword, "setting", "policies ")
    for name in _declared(place, tree.Const):
        yield Offer(name, types.CompletionItemKind.Constant, "constant", f"{name} = ")


def _policies(place: Place) -> Iterator[Offer]:
    standard = (node.name for node in prelude().declarations if isinstance(node, tree.Policy))
    for name in dict.fromkeys((*_declared(place, tree.Policy), *standard)):
        yield Offer(name, types.CompletionItemKind.Function, "policy")


def _labels(place: Place, process: str) -> Iterator[Offer]:
    names = place.analysis.checked.names if place.analysis.checked else None
    label = types.CompletionItemKind.Reference
    for owner, name in (names.labels if names else {}).get(process, {}):
        yield Offer(name, label, f"label in {owner}")
    yield Offer("end", label, "the end of the process")


def _regions(place: Place, process: str) -> Iterator[Offer]:
    names = place.analysis.checked.names if place.analysis.checked else None
    for owner, name in sorted((names.regions if names else {}).get(process, ())):
        yield Offer(name, types.CompletionItemKind.Reference, f"region in {owner}")


def _wants_type(place: Place, code: str) -> bool:
    if re.search(r"->\s*\w*$", code) or re.match(r"type\s+\w+\s*=\s*\w*$", code):
        return True
    annotated = re.search(r"(\w+)\s*:\s*(?:set\[)?\w*$", code)
    if not annotated:
        return False
    if place.in_head:
        opened = code.count("(") > code.count(")")
        return place.kind in ("const", "shared", "ghost") or (place.kind in ("def", "policy") and opened)
    return place.kind == "class" or re.fullmatch(r"\s+\w+\s*:\s*(?:set\[)?\w*", code) is not None


def _types(place: Place) -> Iterator[Offer]:
    kind = types.CompletionItemKind.Class
    if place.kind == "const" and place.in_head:
        for word in ("int", "bool", *_declared(place, tree.Enum)):
            yield Offer(word, kind, "type")
        return
    for own in TYPES:
        if own.word != "int":
            yield Offer(own.word, kind, "type", "", own.doc)
    for own in LIBRARY:
        if own.group == "type":
            yield Offer(own.word, kind, "type", "", own.doc)
    yield Offer("range", kind, "type", "range(${1:2})")
    yield Offer("set", kind, "type", "set[${1:T}]")
    for name in _declared(place, tree.TypeAlias, tree.Enum, tree.Struct, tree.Process):
        yield Offer(name, kind, "type")


def _statements(place: Place) -> Iterator[Offer]:
    yield from _lines((*STATEMENTS, *OPERATORS))
    yield from map(_call, (*VERBS, *KERNEL, *ATOMICS))
    yield from _library(place)


def _lines(words: Iterable[Word]) -> Iterator[Offer]:
    """Those of the words that begin a line."""
    for word in words:
        if word.begins and word.snippet:
            kind = "declaration" if word.group == "declaration" else "statement"
            yield Offer(word.word, types.CompletionItemKind.Keyword, kind, word.snippet)


def _returns(word: Word) -> bool:
    """Whether a word of the kernel has a value."""
    operation = OPERATIONS.get(word.word)
    if operation is not None:
        return bool(operation.result)
    means = word_of(word.means)
    return word.role in ("load", "test", "is_locked", "warn") or (means is not None and means.role == "try")


def _call(word: Word) -> Offer:
    """A verb or function, with a place to fill in where it takes something, or one for each of several."""
    parameters = word.parameters or ()
    takes = "$1" if parameters else ""
    if len(parameters) > 1:
        takes = ", ".join(f"${{{number}:{name}}}" for number, name in enumerate(parameters, 1))
    return Offer(
        word.word, types.CompletionItemKind.Function, word.written, f"{word.word}({takes})", word.doc
    )


def _library(place: Place) -> Iterator[Offer]:
    """The calls of the library, with their parameters; those that the model does not have for itself."""
    checked = place.analysis.checked
    own = {} if checked is None else checked.names.functions
    for word in LIBRARY:
        known = own.get(word.word)
        if word.group == "verb" and (known is None or known.node.span.path in BUILT_IN):
            takes = ", ".join(f"${{{n}:{name}}}" for n, name in enumerate(word.parameters or (), 1))
            kind = types.CompletionItemKind.Function
            yield Offer(word.word, kind, word.written, f"{word.word}({takes})", word.doc)


# ---- names


def _constants(place: Place) -> Iterator[Offer]:
    checked = place.analysis.checked
    if checked is not None:
        for name, value in checked.names.constants.items():
            yield Offer(name, types.CompletionItemKind.Constant, f"= {value}")
        for name, sort in checked.names.members.items():
            yield Offer(name, types.CompletionItemKind.EnumMember, str(sort))


def _names(place: Place) -> Iterator[Offer]:
    """Names that have a value or can be called, those of the sort that is wanted first."""
    checked = place.analysis.checked
    wanted = _wanted(place)
    kind = types.CompletionItemKind
    seen: list[Offer] = []
    if checked is not None:
        names = checked.names
        seen += [
            Offer(name, kind.Variable, str(sort))
            for name, sort in place.scope().items()
            if _fits(sort, wanted)
        ]
        for name, variable in names.variables.items():
            if _fits(variable.sort, wanted) and (not variable.ghost or place.formula):
                seen.append(
                    Offer(name, kind.Variable, f"{'ghost' if variable.ghost else 'shared'} {variable.sort}")
                )
    yield from seen
    if wanted is not None:
        return
    yield from _constants(place)
    if checked is not None:
        for name, signature in checked.names.functions.items() if not place.formula else ():
            if signature.node.span.path in BUILT_IN:
                continue
            takes = ", ".join(f"${{{n}:{p.name}}}" for n, p in enumerate(signature.parameters, 1))
            yield Offer(name, kind.Function, f"def {name}", f"{name}({takes})")
        for name in checked.names.processes if place.formula else ():
            yield Offer(name, kind.Class, "process")
    if place.kind in ("process", "def"):
        yield Offer("self", kind.Keyword, "index of the task")
    if place.kind == "policy":
        yield Offer("cond", kind.Keyword, "condition of the site")
        yield Offer("wq", kind.Keyword, "waitqueue of the site")
    if not place.statement:
        done = ("choice", "outcome")
        yield from (_call(word) for word in FUNCTIONS if not (place.formula and word.role in done))
        yield from _library(place) if not place.formula else ()
        if place.in_code and not place.formula:
            yield from (_call(word) for word in (*KERNEL, *ATOMICS) if _returns(word))
        yield from _words(("True", "False", "None"), kind.Constant)
        yield from _words(_OPERATORS if place.formula else ("and", "or", "not", "in"), kind.Keyword)


def _words(words: Iterable[str], kind: types.CompletionItemKind) -> Iterator[Offer]:
    return (Offer(word, kind) for word in words)


def _wanted(place: Place) -> type | None:
    """The sort that must stand there, where only one can: a lock, a waitqueue."""
    code = place.code
    if re.search(r"^\s*with\s+\w*$|\bholding\s+\w*$", code):
        return s.Lock
    if re.search(rf"\bon\s+\w*$|\b(?:{'|'.join(QUEUE_VERBS)})\(\w*$", code):
        return s.WaitQueue
    return None


def _fits(sort: s.Sort, wanted: type | None) -> bool:
    """Whether something of the sort, or a part of it, is what is wanted."""
    if wanted is None or isinstance(sort, wanted):
        return True
    match sort:
        case s.Array(of=of):
            return _fits(of, wanted)
        case s.Struct(fields=fields):
            return any(_fits(own, wanted) for _, own, _ in fields)
        case _:
            return False
