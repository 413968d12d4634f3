"""Which counter each snapshot is of.  It is one, the same whatever way control takes, and it is
compared with no other; which element of an array of counters it is of shows when it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...diagnostics import Diagnostics
from ...model import model as m
from ...model import sorts as s
from ...source import Span

# A variable or field that holds a snapshot: the inlined body that it belongs to (0: none) and its path.
_Holder = tuple[int, str]


def refuse_other_counters(
    bodies: Iterable[m.Process | m.Policy], functions: Iterable[m.Function], formulas: Iterable[m.Formula],
    diagnostics: Diagnostics,
) -> None:  # fmt: skip
    """Reports snapshots that are taken from two counters or compared with another than their own.

    Each inlined copy of a `def` is looked at by itself: its snapshots are taken anew in each.
    """
    flow = _Flow({function.name: function for function in functions})
    for part in bodies:
        flow.body(part.body, flow.instance(), {})
    for formula in formulas:
        flow.body(formula.condition, 0, {})
    flow.spread()
    flow.report(diagnostics)


@dataclass(slots=True)
class _Flow:
    functions: Mapping[str, m.Function]
    # For each holder the counters whose snapshots it may hold, and where each comes in.
    origins: dict[_Holder, dict[str, Span]] = field(default_factory=dict)
    copies: list[tuple[_Holder, _Holder, Span]] = field(default_factory=list)
    compared: list[tuple[_Holder, str, Span]] = field(default_factory=list)
    instances: int = 0

    def instance(self) -> int:
        self.instances += 1
        return self.instances

    def body(self, body: object, own: int, places: Mapping[str, str]) -> None:
        """Goes through a body: `own` is its inlined copy, `places` what its references stand for."""
        results: dict[int, _Holder] = {}
        for node in m.walk(body):
            if isinstance(node, m.Invoke):
                results[id(node)] = self.call(node, own, places)
        for node in m.walk(body):
            match node:
                case m.Declare(variable=variable, value=value, span=span) if value is not None:
                    self.assigned((own, variable.name), value, span, own, places, results)
                case m.Store(place=place, value=value, span=span):
                    self.assigned(_holder(place, own, places), value, span, own, places, results)
                case m.Return(value=value, span=span) if value is not None:
                    self.assigned((own, "return"), value, span, own, places, results)
                case m.Current(snapshot=snapshot, counter=counter, span=span):
                    self.compared.append((_holder(snapshot, own, places), _path(counter, places), span))
                case _:
                    pass

    def call(self, node: m.Invoke, own: int, places: Mapping[str, str]) -> _Holder:
        """Goes through an inlined copy of a `def`; where its result is."""
        function, copy = self.functions[node.function], self.instance()
        inner: dict[str, str] = {}
        for parameter, argument in zip(function.parameters, node.arguments, strict=True):
            if isinstance(argument, m.Place):
                inner[parameter.name] = _path(argument, places)
            else:
                self.assigned((copy, parameter.name), argument, argument.span, own, places, {})
        self.body(function.body, copy, inner)
        return copy, "return"

    def assigned(
        self, target: _Holder, value: m.Source, span: Span, own: int, places: Mapping[str, str],
        results: Mapping[int, _Holder],
    ) -> None:  # fmt: skip
        match value:
            case m.Take(counter=counter):
                self.origins.setdefault(target, {}).setdefault(_path(counter, places), span)
            case m.Load(place=place) if isinstance(place.sort, s.Snapshot):
                self.copies.append((_holder(place, own, places), target, span))
            case m.Invoke():
                self.copies.append((results[id(value)], target, span))
            case _:
                pass

    def spread(self) -> None:
        """Follows the copies until nothing new comes in anywhere."""
        changed = True
        while changed:
            changed = False
            for source, target, span in self.copies:
                for counter in self.origins.get(source, {}):
                    known = self.origins.setdefault(target, {})
                    changed |= counter not in known
                    known.setdefault(counter, span)

    def report(self, diagnostics: Diagnostics) -> None:
        for counters in self.origins.values():
            (own, first), *others = sorted(counters.items(), key=lambda item: item[1])
            for other, span in others:
                if span != first:  # otherwise what is copied here was mixed before
                    message = f"this is a snapshot of `{other}`, and elsewhere of `{own}`"
                    related = [(first, f"it is one of `{own}` here")]
                    diagnostics.add(
                        "other-counter", span, message, "use a variable for each counter", related
                    )
        for holder, counter, span in self.compared:
            known = self.origins.get(holder, {})
            if known and counter not in known:
                own, first = next(iter(known.items()))
                message = f"this is a snapshot of `{own}`, not of `{counter}`"
                related = [(first, f"it is one of `{own}` here")]
                diagnostics.add("other-counter", span, message, f"compare it with `{own}`", related)


def _path(place: m.Place, places: Mapping[str, str]) -> str:
    """A variable and its fields, without indices; a reference as what it stands for."""
    root = places[place.root.name] if isinstance(place.root, m.Reference) else place.root.name
    return ".".join((root, *(item for item in place.path if isinstance(item, str))))


def _holder(place: m.Place, own: int, places: Mapping[str, str]) -> _Holder:
    return own if isinstance(place.root, m.LocalVariable) else 0, _path(place, places)
