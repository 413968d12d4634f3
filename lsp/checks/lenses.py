"""Code lenses: what can be checked where it is declared, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lsprotocol import types

from ...check.result import VIOLATED, Result, Verdict
from ...dsl.source import Span
from ...dsl.syntax import tree
from ...report.text.behaviour import where_text
from ..text.positions import to_range
from .checking import Asked, Checking
from .costs import Costs


def lenses(checking: Checking, costs: Costs, uri: str) -> list[types.CodeLens]:
    """The lenses of an open document; those of a base that it varies belong to the base."""
    analysis = checking.server.analysed(uri)
    if analysis.tree is None:
        return []
    known = checking.current(uri)
    maker = _Maker(uri, None if known is None else known.result, costs)
    encoding = checking.server.encoding
    lines = analysis.source.lines
    model = analysis.model
    base = {} if model is None else {policy.name: policy.base for policy in model.policies}
    policies = {} if model is None else {use: base.get(use, use) for use in model.choices}
    found = [*maker.model(analysis.tree, policies)]
    for declaration in analysis.tree.declarations:
        found += maker.declared(declaration, policies)
    return [
        types.CodeLens(to_range(lines, span, encoding), command)
        for span, command in found
        if span.path == analysis.path
    ]


class _Maker:
    def __init__(self, uri: str, result: Result | None, costs: Costs) -> None:
        self.uri = uri
        self.costs = costs
        self.result = result

    def model(self, whole: tree.Tree, policies: Mapping[str, str]) -> Iterator[tuple[Span, types.Command]]:
        """On the `model` line: everything; and each policy, where the file has no line for them.  `policies`
        are those that are chosen, each with the name by which it is declared."""
        span = whole.header.span
        yield span, self.check("check", Asked())
        yield span, self.command("simulate", "pfnspec.simulate", Asked())
        listed = any(
            isinstance(one, tree.Policies) and one.span.path == span.path for one in whole.declarations
        )
        if len(policies) > 1 and not listed:
            yield from ((span, self.check(f"check under {name}", Asked(policy=name))) for name in policies)
        stated = {
            one.name
            for one in whole.declarations
            if isinstance(one, tree.Invariant | tree.Property | tree.Sometimes) and one.span.path == span.path
        }
        for verdict in self.verdicts(Asked()):
            finding = verdict.finding
            elsewhere = finding is not None and (finding.span is None or finding.span.path != span.path)
            if elsewhere and verdict.property not in stated:
                title = f"trace of {verdict.property}{self.where(verdict)}"
                yield span, self.trace(title, verdict)

    def declared(
        self, one: tree.Declaration, policies: Mapping[str, str]
    ) -> Iterator[tuple[Span, types.Command]]:
        """On a declaration, and within a body on each assertion."""
        match one:
            case tree.Invariant() | tree.Property() | tree.Sometimes():
                yield from self.property(one.name, one.span)
            case tree.Policies():
                yield from (
                    (one.span, self.check(f"check under {name}", Asked(policy=name))) for name in policies
                )
            case tree.Policy():
                for name, declared in policies.items():
                    if declared == one.name:
                        yield one.span, self.check(f"check under {name}", Asked(policy=name))
                        asked = Asked(policy=name)
                        yield one.span, self.command(f"simulate under {name}", "pfnspec.simulate", asked)
            case tree.Measure():
                for title in self.costs.titles(self.uri, one):
                    yield one.span, self.command(title, "pfnspec.cost", Asked())
            case tree.Scenario():
                asked = Asked(scenario=one.name)
                yield one.span, self.check(f"check in {one.name}", asked)
                yield one.span, self.command(f"simulate in {one.name}", "pfnspec.simulate", asked)
            case tree.Process() | tree.Function():
                for stated in _assertions(one.body):
                    if stated.text is not None:
                        yield from self.property(stated.text, stated.span)

    def property(self, name: str, span: Span) -> Iterator[tuple[Span, types.Command]]:
        asked = Asked(property=name)
        yield span, self.check("check", asked)
        for verdict in self.verdicts(asked):
            if verdict.finding is not None:
                yield span, self.trace(f"trace{self.where(verdict)}", verdict)

    def verdicts(self, asked: Asked) -> Iterator[Verdict]:
        if self.result is not None:
            yield from (verdict for verdict in self.result.verdicts if asked.fits(verdict))

    def check(self, title: str, asked: Asked) -> types.Command:
        """A lens that checks, with what is known already."""
        verdicts = tuple(self.verdicts(asked))
        if any(not verdict.as_expected for verdict in verdicts):
            title += " (not as expected)"
        elif any(verdict.outcome == VIOLATED for verdict in verdicts):
            title += " (violated as expected)" if asked.property else " (as expected)"
        elif verdicts:
            title += " (holds)" if asked.property else " (all hold)"
        return self.command(title, "pfnspec.check", asked)

    def trace(self, title: str, verdict: Verdict) -> types.Command:
        return self.command(title, "pfnspec.trace", Asked(verdict.property, verdict.policy, verdict.scenario))

    def command(self, title: str, name: str, asked: Asked) -> types.Command:
        parts = {"property": asked.property, "policy": asked.policy, "scenario": asked.scenario}
        argument = {"uri": self.uri, **{key: value for key, value in parts.items() if value is not None}}
        return types.Command(title, name, arguments=[argument])

    def where(self, verdict: Verdict) -> str:
        text = where_text(verdict.scenario, verdict.policy)
        return f" {text}" if text else ""


def _assertions(node: tree.Statement | tree.Block) -> Iterator[tree.Assert]:
    """Every assertion in a body, in order."""
    match node:
        case tree.Assert():
            yield node
        case tree.Block(statements=statements):
            for statement in statements:
                yield from _assertions(statement)
        case tree.If(body=body, elifs=elifs, orelse=orelse):
            for block in (body, *(one.body for one in elifs), *([orelse.body] if orelse else [])):
                yield from _assertions(block)
        case tree.Either(body=body, others=others):
            for block in (body, *(one.body for one in others)):
                yield from _assertions(block)
        case (
            tree.While(body=body) | tree.For(body=body) | tree.With(body=body) | tree.Atomic(body=body)
            | tree.Region(body=body)
        ):  # fmt: skip
            yield from _assertions(body)
