"""What a programmer of Python or C would try, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..advice import Advice, Rewrite, write


@dataclass(frozen=True, slots=True)
class Finding:
    """A syntax error in words; `start` and `end` are offsets in the logical line."""

    code: str
    message: str
    help: Advice | str | None
    start: int
    end: int


_C_DECLARATION = (
    r"(static|extern|inline|volatile|unsigned|signed|void|char|long|short|int|bool|size_t|[us](8|16|32|64))\b"
    r"(?!\s*[:=])"
)

_Help = Advice | str | Callable[[re.Match[str]], Advice | str]
"""What to write instead, which may depend on what was found in the line."""


_KERNEL_TYPES = {
    "completion": "completion", "mutex": "mutex", "rw_semaphore": "rwsem", "kref": "kref",
    "wait_queue_head": "waitqueue", "srcu_struct": "srcu", "work_struct": "", "timer_list": "",
}  # fmt: skip
"""How a `struct` of the kernel is called here; empty for what is a declaration of its own."""


def _without_kind(match: re.Match[str]) -> Advice | str:
    named = re.match(r"\s*(\w+)", match.string[match.end() :])
    known = _KERNEL_TYPES.get(named[1]) if named else None
    if known == "":
        return "declare it with its body: `work NAME:` or `timer NAME:`"
    if named and known == named[1]:
        return Advice(f"write `{known}`", (Rewrite(""),))
    if known:
        return f"write `{known}`"
    text = (
        "write its name alone: that of a `class` or an `enum`, or `mutex`, `spinlock`, `rwlock`, `rwsem`, "
        "`waitqueue`"
    )
    return Advice(text, (Rewrite(""),))


def _not(match: re.Match[str]) -> Advice | str:
    """`!` binds to what is next to it, and `not` to a whole comparison."""
    behind, bracketed = match.string[match.end() :], 1
    while bracketed:
        behind, bracketed = re.subn(r"\([^()]*\)", "", behind)
    operand = re.split(r"&&|\|\||\b(?:and|or)\b|[:,)]", behind, maxsplit=1)[0]
    return "write `not`" if re.search(r"[=<>]", operand) else write("not")


def _counted(match: re.Match[str]) -> Advice | str:
    text = "write `x += 1` and `x -= 1`"
    whole = re.fullmatch(r"\s*([\w.\[\]]+)\s*(\+\+|--);?\s*", match.string)
    return Advice(text, (Rewrite(f" {match[0][0]}= 1"),)) if whole else text


def _number(match: re.Match[str]) -> Advice | str:
    text = "write digits only, as in `4096`"
    digits = re.fullmatch(r"(0|[1-9]\d*)[uUlL]+|(0[xXoObB]\w+)", match[0])
    try:
        return Advice(text, (Rewrite(digits[1] or str(int(digits[2], 0))),)) if digits else text
    except ValueError:
        return text


def _at_the_end(match: re.Match[str]) -> Advice | str:
    text = "write one statement a line"
    return text if match.string[match.end() :].strip() else Advice(text, (Rewrite(""),))


def _alone(match: re.Match[str]) -> Advice | str:
    text = "write `pass` for an empty block"
    return Advice(text, (Rewrite("pass"),)) if match.string.strip() == "..." else text


# Looked for at the beginning of a line that does not parse.
_BEGINNINGS: tuple[tuple[str, str, str, _Help], ...] = (
    (
        r"import\b|from\b",
        "no-import",
        "there is nothing to import",
        'share declarations with `model NAME varies "base.pfn"`',
    ),
    (
        r"async\b|yield\b",
        "no-async",
        "there is no asynchronous code",
        "every `process` runs concurrently, and waits by `wait until CONDITION on WAITQUEUE`",
    ),
    (
        r"(try|except|finally|raise)\b",
        "no-exceptions",
        "there are no exceptions",
        "test the condition with `if`, or state it with `assert`",
    ),
    (
        r"(global|nonlocal)\b",
        "no-global",
        "nothing needs to be declared global",
        "every process sees the `shared` declarations",
    ),
    (r"del\b", "no-delete", "nothing can be deleted", "assign `None` to a `T | None`"),
    (
        r"(match|case|switch|default)\b",
        "no-match",
        "there is no `match` or `switch`",
        "use `if`, `elif` and `else`",
    ),
    (
        r"@",
        "no-decorator",
        "there are no decorators",
        "write `atomic:` in the body, or `daemon process` or `unfair process`",
    ),
    (
        r"def\s+\w+\s*\(\s*self\b",
        "no-method",
        "classes have fields only",
        "write a `def` that takes the object as a parameter",
    ),
    (r"else\s+if\b|else?s?if\b", "else-if", "there is no `else if`", write("elif")),
    (
        r"or\s*:\s*$",
        "stray-or",
        "this `or:` follows no `either:`",
        "write `either:` for the first alternative",
    ),
    (r"do\b", "no-do", "there is no `do`", "write `while True:` with a `break`"),
    (r"for\s*\(\s*;\s*;", "no-c-for", "this is an endless loop of C's", "write `while True:`"),
    (
        r"for\s*\(",
        "no-c-for",
        "a loop does not count like C's",
        "write `for i in range(FIRST, LAST + 1):`, or a `while` where the body changes the variable",
    ),
    (r"//", "no-c-comment", "this is a comment of C's", Advice("comments begin with `#`", (Rewrite("#"),))),
    (r"/\*|\*", "no-c-comment", "this is a comment of C's", "comments begin with `#`"),
    (
        _C_DECLARATION + r".*\(",
        "no-c-declaration",
        "this is a declaration of C's",
        "write `def f(x: bool) -> bool:`",
    ),
    (
        r"static\b(?!\s*[:=])",
        "no-c-declaration",
        "this is a declaration of C's",
        "write `shared x: range(4) = 0` outside any process; all tasks have a `static` variable in common",
    ),
    (
        r"union\b(?!\s*[:=])",
        "no-c-declaration",
        "there are no unions",
        "the fields of a class share no memory, so what one field does to another is not found",
    ),
    (
        r"typedef\b(?!\s*[:=])(?!\s*struct)",
        "no-c-declaration",
        "this is a declaration of C's",
        "write `type NAME = TYPE`",
    ),
    (
        r"(struct|typedef)\b(?!\s*[:=])",
        "no-c-declaration",
        "this is a declaration of C's",
        "write `class NAME:` with a field a line",
    ),
    (
        _C_DECLARATION,
        "no-c-declaration",
        "this is a declaration of C's",
        "write `x: range(4) = 0`, with `shared` before it outside a process",
    ),
)

# Looked for in a line that does not parse, up to where the parser stopped.
_ANYWHERE: tuple[tuple[str, str, str, _Help], ...] = (
    (
        r"(?<=[:,(])\s*(struct|enum|union)\b(?=\s+\w)",
        "no-c-declaration",
        "a type is named without what it is",
        _without_kind,
    ),
    (r"\blambda\b", "no-lambda", "there are no lambdas", "write a `def`"),
    (
        r"\b[fF][rR]?(?=[\"'])",
        "no-f-string",
        "there are no f-strings",
        "an `assert` takes a plain text; the trace shows the values",
    ),
    (
        r"(?<=[\w)\]])\s+is(\s+not)?\b",
        "no-is",
        "there is no `is`",
        lambda match: Advice("compare with `==` and `!=`", (Rewrite("!=" if match[1] else "=="),)),
    ),
    (
        r"(?<=[\w)\]])\s+if\b(?=.*\belse\b)|\?",
        "no-conditional",
        "there is no conditional expression",
        "use an `if` statement",
    ),
    (
        r":=",
        "no-walrus",
        "there is no `:=`",
        "assign first, then test; for a `while`, in a `while True:` with a `break`",
    ),
    (
        r"//(?!=)(?=\s*([A-Za-z]\w*\s+[A-Za-z]|\w*$))|/\*",
        "no-c-comment",
        "this is a comment of C's",
        "comments begin with `#`",
    ),
    (r"&&", "no-c-operator", "`&&` is C's", write("and")),
    (r"\|\|", "no-c-operator", "`||` is C's", write("or")),
    (r"!(?!=)", "no-c-operator", "`!` is C's", _not),
    (r"\+\+|--", "no-c-operator", "`++` and `--` are C's", _counted),
    (r"=>", "no-operator", "there is no `=>`", "write `implies` in a property, `>=` in a comparison"),
    (r"<>", "no-operator", "there is no `<>`", "write `!=`, or `eventually` in a property"),
    (r"\[\s*\](?=\s*[\w(])", "no-operator", "there is no `[]`", "write `always` in a property"),
    (r"\bnever\b(?=\s+[\w(])", "no-operator", "there is no `never`", "write `always not P`"),
    (
        r"===|!==",
        "no-operator",
        "there are no such signs",
        lambda match: Advice("write `==` or `!=`", (Rewrite(match[0][:2]),)),
    ),
    (
        r"(?<=[(,])\s*\*\*?(?=\w)",
        "no-star",
        "arguments are not packed",
        "name each parameter, and pass an argument for each",
    ),
    (
        r"/(?!/)=?",
        "no-operator",
        "there is no `/`",
        "`//` divides by a constant, and rounds down; C rounds towards zero, which differs below zero",
    ),
    (
        r"(\*\*|<<|>>)=?|\^=?|~|@=?",
        "no-operator",
        "there is no such operator",
        "there are `+`, `-`, `*`, `//`, `%`, and `|`, `&`, `-` for sets",
    ),
    (r";", "no-semicolon", "statements are not joined with `;`", _at_the_end),
    (
        r"\{(?=\s*$)|\{(?=[^}]*\n)",
        "no-braces",
        "a block does not stand in braces",
        "end the line with `:` and indent the block",
    ),
    (r"\\", "no-continuation", "lines are not joined with a backslash", "put the expression in parentheses"),
    (r"\.\.\.", "no-ellipsis", "there is no `...`", _alone),
    (
        r"\b\d+(\.\d+|[eE]\d+|[xXoObB]\w+|[uUlL]+\b)",
        "no-number",
        "numbers are whole and decimal",
        _number,
    ),
)


def habit(line: str, stop: int) -> Finding | None:
    """What in a line that does not parse comes from another language, at its beginning or anywhere up
    to where the parser stopped; the insides of texts and comments are blank in `line`."""
    indent = len(line) - len(line.lstrip())
    for pattern, code, message, help in _BEGINNINGS:
        match = re.compile(pattern).match(line, indent)
        if match:
            return Finding(code, message, _told(help, match), match.start(), match.end())
    earliest: Finding | None = None
    for pattern, code, message, help in _ANYWHERE:
        match = re.compile(pattern).search(line, indent)
        if match and match.start() <= stop and (earliest is None or match.start() < earliest.start):
            start = match.end() - len(match[0].lstrip())
            earliest = Finding(code, message, _told(help, match), start, match.end())
    return earliest


def _told(help: _Help, match: re.Match[str]) -> Advice | str:
    return help if isinstance(help, Advice | str) else help(match)
