"""Checking `recording`: which recorded events are which labels, and how they are asked of a kernel."""

from __future__ import annotations

import re

from ..diagnostics import Diagnostics, did_you_mean
from ..model import model as m
from ..model import sorts as s
from ..source import Span
from ..syntax import tree
from .values.expressions import expression
from .values.places import at_label
from .values.scope import Names, Scope

_PROBE = re.compile(r"([pr])\s+(?:([\w-]+):)?([A-Za-z_.][\w.]*)((?:\s+\w+=\S+)*)\s*")
_FETCH = re.compile(r"\$(?:arg[1-9]\d?|retval)(?::(?:[usx](?:8|16|32|64)|string))?")


def recordings(
    declared: tuple[tree.Declaration, ...], names: Names, diagnostics: Diagnostics
) -> tuple[m.Recording, ...]:
    """The recordings of a model that have no fault."""
    made: list[m.Recording] = []
    for node in declared:
        if isinstance(node, tree.Recording):
            before = len(diagnostics)
            recording = _Checking(node, names, diagnostics).recording()
            if len(diagnostics) == before:
                made.append(recording)
    return tuple(made)


class _Checking:
    def __init__(self, node: tree.Recording, names: Names, diagnostics: Diagnostics) -> None:
        self.node = node
        self.names = names
        self.diagnostics = diagnostics
        self.bound: dict[str, set[str]] = {}
        """By name of a bound event: the processes whose labels it stands for."""
        for event in node.events:
            if isinstance(event, tree.Event):
                self.bound.setdefault(event.name, set()).add(event.process)

    def recording(self) -> m.Recording:
        node = self.node
        parts: dict[str, m.Part] = {}
        for part in node.parts:
            if part.process in parts:
                related = [(parts[part.process].span, "it stands here")]
                message = f"`{part.process}` is a part already"
                self.diagnostics.add("declared-twice", part.span, message, related=related)
            if self.process(part.process, part.span):
                stretch = self.stretch(part.stretch, part.process)
                parts[part.process] = m.Part(part.process, part.threads, stretch, part.span)
        rules: list[m.Rule] = []
        for event in node.events:
            if isinstance(event, tree.Ignore):
                stretch, tests = self.stretch(event.stretch), self.tests(event.tests)
                rules += [
                    m.Rule(pattern, stretch, tests, None, (), (), event.span) for pattern in event.patterns
                ]
            elif event.process in parts:
                rules.append(self.rule(event))
            elif self.process(event.process, event.span) and len(parts) == len(node.parts):
                message = f"no thread plays `{event.process}`"
                self.diagnostics.add(
                    "bad-recording", event.span, message, f"write `part {event.process}` above it"
                )
        if not any(rule.process for rule in rules) and not self.diagnostics.errors:
            help = "write `event NAME: PROCESS at LABEL`"
            self.diagnostics.add("bad-recording", node.span, "no event of this recording is bound", help)
        probes = tuple(probe for line in node.probes if (probe := self.probe(line)) is not None)
        return m.Recording(node.name, node.doc, tuple(parts.values()), tuple(rules), probes, node.span)

    def process(self, name: str, span: Span) -> bool:
        """Whether there is such a process; reports it if not."""
        if name in self.names.processes:
            return True
        if not self.names.may_be(name):
            help = did_you_mean(name, self.names.processes)
            self.diagnostics.add("unknown-name", span, f"there is no process `{name}`", help)
        return False

    def stretch(self, node: tree.Stretch | None, process: str | None = None) -> m.Stretch | None:
        """`process`: whose part begins and ends there."""
        if node is None:
            return None
        for name in (node.first, node.last):
            if name not in self.bound:
                help = did_you_mean(name, self.bound) or "name an `event` of this recording"
                self.diagnostics.add("unknown-name", node.span, f"no event `{name}` is bound", help)
            elif process is not None and process not in self.bound[name]:
                message = f"`{name}` is no event of `{process}`"
                help = "a part begins and ends with events of its own"
                self.diagnostics.add("bad-recording", node.span, message, help)
        return m.Stretch(node.first, node.last)

    def tests(self, nodes: tuple[tree.Test, ...]) -> tuple[m.FieldTest, ...]:
        """What chooses events: fields compared with numbers, truth values and texts."""
        made: list[m.FieldTest] = []
        for node in nodes:
            match node.value:
                case tree.Number(value=value) | tree.Truth(value=value) | tree.Text(value=value):
                    constant: int | bool | str = value
                case tree.Unary(operator="-", operand=tree.Number(value=value)):
                    constant = -value
                case _:
                    message = "`if` compares a field with a number, a truth value or a text"
                    help = "what the model says of a field stands behind `where`"
                    self.diagnostics.add("bad-recording", node.span, message, help)
                    continue
            if node.operator not in ("==", "!="):
                self.diagnostics.add("bad-recording", node.span, "`if` compares with `==` and `!=` only")
            made.append(m.FieldTest(node.field, node.operator, constant))
        return tuple(made)

    def rule(self, node: tree.Event) -> m.Rule:
        task = m.TaskOf(node.process, m.SelfIndex(s.Range(0, 0), node.span), s.Task(node.process), node.span)
        scope = Scope(self.names, self.diagnostics, "assert", in_process=node.process, assigned=None)
        known = self.names.labels[node.process]
        labels: dict[tuple[str, str], None] = {}
        for label in node.labels:
            if at_label(task, label, node.span, scope) is None:
                continue
            if label == ("end",):
                labels["", "end"] = None
            labels.update({k: None for k in known if k[1] == label[-1] and label[:-1] in ((), (k[0],))})
        owners = {owner for owner, _ in labels}
        scope.locals.update(
            {name: v for (owner, name), v in self.names.locals[node.process].items() if owners == {owner}}
        )
        values = [self.value(test, scope) for test in node.values]
        return m.Rule(
            node.name, self.stretch(node.stretch), self.tests(node.tests), node.process, tuple(labels),
            tuple(value for value in values if value is not None), node.span,
        )  # fmt: skip

    def value(self, node: tree.Test, scope: Scope) -> m.FieldValue | None:
        if node.operator != "==":
            help = f"write `{node.field} == ...`; a comparison has a value, too: `{node.field} == (x > 1)`"
            self.diagnostics.add("bad-recording", node.span, "`where` says what a field is equal to", help)
        typed = expression(node.value, scope)
        if typed is None:
            return None
        sort = typed.sort.of if isinstance(typed.sort, s.Optional) else typed.sort
        if not isinstance(sort, s.Bool | s.Range | s.Enum | s.Nothing):
            help = "a truth value, a number or a member of an enum, or None"
            self.diagnostics.add("wrong-sort", node.span, f"a field of an event is no `{typed.sort}`", help)
            return None
        return m.FieldValue(node.field, typed, node.span)

    def probe(self, node: tree.Probe) -> m.Probe | None:
        found = _PROBE.fullmatch(node.text)
        if found is None:
            self.bad_probe(node, "this is no probe of a function's entry or return")
            return None
        kind, module, symbol, rest = found.groups()
        arguments = [tuple(word.split("=", 1)) for word in rest.split()]
        for name, fetched in arguments:
            if not _FETCH.fullmatch(fetched):
                self.bad_probe(node, f"`{fetched}` is no argument or return value")
            elif (kind == "r") != fetched.startswith("$retval"):
                self.bad_probe(
                    node, f"`{name}` is not there at the {'return' if kind == 'r' else 'entry'} of a function"
                )
        return m.Probe(
            node.event,
            kind == "r",
            module,
            symbol,
            tuple((name, what) for name, what in arguments),
            node.span,
        )

    def bad_probe(self, node: tree.Probe, message: str) -> None:
        help = 'as in `"p FUNCTION name=$arg1"` or `"r MODULE:FUNCTION ret=$retval:u8"`'
        self.diagnostics.add("bad-probe", node.span, message, help)
