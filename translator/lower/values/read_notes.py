"""What a trace tells of an expression that is read as a whole: the places that it reads, in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ....dsl.model import model as m
from ....dsl.model import sorts as s
from ...program.program import TRUE, Apply, BoundName, Const, Expr, Note, conjunction, exchanged
from .parts import part_of

if TYPE_CHECKING:
    from .direct import Direct

MOST = 64
"""A comprehension that reads more places than so many is told by none of them."""


def read_notes(scope: Direct, e: m.Expr) -> tuple[Note, ...]:
    """A note for every place that evaluating `e` reads, in order; each is told only where it is read."""
    match e:
        case m.Load(place=place):
            inner = _all(scope, tuple(item for item in place.path if not isinstance(item, str)))
            if isinstance(place.root, m.LocalVariable):
                return inner
            read, where = scope.direct(place)
            when = conjunction(*(o.condition for o in scope.obligations(e)))
            return (*inner, Note("read", e.span, where, value=part_of(read, place.part), when=when))
        case m.Waited(queue=queue):
            read, where = scope.direct(queue)
            when = conjunction(*(o.condition for o in scope.obligations(e)))
            return (Note("read", e.span, where, value=scope.queue_at(read, where).waiters, when=when),)
        case m.Current(snapshot=snapshot, counter=counter):
            where = scope.direct(counter)[1]
            when = conjunction(*(o.condition for o in scope.obligations(e)))
            test = scope.current(scope.direct(snapshot)[0], scope.direct(counter)[0], e.span)[0]
            return (Note("compare", e.span, where, value=test, when=when),)
        case m.Operation(operator="and" | "or" | "implies" as operator, operands=(left, right)):
            known = conjunction(*(o.condition for o in scope.obligations(left)), scope.ir(left))
            if operator == "or":
                known = Apply("not", (scope.ir(left),))
                known = conjunction(*(o.condition for o in scope.obligations(left)), known)
            return (*read_notes(scope, left), *_if(known, read_notes(scope, right)))
        case m.Operation(operands=operands) | m.SetDisplay(elements=operands) | m.Composed(operands=operands):
            return _all(scope, operands)
        case m.Unwrap(operand=operand) | m.Fit(operand=operand) | m.FieldOf(operand=operand):
            return read_notes(scope, operand)
        case m.Quantified(domain=domain, condition=test, body=body):
            return (*read_notes(scope, domain), *_each(scope, e.bound, domain, test, body))
        case m.SetBuild(domain=domain, condition=test, element=element):
            return (*read_notes(scope, domain), *_each(scope, e.bound, domain, test, element))
        case _:
            return ()


def _all(scope: Direct, exprs: tuple[m.Expr, ...]) -> tuple[Note, ...]:
    return tuple(note for e in exprs for note in read_notes(scope, e))


def _if(known: Expr, notes: tuple[Note, ...]) -> tuple[Note, ...]:
    return tuple(replace(note, when=conjunction(known, note.when)) for note in notes)


def _each(
    scope: Direct, bound: m.Bound, domain: m.Expr, test: m.Expr | None, body: m.Expr
) -> tuple[Note, ...]:  # fmt: skip
    """The notes of a comprehension's condition and body, value by value."""
    inner = read_notes(scope, body)
    if test is not None:
        known = conjunction(*(o.condition for o in scope.obligations(test)), scope.ir(test))
        inner = (*read_notes(scope, test), *_if(known, inner))
    if not inner or s.count(bound.sort) * len(inner) > MOST:
        return ()
    literal = isinstance(domain, m.Literal)
    group = TRUE if literal else conjunction(*(o.condition for o in scope.obligations(domain)))
    found: list[Note] = []
    for value in s.values(bound.sort):
        if isinstance(domain, m.Literal):
            assert isinstance(domain.value, frozenset)
            if value not in domain.value:
                continue
            within: Expr = TRUE
        else:
            within = conjunction(group, Apply("in", (Const(value), scope.ir(domain))))
        found += _if(within, tuple(_with(note, bound, value) for note in inner))
    return tuple(found)


def _with(note: Note, bound: m.Bound, value: s.Value) -> Note:
    name, item = BoundName(bound.name), Const(value)
    return replace(
        note,
        where=exchanged(note.where, name, item),
        value=exchanged(note.value, name, item),
        when=exchanged(note.when, name, item),
    )
