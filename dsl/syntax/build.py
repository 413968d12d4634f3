"""What Lark makes of a text, as nodes of the tree: each with its span, texts without their quotes."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, Literal

from lark import Token, Transformer, v_args
from lark.tree import Meta

from ..diagnostics import Diagnostics
from ..source import Source, Span
from ..vocabulary.lookup import KEYWORDS
from . import tree
from .recover import HOLE


@v_args(meta=True)
class Build(Transformer[Token, Any]):
    """Lark's tree to ours; a method per rule.

    `offset` is how many lines of the source stand above the text that Lark read; `replaced` are lines of
    the source that were made harmless for it, whose conditions and names are left open ("").  `diagnostics`
    gets the faults that the grammar does not know of.
    """

    def __init__(self, source: Source, offset: int, replaced: Set[int] = frozenset()) -> None:
        super().__init__(visit_tokens=True)
        self.source = source
        self.offset = offset
        self.replaced = replaced
        self.diagnostics = Diagnostics()

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
        if token in KEYWORDS:
            message = f"`{token}` is a word of the language"
            self.diagnostics.add("reserved-name", self._span(token), message, "choose another name")
        if token == HOLE and self._span(token).line in self.replaced:
            return token.update(value="")
        return token

    # -- expressions

    def address(self, meta: Meta, c: list[Any]) -> tree.Expr:
        """`&x` as an argument, as in C: a place is passed as such."""
        return c[-1]  # type: ignore[no-any-return]

    def name(self, meta: Meta, c: list[Any]) -> tree.Name:
        return tree.Name(self._span(meta), str(c[0]))

    def number(self, meta: Meta, c: list[Any]) -> tree.Number:
        digits = str(c[0]).replace("_", "")
        if len(digits) > 9:
            self.diagnostics.add(
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

    def list_comprehension(self, meta: Meta, c: list[Any]) -> tree.ListComprehension:
        return tree.ListComprehension(self._span(meta), c[0])

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
        return tree.Wait(self._span(meta), c[0], c[1], c[2], c[3], c[4] is not None)

    def delegate(self, meta: Meta, c: list[Any]) -> tree.Delegate:
        return tree.Delegate(self._span(meta), c[0])

    def return_(self, meta: Meta, c: list[Any]) -> tree.Return:
        return tree.Return(self._span(meta), c[0])

    def goto(self, meta: Meta, c: list[Any]) -> tree.Goto:
        return tree.Goto(self._span(meta), str(c[0]))

    def break_(self, meta: Meta, c: list[Any]) -> tree.Break:
        return tree.Break(self._span(meta))

    def continue_(self, meta: Meta, c: list[Any]) -> tree.Continue:
        return tree.Continue(self._span(meta))

    def pass_(self, meta: Meta, c: list[Any]) -> tree.Pass | tree.Gap:
        span = self._span(meta)
        return tree.Gap(span) if span.line in self.replaced else tree.Pass(span)

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
        return tree.With(self._head(meta), c[0], c[2], c[1])

    def either(self, meta: Meta, c: list[Any]) -> tree.Either:
        return tree.Either(self._head(meta), c[0], tuple(c[1:]))

    def or_(self, meta: Meta, c: list[Any]) -> tree.Or:
        return tree.Or(self._head(meta), c[0])

    def atomic(self, meta: Meta, c: list[Any]) -> tree.Atomic:
        return tree.Atomic(self._head(meta), c[0])

    def region(self, meta: Meta, c: list[Any]) -> tree.Region:
        return tree.Region(self._head(meta), str(c[0]), c[1])

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
        word = c[0].type == "WORD"
        name, count = (c[1], None) if word else (c[0], c[1])
        doc, fields = _documented(c[2:])
        return tree.Struct(self._head(meta), str(name), count, fields, doc, word)

    def field(self, meta: Meta, c: list[Any]) -> tree.Field:
        return tree.Field(self._span(meta), str(c[0]), c[1], c[2])

    def shared(self, meta: Meta, c: list[Any]) -> tree.Shared:
        return tree.Shared(self._head(meta), str(c[0]), c[1], c[2])

    def ghost(self, meta: Meta, c: list[Any]) -> tree.Ghost:
        return tree.Ghost(self._head(meta), str(c[0]), c[1], c[2])

    def modifier(self, meta: Meta, c: list[Any]) -> str:
        return str(c[0])

    def deferred(self, meta: Meta, c: list[Any]) -> str:
        return str(c[0])

    def process(self, meta: Meta, c: list[Any]) -> tree.Process:
        words = tuple(word for word in c if isinstance(word, str) and not isinstance(word, Token))
        name, count, *pin, body = c[len(words) :]
        cpu = pin[0] if pin else None
        return tree.Process(self._head(meta), words, str(name), count, cpu, body)

    def handler(self, meta: Meta, c: list[Any]) -> tree.Process:
        level, name, process, body = c
        interrupts = tree.Interrupts(self._span(process), str(level), str(process))
        return tree.Process(self._head(meta), (), str(name), None, None, body, interrupts)

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
        return tree.Invariant(self._head(meta), str(c[0]), c[-1], _doc(c[2:-1]), c[1] or ())

    def property(self, meta: Meta, c: list[Any]) -> tree.Property:
        return tree.Property(self._head(meta), str(c[0]), c[-1], _doc(c[2:-1]), c[1] or ())

    def sometimes(self, meta: Meta, c: list[Any]) -> tree.Sometimes:
        return tree.Sometimes(self._head(meta), str(c[0]), c[-1], _doc(c[2:-1]), c[1] or ())

    def assume(self, meta: Meta, c: list[Any]) -> tree.Assume:
        return tree.Assume(self._head(meta), c[0])

    def mark(self, meta: Meta, c: list[Any]) -> tree.Mark:
        return tree.Mark(self._span(meta), str(c[0]), c[1])

    def measure(self, meta: Meta, c: list[Any]) -> tree.Measure:
        return tree.Measure(self._head(meta), str(c[0]), c[1], c[2] if c[2:] else None)

    def stay(self, meta: Meta, c: list[Any]) -> tree.Mark:
        return tree.Mark(self._span(meta), str(c[0]), c[1])

    def setting(self, meta: Meta, c: list[Any]) -> tree.Setting:
        return tree.Setting(self._span(meta), str(c[0]), c[1])

    def scenario(self, meta: Meta, c: list[Any]) -> tree.Scenario:
        doc, lines = _documented(c[1:])
        settings = tuple(line for line in lines if isinstance(line, tree.Setting))
        policies = tuple(line for line in lines if isinstance(line, tree.Policies))
        assumed = tuple(line for line in lines if isinstance(line, tree.Assume))
        return tree.Scenario(self._head(meta), str(c[0]), settings, policies, doc, assumed)

    def verdict(self, meta: Meta, c: list[Any]) -> Literal["holds", "violated"]:
        return "holds" if c[0] == "holds" else "violated"

    def names(self, meta: Meta, c: list[Any]) -> tuple[str, ...]:
        return tuple(str(name) for name in c)

    def expect(self, meta: Meta, c: list[Any]) -> tree.Expect:
        target = _unquoted(c[0]) if c[0].type == "STRING" else str(c[0])
        return tree.Expect(self._head(meta), target, c[1], c[2] or (), c[3] or ())

    def accept(self, meta: Meta, c: list[Any]) -> tree.Accept:
        target = _unquoted(c[0]) if c[0].type == "STRING" else str(c[0])
        return tree.Accept(self._head(meta), target, _unquoted(c[1]))

    def location(self, meta: Meta, c: list[Any]) -> str:
        return ".".join(str(name) for name in c)

    def accept_unlocked(self, meta: Meta, c: list[Any]) -> tree.AcceptUnlocked:
        *locations, reason = c
        return tree.AcceptUnlocked(self._head(meta), tuple(locations), _unquoted(reason))

    def recording(self, meta: Meta, c: list[Any]) -> tree.Recording:
        doc, lines = _documented(c[1:])
        parts = tuple(line for line in lines if isinstance(line, tree.Part))
        events = tuple(line for line in lines if isinstance(line, tree.Event | tree.Ignore))
        probes = tuple(line for line in lines if isinstance(line, tree.Probe))
        return tree.Recording(self._head(meta), str(c[0]), parts, events, probes, doc)

    def part(self, meta: Meta, c: list[Any]) -> tree.Part:
        return tree.Part(self._span(meta), str(c[0]), c[1] or (), c[2])

    def event(self, meta: Meta, c: list[Any]) -> tree.Event:
        name, stretch, tests, process, labels, values = c
        span = self._span(meta)
        return tree.Event(span, str(name), stretch, tests or (), str(process), labels, values or ())

    def ignore(self, meta: Meta, c: list[Any]) -> tree.Ignore:
        return tree.Ignore(self._span(meta), c[0], c[1], c[2] or ())

    def probe(self, meta: Meta, c: list[Any]) -> tree.Probe:
        return tree.Probe(self._span(meta), str(c[0]), _unquoted(c[1]))

    def patterns(self, meta: Meta, c: list[Any]) -> tuple[str, ...]:
        return tuple(_unquoted(word) if word.type == "STRING" else str(word) for word in c)

    def stretch(self, meta: Meta, c: list[Any]) -> tree.Stretch:
        return tree.Stretch(self._span(meta), str(c[0]), str(c[1]))

    def labels(self, meta: Meta, c: list[Any]) -> tuple[Any, ...]:
        return tuple(c)

    def tests(self, meta: Meta, c: list[Any]) -> tuple[tree.Test, ...]:
        return tuple(test for test in c if isinstance(test, tree.Test))

    def test(self, meta: Meta, c: list[Any]) -> tree.Test:
        return tree.Test(self._span(meta), str(c[0]), str(c[1]), c[2])


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
