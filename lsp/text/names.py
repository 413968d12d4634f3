"""Where names stand in a file, and what each of them stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...dsl.checker.declarations import Checked
from ...dsl.model import sorts as s
from ...dsl.source import Source, Span
from ...dsl.syntax import tree
from ...dsl.vocabulary.library_words import LIBRARY_NAMES
from ...dsl.vocabulary.lookup import BUILT_IN_NAMES
from . import recording_names
from .symbols import KINDS, Occurrence, Symbol, locals_of


def occurrences(
    own: tree.Tree, whole: tree.Tree, checked: Checked | None, source: Source
) -> list[Occurrence]:
    """All names in a file, in order.  `whole` is the tree of the model that the file is read as a part of."""
    walker = _Walker(whole, checked, source)
    for node in (own.header, *own.declarations):
        walker.declaration(node)
    return sorted(walker.found, key=lambda o: (o.span, not o.declares))


class _Walker:
    def __init__(self, whole: tree.Tree, checked: Checked | None, source: Source) -> None:
        self.source = source
        self.checked = checked
        self.found: list[Occurrence] = []
        self.top: dict[str, str] = {}
        self.fields: dict[str, set[str]] = {}
        self.locals: dict[str, dict[str, Symbol]] = {}
        for node in whole.declarations:
            if isinstance(
                node, tree.Policies | tree.Expect | tree.Accept | tree.AcceptUnlocked | tree.Assume
            ):
                continue
            self.top[node.name] = KINDS[type(node)]
            if isinstance(node, tree.Enum):
                self.top.update((member.name, "member") for member in node.members)
            elif isinstance(node, tree.Process | tree.Function | tree.Policy):
                self.locals[node.name] = dict(locals_of(node))
        self.owner = ""
        self.own: Mapping[str, Symbol] = {}
        self.bounds: dict[str, tuple[Symbol, s.Sort | None]] = {}

    # -- places

    def add(self, span: Span, symbol: Symbol, *, declares: bool = False, writes: bool = False) -> None:
        if symbol.name:
            self.found.append(Occurrence(span, symbol, declares, writes))

    def first(self, name: str, within: Span, behind: str = "") -> Span | None:
        """Where a name stands first from the start of a span on, behind a word."""
        if not name:
            return None
        for number in range(within.line, max(within.end_line, within.line) + 1):
            start = within.column - 1 if number == within.line else 0
            text = self.source.line(number)
            match = re.compile(rf"{behind}(?<!\w){re.escape(name)}(?!\w)").search(text, start)
            if match:
                end = match.end()
                return Span(within.path, number, end - len(name) + 1, number, end + 1)
        return None

    def declare(self, node: tree.Node, symbol: Symbol, behind: str = "") -> None:
        span = self.first(symbol.name, node.span, behind)
        if span is not None:
            self.add(span, symbol, declares=True)

    def top_symbol(self, name: str) -> Symbol:
        kind = self.top.get(name)
        if kind is None:
            kind = "built-in" if name in BUILT_IN_NAMES or name in LIBRARY_NAMES else "unknown"
        return Symbol(kind, "", name)

    # -- declarations

    def declaration(self, node: tree.Declaration | tree.Header) -> None:
        self.owner, self.own, self.bounds = "", {}, {}
        match node:
            case tree.Header():
                return
            case tree.Policies(uses=uses):
                for use in uses:
                    self.policy(use)
                return
            case tree.Assume(formula=formula):
                self.expressions(formula)
                return
            case tree.Expect():
                self.expectation(node)
                return
            case tree.Accept():
                # What it is about may be gone.
                self.target(node)
                return
            case tree.AcceptUnlocked(locations=locations):
                self.locations(node, locations)
                return
        self.declare(node, Symbol(KINDS[type(node)], "", node.name), r"\b\w+\s+")
        match node:
            case tree.Const() | tree.Shared() | tree.Ghost():
                self.expressions(node.type, node.value)
            case tree.TypeAlias():
                self.expressions(node.type)
            case tree.Enum(members=members):
                for member in members:
                    self.add(member.span, Symbol("member", "", member.name), declares=True)
            case tree.Struct(name=name, fields=fields):
                for item in fields:
                    self.declare(item, Symbol("field", name, item.name))
                    self.expressions(item.type, item.default)
            case tree.Process() | tree.Function() | tree.Policy():
                self.body(node)
            case tree.Invariant() | tree.Property() | tree.Sometimes():
                for name in node.scenarios:
                    span = self.first(name, node.span, r"\bin\b[^:]*")
                    if span is not None:
                        self.add(span, Symbol("scenario", "", name))
                self.expressions(node.formula)
            case tree.Measure(start=start, end=end):
                for mark in (start, end):
                    span = None if mark is None else self.first(mark.process, mark.span)
                    if mark is not None and span is not None:
                        self.add(span, self.top_symbol(mark.process))
                        self.label(mark.span, mark.label, tree.Name(span, mark.process))
            case tree.Recording():
                recording_names.walk(node, self)
            case tree.Scenario(settings=settings, policies=policies, assumed=assumed):
                self.expressions(*(one.formula for one in assumed))
                for setting in settings:
                    span = self.first(setting.name, setting.span)
                    if span is not None:
                        self.add(span, self.top_symbol(setting.name))
                    self.expressions(setting.value)
                for line in policies:
                    for use in line.uses:
                        self.policy(use)

    def process_name(self, span: Span, name: str) -> None:
        """The process of a part or of a label in a `recording`."""
        self.add(span, self.top_symbol(name))

    def label_name(self, span: Span, owner: str, name: str) -> None:
        """A label in a `recording`."""
        self.add(span, Symbol("built-in", "", name) if name == "end" else Symbol("label", owner, name))

    def values_of(self, owner: str, values: tuple[tree.Expr, ...]) -> None:
        """What an event says in a `recording`, seen from the body of its label."""
        self.owner, self.own = owner, self.locals.get(owner, {})
        self.expressions(*values)

    def target(self, node: tree.Expect | tree.Accept) -> None:
        """The name or text that a line is about."""
        plain = self.first(node.target, node.span)
        if plain is not None and self.top.get(node.target) in ("invariant", "property", "sometimes"):
            self.add(plain, self.top_symbol(node.target))
        elif plain is not None:
            self.add(plain, Symbol("assertion", "", node.target))

    def locations(self, node: tree.AcceptUnlocked, locations: tuple[str, ...]) -> None:
        """The shared variables whose accesses are accepted."""
        for name in dict.fromkeys(location.partition(".")[0] for location in locations):
            span = self.first(name, node.span)
            if span is not None:
                self.add(span, self.top_symbol(name))

    def expectation(self, node: tree.Expect) -> None:
        self.target(node)
        text = self.source.line(node.span.line)
        for word, names in (("under", node.under), ("in", node.scenarios)):
            behind = re.search(rf"\b(?:violated|holds)\b.*?\b{word}\b", text)
            for name in names if behind else ():
                within = Span(node.span.path, node.span.line, behind.end() + 1, node.span.line, len(text) + 1)  # type: ignore[union-attr]
                span = self.first(name, within)
                if span is not None:
                    self.add(span, Symbol("policy" if word == "under" else "scenario", "", name))

    def policy(self, use: tree.PolicyUse) -> None:
        span = self.first(use.name, use.span)
        if span is not None:
            self.add(span, Symbol("policy", "", use.name))
        for argument in use.arguments:
            if isinstance(argument, tree.Keyword):
                known = self.locals.get(use.name, {}).get(argument.name)
                span = self.first(argument.name, argument.span)
                if known is not None and span is not None:
                    self.add(span, known)
                self.expressions(argument.value)
            else:
                self.expressions(argument)

    def body(self, node: tree.Process | tree.Function | tree.Policy) -> None:
        self.owner = node.name
        self.own = self.locals.get(node.name) or dict(locals_of(node))
        if isinstance(node, tree.Process):
            self.expressions(node.count, node.cpu)
            if node.interrupts is not None:
                self.add(node.interrupts.span, self.top_symbol(node.interrupts.process))
        else:
            for parameter in node.parameters:
                self.declare(parameter, Symbol("parameter", node.name, parameter.name))
                self.expressions(parameter.type, parameter.default)
            if isinstance(node, tree.Function):
                self.expressions(node.result)
        self.statements(node.body)

    def statements(self, node: tree.Node) -> None:
        todo: list[object] = [node]
        while todo:
            match todo.pop(0):
                case tree.Block(statements=statements):
                    todo[:0] = statements
                case tree.Local(name=name, type=type, value=value) as local:
                    self.declare(local, self.own.get(name, Symbol("local", self.owner, name)))
                    self.expressions(type, value)
                case tree.Assign(target=target, value=value):
                    self.expression(target, writes=True)
                    self.expressions(value)
                case tree.Augmented(target=target, value=value):
                    self.expression(target, writes=True)
                    self.expressions(value)
                case tree.CallStatement(expression=expression):
                    self.expressions(expression)
                case tree.Assert(condition=condition, text=text) as claim:
                    self.expressions(condition)
                    span = self._text_of(claim, text)
                    if text and span is not None:
                        self.add(span, Symbol("assertion", "", text), declares=True)
                case tree.Await(condition=condition):
                    self.expressions(condition)
                case tree.Label(name=name) as label:
                    self.declare(label, Symbol("label", self.owner, name), r"label\s+")
                case tree.Region(name=name, body=body) as region:
                    self.declare(region, Symbol("label", self.owner, name), r"label\s+")
                    todo.insert(0, body)
                case tree.Goto(name=name) as jump:
                    span = self.first(name, jump.span, r"goto\s+")
                    if span is not None:
                        self.add(span, Symbol("label", self.owner, name))
                case tree.Wait(policy=policy, condition=condition, queue=queue, holding=holding):
                    if policy is not None:
                        self.policy(policy)
                    self.expressions(condition, queue, holding)
                case tree.Delegate(policy=policy):
                    self.policy(policy)
                case tree.Return(value=value):
                    self.expressions(value)
                case tree.If(condition=condition, body=body, elifs=elifs, orelse=orelse):
                    self.expressions(condition)
                    todo[:0] = [body, *elifs, orelse]
                case tree.Elif(condition=condition, body=body) | tree.While(condition=condition, body=body):
                    self.expressions(condition)
                    todo.insert(0, body)
                case tree.For(name=name, domain=domain, body=body) as loop:
                    self.declare(loop, self.own.get(name, Symbol("local", self.owner, name)), r"for\s+")
                    self.expressions(domain)
                    todo.insert(0, body)
                case tree.With(lock=lock, body=body, condition=condition):
                    if condition is not None:
                        self.expressions(condition)
                    self.expressions(lock)
                    todo.insert(0, body)
                case tree.Either(body=body, others=others):
                    todo[:0] = [body, *others]
                case tree.Else(body=body) | tree.Or(body=body) | tree.Atomic(body=body):
                    todo.insert(0, body)
                case _:
                    pass

    def _text_of(self, claim: tree.Assert, text: str | None) -> Span | None:
        span = claim.span
        line = self.source.line(span.end_line)[: span.end_column - 1]
        quoted = re.search(r"\"(?:[^\"\\]|\\.)*\"\s*$|'(?:[^'\\]|\\.)*'\s*$", line)
        if text is None or quoted is None:
            return None
        return Span(span.path, span.end_line, quoted.start() + 2, span.end_line, len(line.rstrip()))

    # -- expressions

    def expressions(self, *nodes: object) -> None:
        for node in nodes:
            self.expression(node)

    def expression(self, node: object, *, writes: bool = False) -> s.Sort | None:
        """Adds the names of an expression; returns its sort where it is a place or a task."""
        match node:
            case tree.Name(span=span, id=name):
                return self.name(span, name, writes)
            case tree.Attribute(span=span, base=base, name=name):
                return self.attribute(span, self.expression(base, writes=writes), name, writes)
            case tree.Subscript(base=base, index=index):
                sort = self.expression(base, writes=writes)
                self.expression(index)
                return sort.of if isinstance(sort, s.Array) else sort if isinstance(sort, s.Task) else None
            case tree.At(span=span, task=task, label=label):
                self.expression(task)
                self.label(span, label, task)
            case tree.Comparison(first=task, rest=((_, region),)) if named := self.region(task, region):
                self.expression(task)
                self.label(region.span, named, task)
            case tree.Generator(element=element, clauses=clauses):
                self.generator(element, clauses)
            case tree.SetComprehension(generator=generator):
                self.generator(generator.element, generator.clauses)
            case tree.Keyword(value=value):
                self.expression(value)
            case tree.Call(function=function, arguments=arguments):
                self.expression(function)
                self.expressions(*arguments)
            case tree.Unary(operand=operand):
                self.expression(operand)
            case tree.Binary(left=left, right=right):
                self.expressions(left, right)
            case tree.Comparison(first=first, rest=rest):
                self.expressions(first, *(operand for _, operand in rest))
            case tree.SetLiteral(elements=elements) | tree.ListLiteral(elements=elements):
                self.expressions(*elements)
        return None

    def name(self, span: Span, name: str, writes: bool) -> s.Sort | None:
        if name in self.bounds:
            symbol, sort = self.bounds[name]
            self.add(span, symbol)
            return sort
        if name in self.own:
            self.add(span, self.own[name], writes=writes)
            return self.sort_of_local(self.owner, name)
        symbol = self.top_symbol(name)
        self.add(span, symbol, writes=writes)
        if symbol.kind == "process":
            return s.Task(name)
        variable = self.checked.names.variables.get(name) if self.checked else None
        return variable.sort if variable else None

    def sort_of_local(self, owner: str, name: str) -> s.Sort | None:
        body = self.checked.bodies.of(owner) if self.checked else None
        local = body.scope.locals.get(name) if body else None
        return local.sort if local else None

    def attribute(self, whole: Span, base: s.Sort | None, name: str, writes: bool) -> s.Sort | None:
        span = Span(
            whole.path, whole.end_line, whole.end_column - len(name), whole.end_line, whole.end_column
        )
        match base:
            case s.Struct(name=owner) | s.Word(name=owner):
                self.add(span, Symbol("field", owner, name), writes=writes)
                return base.field(name)
            case s.Task(process=process):
                if self.top.get(name) == "def":
                    self.add(span, self.top_symbol(name))
                    return s.Task(name)
                owner = next((o for o in self._owners(process) if name in self.locals.get(o, {})), process)
                self.add(span, self.locals.get(owner, {}).get(name, Symbol("local", owner, name)))
                return self.sort_of_local(owner, name)
            case s.Lock() | s.SetOf():
                self.add(span, Symbol("built-in", "", name))
        return None

    def _owners(self, process: str) -> Iterator[str]:
        """A process, or `def`, and those whose labels and locals it has too."""
        yield process
        if self.checked:
            for owner, _ in (
                *self.checked.names.locals.get(process, ()),
                *self.checked.names.labels.get(process, ()),
            ):
                yield owner

    def region(self, task: tree.Expr, region: tree.Expr) -> tuple[str, ...] | None:
        """The name of a region, if that is what `task in region` asks for."""
        base = task.base if isinstance(task, tree.Subscript) else task
        if not isinstance(base, tree.Name) or base.id in self.own or base.id in self.bounds:
            return None
        if self.top.get(base.id) != "process":
            return None
        match region:
            case tree.Name(id=name):
                return (name,)
            case tree.Attribute(base=tree.Name(id=owner), name=name):
                return owner, name
            case _:
                return None

    def label(self, whole: Span, label: tuple[str, ...], task: tree.Expr) -> None:
        base = task.base if isinstance(task, tree.Subscript) else task
        process = base.id if isinstance(base, tree.Name) else ""
        name = label[-1]
        span = Span(
            whole.path, whole.end_line, whole.end_column - len(name), whole.end_line, whole.end_column
        )
        if len(label) == 2:
            owner = label[0]
            start = span.column - 1 - len(owner)
            before = self.source.line(span.line)[max(start - 1, 0) : span.column - 2]
            if before == owner:
                self.add(
                    Span(span.path, span.line, start, span.line, span.column - 1), self.top_symbol(owner)
                )
        else:
            known = self.checked.names.labels.get(process, {}) if self.checked else {}
            owner = next((o for o, other in known if other == name), process)
        self.add(span, Symbol("built-in", "", name) if name == "end" else Symbol("label", owner, name))

    def generator(self, element: object, clauses: tuple[tree.Clause, ...]) -> None:
        outer = dict(self.bounds)
        for clause in clauses:
            self.expression(clause.domain)
            span = self.first(clause.name, clause.span, r"for\s+")
            if span is not None:
                symbol = Symbol("bound", self.owner, clause.name, span)
                self.add(span, symbol, declares=True)
                self.bounds[clause.name] = (symbol, None)
            self.expressions(clause.condition)
        self.expression(element)
        self.bounds = outer
