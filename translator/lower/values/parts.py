"""Values of words, which have fields: made, taken apart, and changed in one field."""

from __future__ import annotations

from ....dsl.model import model as m
from ...program.program import Altered, Composed, Const, Expr, FieldOf, Record


def part_of(e: Expr, name: str) -> Expr:
    """A field of a record, or the whole value where no field is named."""
    if isinstance(e, Const) and isinstance(e.value, Record) and name:
        return Const(e.value.part(name))
    return FieldOf(e, name) if name else e


def with_part(e: Expr, name: str, value: Expr) -> Expr:
    """A record with another value in a field, or the value alone where no field is named."""
    return Altered(e, name, value) if name else value


def composed(e: m.Composed, values: tuple[Expr, ...]) -> Expr:
    """The record of these values."""
    made = dict(zip(e.names, values, strict=True))
    names = tuple(name for name, _, _ in e.sort.fields)
    values = tuple(made[name] for name in names)
    if all(isinstance(value, Const) for value in values):
        known = [value.value for value in values if isinstance(value, Const)]
        return Const(Record(tuple(zip(names, known, strict=True))))  # type: ignore[arg-type]
    return Composed(names, values)
