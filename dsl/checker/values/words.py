"""Words: classes whose fields are one location, and what their values are made of."""

from __future__ import annotations

from ...diagnostics import Diagnostics, did_you_mean
from ...model import model as m
from ...model import sorts as s
from ...source import Span
from ...syntax import tree
from .places import field_sort
from .scope import Scope


def word(
    node: tree.Struct, fields: tuple[tuple[str, s.Sort, s.Start], ...], diagnostics: Diagnostics
) -> s.Word | None:  # fmt: skip
    """The sort of a word, or None with a fault: its fields are scalars, and each starts with one value."""
    made: list[tuple[str, s.Sort, s.Value]] = []
    for field, (name, sort, start) in zip(node.fields, fields, strict=True):
        if not isinstance(s.bare(sort), s.Bool | s.Range | s.Enum):
            help = "its fields are bools, ranges, enums and references; write `class` for several locations"
            diagnostics.add("bad-word", field.span, f"a word cannot hold a `{sort}`", help)
        elif isinstance(start, s.AnyOf | tuple):
            help = "give it one value here, and `choose` where a variable of the word is declared"
            diagnostics.add("not-constant", field.span, "a field of a word starts with one value", help)
        else:
            made.append((name, sort, start))
    return s.Word(node.name, tuple(made)) if len(made) == len(fields) else None


def operands(node: tree.Call, of: s.Word, scope: Scope) -> dict[str, tree.Expr | None] | None:
    """What `LockWord(locked=1)` says of each field, as it is written, and then None for those of which it
    says nothing, and which are as they start.  None as a whole after a fault."""
    names = [name for name, _, _ in of.fields]
    given: dict[str, tree.Expr] = {}
    for position, argument in enumerate(node.arguments):
        if isinstance(argument, tree.Generator):
            scope.diagnostics.add(
                "bad-argument", argument.span, f"this is no value for a field of `{of.name}`"
            )
            return None
        if isinstance(argument, tree.Keyword):
            name, value = argument.name, argument.value
            if name not in names:
                message = f"word `{of.name}` has no field `{name}`"
                scope.diagnostics.add("no-field", argument.span, message, did_you_mean(name, names))
                return None
        elif position >= len(names):
            fields = ", ".join(f"`{name}`" for name in names)
            message = f"`{of.name}` has {len(names)} field{'s' * (len(names) != 1)}, and this is one more"
            scope.diagnostics.add("bad-argument", argument.span, message, f"its fields are {fields}")
            return None
        elif len(given) < position or any(isinstance(a, tree.Keyword) for a in node.arguments[:position]):
            help = f"write `{of.name}(NAME=VALUE)` for each field, or the values in the order of the fields"
            scope.diagnostics.add("bad-argument", argument.span, "which field is this?", help)
            return None
        else:
            name, value = names[position], argument
        if name in given:
            scope.diagnostics.add("bad-argument", argument.span, f"`{name}` is given twice")
            return None
        given[name] = value
    return {**given, **{name: None for name in names if name not in given}}


def field_of_bound(node: tree.Attribute, scope: Scope) -> m.FieldOf | None:
    """`w.locked`, where `w` is the variable of a comprehension over words; None where it is none."""
    bound = scope.bounds.get(node.base.id) if isinstance(node.base, tree.Name) else None
    if bound is None or not isinstance(bound.sort, s.Word):
        return None
    sort = field_sort(bound.sort, node.name, node.span, scope)
    whole = m.BoundUse(bound, node.base.span)
    return None if sort is None else m.FieldOf(whole, node.name, sort, node.span)


def start_of(of: s.Word, name: str, span: Span) -> m.Literal:
    """What a field is that a value does not name."""
    sort, value = next((sort, value) for known, sort, value in of.fields if known == name)
    return m.Literal(value, sort, span)
