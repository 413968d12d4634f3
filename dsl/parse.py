"""Text to tree: `parse` is the stage, everything else serves it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark import Tree as Parsed
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.tree import Meta

from . import misfits, recover, tree
from .diagnostics import Diagnostics
from .layout import BadIndent, Chunk, Indenter, LogicalLine, chunks, logical_lines
from .source import Source, Span

MAX_SYNTAX_ERRORS = 25
MAX_REREAD_LINES = 20_000
MAX_DEPTH = 60
MAX_ELIFS = 40

_GRAMMAR = Path(__file__).with_name("grammar.lark")


def parse(source: Source, cache: str | None = None) -> tuple[tree.Tree | None, Diagnostics]:
    """The tree of a file, or None with what is wrong with it (several faults per call).

    `cache` names a file that may hold the grammar's tables between runs; without it they are
    computed (once per process).
    """
    found = Diagnostics()
    doc: str | None = None
    header: tree.Header | None = None
    declarations: list[tree.Declaration] = []
    lines = logical_lines(source, found)
    _refuse_tabs(source, lines, found)
    torn = {fault.span.line for fault in found.sorted()}
    node: Any = None
    for position, chunk in enumerate(chunks(lines, source.path, found)):
        if not torn.isdisjoint(range(chunk.line, chunk.end_line + 1)):
            continue
        if position and node is None and chunk.text[0] in "{}":
            continue  # the body of a function of C, whose head was refused
        node = _parse_chunk(chunk, source, found, cache)
        if len(found) >= MAX_SYNTAX_ERRORS:
            break
        match node:
            case None:
                pass
            case tree.Docstring(text=text) if position == 0:
                doc = text
            case tree.Docstring(span=span):
                help = "move it above the `model` line, or write comments with `#`"
                found.add("misplaced-docstring", span, "the docstring of a file comes first", help)
            case tree.Header():
                if header or declarations:
                    found.add(
                        "misplaced-model",
                        node.span,
                        "the `model` line comes first, and once",
                        "move it to the top" if header is None else "remove one of them",
                        [(header.span, "it stands here")] if header else (),
                    )
                header = header or node
            case _:
                declarations.append(node)
    if header is None and not found:
        start = lines[0].line if lines else 1
        found.add(
            "no-model",
            Span(source.path, start, 1, start, 1),
            "the file has no `model` line" if lines else "the file is empty",
            "begin with `model NAME`",
        )
    if found.errors or header is None:
        return None, found
    return tree.Tree(source.path, doc, header, tuple(declarations)), found


def _refuse_tabs(source: Source, lines: tuple[LogicalLine, ...], found: Diagnostics) -> None:
    tabbed = [line for line in lines if "\t" in line.text[: line.indent]]
    if tabbed:
        line, more = tabbed[0], len(tabbed) - 1
        column = line.text.index("\t") + 1
        place = Span(source.path, line.line, column, line.line, line.indent + 1)
        help = "indent with four spaces" + (
            f", here and in {more} more line{'s' * (more > 1)}" if more else ""
        )
        found.add("tab", place, "a tab in the indentation", help)


def _parse_chunk(chunk: Chunk, source: Source, found: Diagnostics, cache: str | None) -> Any:
    """A declaration, or None.  A line with a fault is replaced by a harmless one and the rest read
    again, so that the next fault is found too."""
    lines = list(chunk.lines)
    failed = False
    seen: set[int] = set()
    replaced: set[int] = set()
    patience = MAX_REREAD_LINES
    while True:
        build = _Build(source, chunk.line - 1)
        try:
            parsed = _lark(cache).parse(Chunk(tuple(lines)).text)
            deep = _too_deep(parsed)
            if deep is not None:
                _refuse_depth(deep, chunk.line - 1, source, found)
                return None
            node = build.transform(parsed)
            found.extend(fault for fault in build.found.sorted() if fault.span.line not in replaced)
            return None if failed or build.found else node
        except BadIndent as fault:
            line = fault.line + chunk.line - 1
            place = Span(source.path, line, 1, line, max(fault.width, 1) + 1)
            help = "align it with the line above, or with the one that begins its block"
            found.add("bad-indent", place, "this line is indented like no block above it", help)
            return None
        except UnexpectedInput as fault:
            at, code = _report(fault, lines, source, chunk.line - 1, found)
        failed = True
        patience -= len(lines)
        if lines[at].line in seen or patience < 0 or len(found) >= MAX_SYNTAX_ERRORS:
            return None
        seen.add(lines[at].line)
        repaired = recover.repaired(lines, at, code)
        if repaired is None:
            return None
        replaced |= {line.line for line in set(repaired).difference(lines)}
        lines = repaired


def _too_deep(parsed: Parsed[Token]) -> Meta | None:
    """Where a tree exceeds MAX_DEPTH, if it does: what walks it later may do so recursively.

    Every `elif` counts as one level, since it stands for an `if` within an `else`."""
    level = [parsed]
    for _ in range(MAX_DEPTH):
        below: list[Parsed[Token]] = []
        for node in level:
            children = [child for child in node.children if isinstance(child, Parsed)]
            if sum(child.data == "elif_" for child in children) > MAX_ELIFS:
                return node.meta
            below += children
        if not below:
            return None
        level = below
    return next((node.meta for node in level if not node.meta.empty), parsed.meta)


def _refuse_depth(meta: Meta, offset: int, source: Source, found: Diagnostics) -> None:
    place = Span(source.path, meta.line + offset, meta.column, meta.line + offset, meta.column + 1)
    help = "split it: move a block to a `def`, or assign a part of the expression to a local"
    found.add("too-deep", place, "this is nested too deep", help)


def _report(
    fault: UnexpectedInput, lines: list[LogicalLine], source: Source, offset: int, found: Diagnostics
) -> tuple[int, str]:
    """Adds the diagnostic for a syntax error; returns the position of its line, and its code."""
    number = max(fault.line or 1, 1) + offset
    column = max(fault.column or 1, 1)
    at = max((i for i, piece in enumerate(lines) if piece.line <= number), default=0)
    expected: frozenset[str] = frozenset()
    word = source.line(number)[column - 1 : column]
    if isinstance(fault, UnexpectedToken):
        expected = frozenset(fault.accepts or fault.expected)
        kind = fault.token.type
        word = {"_NEWLINE": "end", "$END": "end", "_INDENT": "indent", "_DEDENT": "dedent"}.get(
            kind, str(fault.token)
        )
        if kind == "_INDENT" and at + 1 < len(lines):
            at += 1  # the newline token before the indentation stands on the line above
        elif "_INDENT" in expected and kind != "_NEWLINE":
            word = "dedent"
            at -= at > 0 and number == lines[at].line and kind != "_DEDENT" and kind != "$END"
    elif isinstance(fault, UnexpectedCharacters):
        expected = frozenset(fault.allowed or ())
    line = lines[at]
    if word in ("end", "dedent"):
        stop = len(line.code)
    elif word == "indent":
        stop = line.indent
    else:
        stop = line.offset(number, column)
    said = misfits.explain(misfits.Stop(line.text, stop, word, expected, lines[0].text if at else ""))
    start, end = line.position(said.start), line.position(max(said.end, said.start + 1))
    found.add(said.code, Span(source.path, *start, *end), said.message, said.help)
    return at, said.code


@lru_cache(maxsize=2)
def _lark(cache: str | None) -> Lark:
    # Lark logs and recomputes when its cache is unreadable; it must not fail where it cannot
    # be written.
    options: dict[str, Any] = {
        "parser": "lalr",
        "start": "declaration",
        "propagate_positions": True,
        "maybe_placeholders": True,
        "postlex": Indenter(),
    }
    text = _GRAMMAR.read_text(encoding="utf-8")
    if cache is not None:
        try:
            return Lark(text, cache=cache, **options)
        except OSError:
            pass
    return Lark(text, **options)


def _children(method: Callable[..., Any]) -> Callable[..., Any]:
    return v_args(meta=True)(method)


@v_args(meta=True)
class _Build(Transformer[Token, Any]):
    """Lark's tree to ours; a method per rule."""

    def __init__(self, source: Source, offset: int) -> None:
        super().__init__(visit_tokens=True)
        self.source = source
        self.offset = offset
        self.found = Diagnostics()

    def _span(self, meta: Meta | Token) -> Span:
        if getattr(meta, "empty", False):
            return Span(self.source.path, self.offset + 1, 1, self.offset + 1, 1)
        line, column = (meta.line or 1) + self.offset, meta.column or 1
        end_line, end_column = (meta.end_line or 1) + self.offset, meta.end_column or 1
        return Span(self.source.path, line, column, end_line, end_column)

    def _head(self, meta: Meta) -> Span:
        """The span of a declaration's or compound statement's first line, up to its colon."""
        whole = self._span(meta)
        text = self.source.line(whole.line)
        code = text.split(" #")[0].rstrip() if '"' not in text else text.rstrip()
        end = min(len(code) + 1, whole.end_column) if whole.end_line == whole.line else len(code) + 1
        return Span(whole.path, whole.line, whole.column, whole.line, max(end, whole.column + 1))

    def NAME(self, token: Token) -> Token:
        if token in misfits.KEYWORDS:
            message = f"`{token}` is a word of the language"
            self.found.add("reserved-name", self._span(token), message, "choose another name")
        return token

    # -- expressions

    def name(self, meta: Meta, c: list[Any]) -> tree.Name:
        return tree.Name(self._span(meta), str(c[0]))

    def number(self, meta: Meta, c: list[Any]) -> tree.Number:
        digits = str(c[0]).replace("_", "")
        if len(digits) > 9:
            self.found.add(
                "number-too-large",
                self._span(meta),
                "numbers go up to 999,999,999",
                "TLC's integers have 32 bits; models are small, lower the bound",
            )
            digits = "0"
        return tree.Number(self._span(meta), int(digits))

    def text(self, meta: Meta, c: list[Any]) -> tree.Text:
        return tree.Text(self._span(meta), _unquoted(c[0]))

    def truth(self, meta: Meta, c: list[Any]) -> tree.Truth:
        return tree.Truth(self._span(meta), c[0] == "True")

    def none(self, meta: Meta, c: list[Any]) -> tree.NoneLiteral:
        return tree.NoneLiteral(self._span(meta))

    def attribute(self, meta: Meta, c: list[Any]) -> tree.Attribute:
        return tree.Attribute(self._span(meta), c[0], str(c[1]))

    def subscript(self, meta: Meta, c: list[Any]) -> tree.Subscript:
        return tree.Subscript(self._span(meta), c[0], c[1])

    def call(self, meta: Meta, c: list[Any]) -> tree.Call:
        return tree.Call(self._span(meta), c[0], _present(c[1:]))

    def keyword(self, meta: Meta, c: list[Any]) -> tree.Keyword:
        return tree.Keyword(self._span(meta), str(c[0]), c[1])

    def generator(self, meta: Meta, c: list[Any]) -> tree.Generator:
        return tree.Generator(self._span(meta), c[0], tuple(c[1:]))

    def clause(self, meta: Meta, c: list[Any]) -> tree.Clause:
        return tree.Clause(self._span(meta), str(c[0]), c[1], c[2])

    def unary(self, meta: Meta, c: list[Any]) -> tree.Unary:
        return tree.Unary(self._span(meta), str(c[0]), c[1])

    def binary(self, meta: Meta, c: list[Any]) -> tree.Binary:
        return tree.Binary(self._span(meta), str(c[1]), c[0], c[2])

    def comparison(self, meta: Meta, c: list[Any]) -> tree.Comparison:
        return tree.Comparison(self._span(meta), c[0], tuple(zip(c[1::2], c[2::2], strict=True)))

    def relation(self, meta: Meta, c: list[Any]) -> str:
        return " ".join(str(word) for word in c) if c[0] != "in" else "in"

    def at(self, meta: Meta, c: list[Any]) -> tree.At:
        return tree.At(self._span(meta), c[0], c[1])

    def label_name(self, meta: Meta, c: list[Any]) -> tuple[str, ...]:
        return tuple(str(part) for part in c)

    def set_literal(self, meta: Meta, c: list[Any]) -> tree.SetLiteral:
        return tree.SetLiteral(self._span(meta), _present(c))

    def set_comprehension(self, meta: Meta, c: list[Any]) -> tree.SetComprehension:
        return tree.SetComprehension(self._span(meta), c[0])

    def list_literal(self, meta: Meta, c: list[Any]) -> tree.ListLiteral:
        return tree.ListLiteral(self._span(meta), _present(c))

    # -- statements

    def docstring(self, meta: Meta, c: list[Any]) -> tree.Docstring:
        return tree.Docstring(self._span(meta), str(c[0])[3:-3])

    def local(self, meta: Meta, c: list[Any]) -> tree.Local:
        return tree.Local(self._span(meta), str(c[0]), c[1], c[2])

    def assign(self, meta: Meta, c: list[Any]) -> tree.Assign:
        return tree.Assign(self._span(meta), c[0], c[1])

    def augmented(self, meta: Meta, c: list[Any]) -> tree.Augmented:
        return tree.Augmented(self._span(meta), c[0], str(c[1])[:-1], c[2])

    def call_statement(self, meta: Meta, c: list[Any]) -> tree.CallStatement:
        return tree.CallStatement(self._span(meta), c[0])

    def assert_(self, meta: Meta, c: list[Any]) -> tree.Assert:
        text = None if c[1] is None else _unquoted(c[1])
        return tree.Assert(self._span(meta), c[0], text)

    def await_(self, meta: Meta, c: list[Any]) -> tree.Await:
        return tree.Await(self._span(meta), c[0])

    def label(self, meta: Meta, c: list[Any]) -> tree.Label:
        return tree.Label(self._span(meta), str(c[0]))

    def wait(self, meta: Meta, c: list[Any]) -> tree.Wait:
        return tree.Wait(self._span(meta), c[0], c[1], c[2], c[3])

    def delegate(self, meta: Meta, c: list[Any]) -> tree.Delegate:
        return tree.Delegate(self._span(meta), c[0])

    def return_(self, meta: Meta, c: list[Any]) -> tree.Return:
        return tree.Return(self._span(meta), c[0])

    def break_(self, meta: Meta, c: list[Any]) -> tree.Break:
        return tree.Break(self._span(meta))

    def continue_(self, meta: Meta, c: list[Any]) -> tree.Continue:
        return tree.Continue(self._span(meta))

    def pass_(self, meta: Meta, c: list[Any]) -> tree.Pass:
        return tree.Pass(self._span(meta))

    def block(self, meta: Meta, c: list[Any]) -> tree.Block:
        return tree.Block(self._span(meta), tuple(c))

    def if_(self, meta: Meta, c: list[Any]) -> tree.If:
        return tree.If(self._head(meta), c[0], c[1], tuple(c[2:-1]), c[-1])

    def elif_(self, meta: Meta, c: list[Any]) -> tree.Elif:
        return tree.Elif(self._head(meta), c[0], c[1])

    def else_(self, meta: Meta, c: list[Any]) -> tree.Else:
        return tree.Else(self._head(meta), c[0])

    def while_(self, meta: Meta, c: list[Any]) -> tree.While:
        return tree.While(self._head(meta), c[0], c[1])

    def for_(self, meta: Meta, c: list[Any]) -> tree.For:
        return tree.For(self._head(meta), str(c[0]), c[1], c[2])

    def with_(self, meta: Meta, c: list[Any]) -> tree.With:
        return tree.With(self._head(meta), c[0], c[1])

    def either(self, meta: Meta, c: list[Any]) -> tree.Either:
        return tree.Either(self._head(meta), c[0], tuple(c[1:]))

    def or_(self, meta: Meta, c: list[Any]) -> tree.Or:
        return tree.Or(self._head(meta), c[0])

    def atomic(self, meta: Meta, c: list[Any]) -> tree.Atomic:
        return tree.Atomic(self._head(meta), c[0])

    # -- declarations

    def declaration(self, meta: Meta, c: list[Any]) -> Any:
        return c[0]

    def header(self, meta: Meta, c: list[Any]) -> tree.Header:
        base = None if c[1] is None else _unquoted(c[1])
        return tree.Header(self._head(meta), str(c[0]), base)

    def const(self, meta: Meta, c: list[Any]) -> tree.Const:
        return tree.Const(self._head(meta), str(c[0]), c[1], c[2])

    def type_alias(self, meta: Meta, c: list[Any]) -> tree.TypeAlias:
        return tree.TypeAlias(self._head(meta), str(c[0]), c[1])

    def enum(self, meta: Meta, c: list[Any]) -> tree.Enum:
        doc, members = _documented(c[1:])
        return tree.Enum(self._head(meta), str(c[0]), members, doc)

    def member(self, meta: Meta, c: list[Any]) -> tree.Member:
        return tree.Member(self._span(meta), str(c[0]))

    def struct(self, meta: Meta, c: list[Any]) -> tree.Struct:
        doc, fields = _documented(c[1:])
        return tree.Struct(self._head(meta), str(c[0]), fields, doc)

    def field(self, meta: Meta, c: list[Any]) -> tree.Field:
        return tree.Field(self._span(meta), str(c[0]), c[1], c[2])

    def shared(self, meta: Meta, c: list[Any]) -> tree.Shared:
        return tree.Shared(self._head(meta), str(c[0]), c[1], c[2])

    def ghost(self, meta: Meta, c: list[Any]) -> tree.Ghost:
        return tree.Ghost(self._head(meta), str(c[0]), c[1], c[2])

    def modifier(self, meta: Meta, c: list[Any]) -> str:
        return str(c[0])

    def process(self, meta: Meta, c: list[Any]) -> tree.Process:
        words = tuple(word for word in c if isinstance(word, str) and not isinstance(word, Token))
        name, count, cpu, body = c[len(words) :]
        return tree.Process(self._head(meta), words, str(name), count, cpu, body)

    def parameter(self, meta: Meta, c: list[Any]) -> tree.Parameter:
        return tree.Parameter(self._span(meta), str(c[0]), c[1], c[2])

    def function(self, meta: Meta, c: list[Any]) -> tree.Function:
        return tree.Function(self._head(meta), str(c[0]), _present(c[1:-2]), c[-2], c[-1])

    def policy(self, meta: Meta, c: list[Any]) -> tree.Policy:
        return tree.Policy(self._head(meta), str(c[0]), _present(c[1:-1]), c[-1])

    def policies(self, meta: Meta, c: list[Any]) -> tree.Policies:
        return tree.Policies(self._head(meta), tuple(c))

    def policy_use(self, meta: Meta, c: list[Any]) -> tree.PolicyUse:
        return tree.PolicyUse(self._span(meta), str(c[0]), _present(c[1:]))

    def invariant(self, meta: Meta, c: list[Any]) -> tree.Invariant:
        return tree.Invariant(self._head(meta), str(c[0]), c[-1], _doc(c[1:-1]))

    def property(self, meta: Meta, c: list[Any]) -> tree.Property:
        return tree.Property(self._head(meta), str(c[0]), c[-1], _doc(c[1:-1]))

    def sometimes(self, meta: Meta, c: list[Any]) -> tree.Sometimes:
        return tree.Sometimes(self._head(meta), str(c[0]), c[-1], _doc(c[1:-1]))

    def setting(self, meta: Meta, c: list[Any]) -> tree.Setting:
        return tree.Setting(self._span(meta), str(c[0]), c[1])

    def scenario(self, meta: Meta, c: list[Any]) -> tree.Scenario:
        doc, lines = _documented(c[1:])
        settings = tuple(line for line in lines if isinstance(line, tree.Setting))
        policies = tuple(line for line in lines if isinstance(line, tree.Policies))
        return tree.Scenario(self._head(meta), str(c[0]), settings, policies, doc)

    def verdict(self, meta: Meta, c: list[Any]) -> str:
        return str(c[0])

    def names(self, meta: Meta, c: list[Any]) -> tuple[str, ...]:
        return tuple(str(name) for name in c)

    def expect(self, meta: Meta, c: list[Any]) -> tree.Expect:
        target = _unquoted(c[0]) if c[0].type == "STRING" else str(c[0])
        return tree.Expect(self._head(meta), target, c[1], c[2] or (), c[3] or ())


def _present(children: list[Any]) -> tuple[Any, ...]:
    return tuple(child for child in children if child is not None)


def _doc(children: list[Any]) -> str | None:
    return next((child.text for child in children if isinstance(child, tree.Docstring)), None)


def _documented(children: list[Any]) -> tuple[str | None, tuple[Any, ...]]:
    rest = tuple(c for c in children if c is not None and not isinstance(c, tree.Docstring))
    return _doc(children), rest


def _unquoted(token: str) -> str:
    body = token[1:-1]
    pieces = body.split("\\\\")
    for escape, plain in (('\\"', '"'), ("\\'", "'"), ("\\n", "\n"), ("\\t", "\t")):
        pieces = [piece.replace(escape, plain) for piece in pieces]
    return "\\".join(pieces)
