"""Program to Promela, for Spin: `promela` is the stage.

One process chooses; each way through a step is one `d_step`, so Spin stores the states of the program and no
others.  What a step does is written in C, which Spin takes over into the verifier that it makes, and so is
what is looked at in each state.  Nothing of it is shared with the printer of TLA+ or the interpreter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from ..program.program import (
    PC,
    TRUE,
    AnyOf,
    Assign,
    Block,
    Elements,
    Expr,
    Fill,
    Fork,
    Goto,
    Note,
    Op,
    Pick,
    Program,
    Reach,
    Test,
    conjunction,
    kept_up,
    negation,
)
from ..program.waits import on_queue
from .c_formula import Bound, CFormula
from .codes import WINDOW, Codes, Unsupported
from .verifier_text import COMMON, DEADLOCK, LOOK, SHELL, STATE, TAKE

MOST_WAYS = 4096
"""A step may have so many ways to be taken."""


@dataclass(frozen=True, slots=True)
class Promela:
    """A model for Spin.  `files` are texts by name, of which `model.pml` is the model; the verifier made of
    it prints, on lines that begin with `pfnspec`,

    - `violated N...`: of `properties`, those that do not hold in a state, each once, with a trail;
    - `met N`: of the program's `sometimes`; `reached N`: a label or branch;
    - `seen N`, and at the end `ended N`: so many states were looked at;
    - `beyond WHAT`: a value does not fit, and that is the end;
    - `state N...`, where the environment has VERIFIER_TELLS, for each state of a trail: codes of its values.

    `bytes` is at most what a state takes."""

    files: Mapping[str, str]
    properties: tuple[str, ...]
    codes: Codes
    bytes: int


def promela(program: Program, properties: Iterable[str] | None = None, *, header: str = "") -> Promela:
    """The Promela of a program; `properties` are the safety properties to be checked (all when None).  Raises
    `Unsupported` for what it has no place for.  The same input gives the same text."""
    if program.assumed:
        raise Unsupported("an assumption")
    wanted = tuple(program.properties if properties is None else properties)
    codes = Codes(program)
    writer = _Writer(program, codes, wanted)
    fields = sorted(codes.fields.values(), key=lambda field: -field.bits)
    struct = "\n".join(
        f"    {field.type} {field.name}{''.join(f'[{size}]' for size in field.sizes)}; "
        f"/* {field.variable.kind} {_plain(field.variable.title)} */"
        for field in fields
        if 0 not in field.sizes
    )
    size = 8 + sum(field.bits // 8 * _product(field.sizes) for field in fields)
    options = "\n".join(
        f"  :: d_step {{ c_expr {{ (take({task}, {way})) }} -> c_code {{ taken(); }} }}"
        for task, _ in enumerate(program.tasks)
        for way in range(writer.ways_of(program.tasks[task].process))
    )
    files = {
        "model.pml": SHELL.format(header=_plain(header) or "made by pfnspec", options=options),
        "state.h": STATE.format(fields=struct),
        "steps.c": writer.text(),
    }
    return Promela(files, wanted, codes, size)


class _Writer:
    def __init__(self, program: Program, codes: Codes, properties: tuple[str, ...]) -> None:
        self.program = program
        self.codes = codes
        self.properties = properties
        self.formula = CFormula(codes)
        self.pc = codes.fields[PC].name

    def ways_of(self, process: str) -> int:
        steps = [p.step for p in self.program.points if p.process == process and p.step is not None]
        return max((self.ways(step.block) for step in steps), default=0)

    def ways(self, block: Block) -> int:
        """At most so many ways a block has: what numbers of choices have to go up to."""
        match block.end:
            case Goto():
                found = 1
            case Test(yes=yes, no=no):
                found = max(self.ways(yes), self.ways(no))
            case Fork(options=options):
                found = sum(self.ways(option) for option in options)
            case Pick(domain=domain, then=then):
                found = self.codes.most(domain) * self.ways(then)
        if found > MOST_WAYS:
            raise Unsupported(f"a step with {found} ways to be taken")
        return found

    def text(self) -> str:
        """The C behind the model: tables, definitions, steps, and what is looked at."""
        program = self.program
        definitions = [
            f"static V defined{number}(const struct S *s, int self, V t)\n"
            f"{{\n    (void)s, (void)self, (void)t;\n"
            f"    return {self.formula.text(definition.body, {'t': 't'})};\n}}"
            for number, definition in enumerate(program.definitions)
        ]
        parts = [
            self.ready(),
            *(self.step(number) for number, point in enumerate(program.points) if point.step is not None),
            *(self.deadlock() if "deadlock" in self.properties else ()),
            self.look(),
            self.tell(),
            self.take(),
        ]
        tables = [text.format(name) for text, name in self.formula.tables.items()]
        common = COMMON.format(
            task0=self.codes.task0, base=self.codes.base, tasks=len(program.tasks),
            marks=max([len(program.reachable), *self.longest()]), properties=len(self.properties),
            formulas=len(program.sometimes), window=WINDOW,
        )  # fmt: skip
        return "\n".join([common, *tables, *definitions, *parts])

    def longest(self) -> list[int]:
        return [_marks(point.step.block) for point in self.program.points if point.step is not None]

    # -- steps

    def cases(self, texts: Mapping[int, str], indent: str) -> str:
        """The cases of a switch over control points; those with the same text share it."""
        groups: dict[str, list[int]] = {}
        for number, text in texts.items():
            groups.setdefault(text, []).append(number)
        return "\n".join(
            f"{indent}{' '.join(f'case {number}:' for number in numbers)}\n{indent}    {text}"
            for text, numbers in groups.items()
        )

    def switch(self, texts: Mapping[int, str]) -> str:
        """What the point of `self` decides; 0 for the others."""
        cases = self.cases(texts, "    ")
        return f"    switch (s->{self.pc}[self]) {{\n{cases}\n    default: return 0;\n    }}"

    def ready(self) -> str:
        texts = {
            number: f"return {self.formula.text(point.step.guard)} != 0;"
            for number, point in enumerate(self.program.points)
            if point.step is not None
        }
        return f"static int ready(const struct S *s, int self)\n{{\n    (void)self;\n{self.switch(texts)}\n}}"

    def step(self, number: int) -> str:
        point = self.program.points[number]
        assert point.step is not None
        body = self.block(point.step.block, {}, "    ")
        return (
            f"/* {_plain(point.name)}, line {point.span.line} */\n"
            f"static int step{number}(struct S *s, int self, int way)\n{{\n    (void)self;\n{body}\n}}"
        )

    def block(self, block: Block, bound: Bound, indent: str) -> str:
        lines = [line for op in block.ops for line in self.op(op, bound, indent)]
        inner = indent + "    "
        match block.end:
            case Goto(point=target):
                point = self.codes.points[str(target)]
                lines.append(f"{indent}s->{self.pc}[self] = {point};")
                for monitor in self.program.monitors:
                    lines += self.op(Assign(monitor.variable, (), kept_up(monitor)), bound, indent)
                lines.append(f"{indent}return way == 0;")
            case Test(condition=condition, yes=yes, no=no):
                lines.append(f"{indent}if ({self.formula.text(condition, bound)}) {{")
                lines.append(self.block(yes, bound, inner))
                lines.append(f"{indent}}} else {{")
                lines.append(self.block(no, bound, inner))
                lines.append(f"{indent}}}")
            case Fork(options=options):
                first = 0
                for option in options:
                    after = first + self.ways(option)
                    lines.append(f"{indent}if (way < {after}) {{")
                    lines.append(f"{inner}way -= {first};")
                    lines.append(self.block(option, bound, inner))
                    lines.append(f"{indent}}}")
                    first = after
                lines.append(f"{indent}return 0;")
            case Pick(name=name, domain=domain, then=then):
                size, item = self.formula.new("n"), self.formula.new("p")
                each = self.formula.new("x")
                head = self.formula.each(domain, each, bound)
                lines += [
                    f"{indent}int {size} = 0;",
                    f"{indent}{head} {size}++;",
                    f"{indent}if (!{size}) return 0;",
                    f"{indent}int {item}_ = way % {size};",
                    f"{indent}way /= {size};",
                    f"{indent}V {item} = 0;",
                    f"{indent}{head} if ({item}_-- == 0) {{ {item} = {each}; break; }}",
                    self.block(then, {**bound, name: item}, indent),
                ]
        return "\n".join(lines)

    def op(self, op: Op, bound: Bound, indent: str) -> list[str]:
        formula = self.formula
        match op:
            case Assign(variable=variable, indices=indices, value=value):
                field = self.codes.fields[variable]
                place = formula.place(variable, indices, bound)
                if variable == PC:
                    point = f"{self.codes.point0} - {formula.text(value, bound)}"
                    return [f"{indent}{place} = PFN_FIT({field.type}, {point});"]
                return [f"{indent}{place} = PFN_FIT({field.type}, {formula.text(value, bound)});"]
            case Fill(variable=variable, names=names, value=value):
                return self.fill(variable, names, value, bound, indent)
            case Reach(number=number):
                return [f"{indent}PFN_MARK({number});"]
            case Note():
                return []
            case _:
                raise Unsupported(f"the operation {op}")

    def fill(
        self, variable: str, names: tuple[str, ...], value: Expr, bound: Bound, indent: str
    ) -> list[str]:
        """Every element at once, over the state before: into a copy, which is then put in its place."""
        field = self.codes.fields[variable]
        copy = self.formula.new("f")
        loops, inner, at = "", dict(bound), ""
        for depth, (name, size) in enumerate(zip(names, field.sizes, strict=True)):
            index = self.formula.new("i")
            loops += f"for (int {index} = 0; {index} < {size}; {index}++) "
            at += f"[{index}]"
            by_task = depth == 0 and field.variable.process
            inner[name] = f"((V){index} + {field.first} + PFN_TASK0)" if by_task else f"((V){index})"
        sizes = "".join(f"[{size}]" for size in field.sizes)
        text = self.formula.text(value, inner)
        return [
            f"{indent}{{",
            f"{indent}    {field.type} {copy}{sizes};",
            f"{indent}    {loops}{copy}{at} = PFN_FIT({field.type}, {text});",
            f"{indent}    memcpy(&s->{field.name}, &{copy}, sizeof {copy});",
            f"{indent}}}",
        ]

    def take(self) -> str:
        texts = {
            number: (
                f"if (way >= {self.ways(point.step.block)} || !ready(&now.s, self)) return 0;\n"
                f"        memcpy(s, &now.s, sizeof next); passes = 0;\n"
                f"        done = step{number}(s, self, way); break;"
            )
            for number, point in enumerate(self.program.points)
            if point.step is not None
        }
        return TAKE.format(pc=self.pc, steps=self.cases(texts, "    "), initial="\n".join(self.initial()))

    def initial(self) -> Iterable[str]:
        program = self.program
        for variable in program.variables:
            field = self.codes.fields[variable.name]
            if variable.name == PC:
                for number, task in enumerate(program.tasks):
                    entry = self.codes.points[program.process(task.process).entry]
                    yield f"    s->{field.name}[{number}] = {entry};"
                continue
            loops, at = "", ""
            if isinstance(variable.initial, Elements):
                places = product(*(range(size) for size in field.sizes))
                for place, leaf in zip(places, variable.initial.values, strict=True):
                    element = "".join(f"[{index}]" for index in place)
                    value = f"PFN_FIT({field.type}, {self.codes.code(leaf)}LL)"
                    yield f"    s->{field.name}{element} = {value};"
                continue
            assert not isinstance(variable.initial, AnyOf), "refused before"
            for size in field.sizes:
                index = self.formula.new("i")
                loops += f"for (int {index} = 0; {index} < {size}; {index}++) "
                at += f"[{index}]"
            if 0 not in field.sizes:
                value = f"PFN_FIT({field.type}, {self.codes.code(variable.initial)}LL)"
                yield f"    {loops}s->{field.name}{at} = {value};"
        for monitor in program.monitors:
            start = conjunction(monitor.trigger, negation(monitor.release))
            yield from self.op(Assign(monitor.variable, (), start), {}, "    ")

    def tell(self) -> str:
        lines = []
        for variable in self.program.variables:
            field = self.codes.fields[variable.name]
            loops, at = "", ""
            for size in field.sizes:
                index = self.formula.new("i")
                loops += f"for (int {index} = 0; {index} < {size}; {index}++) "
                at += f"[{index}]"
            if 0 not in field.sizes:
                lines.append(f'    {loops}printf(" %lld", (V)now.s.{field.name}{at});')
        body = "\n".join(lines)
        return f'static void tell(void)\n{{\n    printf("pfnspec state");\n{body}\n    printf("\\n");\n}}'

    # -- what is looked at

    def look(self) -> str:
        numbers = {name: number for number, name in enumerate(self.properties)}
        texts: dict[int, str] = {}
        for number, point in enumerate(self.program.points):
            tests = [
                f"if (!known[{numbers[claim.property]}] && !{self.formula.text(claim.condition)}) "
                f"hold({numbers[claim.property]});"
                for claim in point.claims
                if claim.property in numbers and claim.condition != TRUE
            ]
            if tests:
                texts[number] = " ".join([*tests, "break;"])
        lines = [
            f"        if (!known[{numbers[i.property]}] && !{self.formula.text(i.condition)}) "
            f"hold({numbers[i.property]});"
            for i in self.program.invariants
            if i.property in numbers
        ]
        if "deadlock" in numbers:
            number = numbers["deadlock"]
            lines.append(
                f"        if (!known[{number}] && (circle(s) || stuck(s) || nobody(s))) hold({number});"
            )
        for number, formula in enumerate(self.program.sometimes):
            lines.append(
                f"        if (!met[{number}] && {self.formula.text(formula.condition)}) {{ met[{number}] = 1;"
                f' printf("pfnspec met {number}\\n"); fflush(stdout); }}'
            )
        return LOOK.format(pc=self.pc, claims=self.cases(texts, "        "), invariants="\n".join(lines))

    def deadlock(self) -> Iterable[str]:
        program = self.program
        daemons = [program.process(task.process).daemon for task in program.tasks]
        mask = sum(1 << number for number, is_daemon in enumerate(daemons) if is_daemon)
        marks = {
            "halted": [point.halted for point in program.points],
            "steps_": [point.step is not None for point in program.points],
            "daemon_": daemons,
        }
        for name, values in marks.items():
            listed = ", ".join(str(int(value)) for value in values)
            yield f"static const unsigned char {name}[] = {{{listed}}};"
        yield f"#define PFN_DAEMONS {mask}LL"
        blockers = {
            number: f"return {self.formula.text(point.step.lock.blockers)};"
            for number, point in enumerate(program.points)
            if point.step is not None and point.step.lock is not None and point.step.lock.blockers is not None
        }
        yield (
            "/* Whom a task at an acquisition waits for. */\n"
            "static V blockers(const struct S *s, int self)\n{\n    (void)self;\n"
            f"{self.switch(blockers)}\n}}"
        )
        waits = {
            number: self.waiting(number)
            for number, point in enumerate(program.points)
            if point.step is not None and point.step.wait is not None
        }
        yield (
            "/* Whether a task waits; for a lock because of whom, and who stands where it may be helped. */\n"
            "static int waiting(const struct S *s, int self, int *lock, V *by, V *helpers)\n{\n"
            "    (void)self;\n"
            "    *lock = 0, *by = 0, *helpers = 0;\n"
            f"{self.switch(waits)}\n}}"
        )
        yield DEADLOCK.format(pc=self.pc)

    def waiting(self, number: int) -> str:
        step = self.program.points[number].step
        assert step is not None and step.wait is not None
        wait = step.wait
        lines = [f"if ({self.formula.text(wait.until)}) return 0;"]
        for help in wait.helps:
            table = self.formula.among(help.points)
            loop = f"for (int o = 0; o < PFN_TASKS; o++) *helpers |= (V){table}[s->{self.pc}[o]] << o;"
            if help.queue is not None:
                loop = f"if ({self.formula.text(on_queue(help.queue, self.program))}) {loop}"
            lines.append(loop)
        if wait.blockers is not None:
            lines.append(f"*lock = 1, *by = PFN_ORDINALS({self.formula.text(wait.blockers)});")
        lines.append("return 1;")
        return "\n        ".join(lines)


def _marks(block: Block) -> int:
    """At most so many labels and branches one way through a block passes."""
    own = sum(isinstance(op, Reach) for op in block.ops)
    match block.end:
        case Goto():
            return own
        case Test(yes=yes, no=no):
            return own + max(_marks(yes), _marks(no))
        case Pick(then=then):
            return own + _marks(then)
        case Fork(options=options):
            return own + max(_marks(option) for option in options)


def _plain(text: str) -> str:
    """A text that can stand in a comment of C."""
    return (
        text.encode("ascii", "replace").decode().replace("*/", "* /").replace("\\", "/").replace("??", "? ?")
    )


def _product(sizes: Iterable[int]) -> int:
    found = 1
    for size in sizes:
        found *= size
    return found
