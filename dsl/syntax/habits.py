"""What a programmer of Python or C would try, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A syntax error in words; `start` and `end` are offsets in the logical line."""

    code: str
    message: str
    help: str | None
    start: int
    end: int


_C_DECLARATION = (
    r"(static|extern|inline|volatile|unsigned|signed|void|char|long|short|int|bool|size_t|[us](8|16|32|64))\b"
    r"(?!\s*[:=])"
)

# Looked for at the beginning of a line that does not parse.
_BEGINNINGS: tuple[tuple[str, str, str, str], ...] = (
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
    (r"else\s+if\b|else?s?if\b", "else-if", "there is no `else if`", "write `elif`"),
    (
        r"or\s*:\s*$",
        "stray-or",
        "this `or:` follows no `either:`",
        "write `either:` for the first alternative",
    ),
    (
        r"goto\b",
        "no-goto",
        "there is no `goto`",
        "leave with `break` or `return`, and go back with `while True:`; `with LOCK:` releases the lock "
        "on every way out",
    ),
    (r"do\b", "no-do", "there is no `do`", "write `while True:` with a `break`"),
    (r"for\s*\(\s*;\s*;", "no-c-for", "this is an endless loop of C's", "write `while True:`"),
    (
        r"for\s*\(",
        "no-c-for",
        "a loop does not count like C's",
        "write `for i in range(FIRST, LAST + 1):`, or a `while` where the body changes the variable",
    ),
    (r"//|/\*|\*", "no-c-comment", "this is a comment of C's", "comments begin with `#`"),
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
_ANYWHERE: tuple[tuple[str, str, str, str], ...] = (
    (
        r"(?<=[:,(])\s*(struct|enum|union)\b(?=\s+\w)",
        "no-c-declaration",
        "a type is named without what it is",
        "write its name alone: that of a `class` or an `enum`, or `mutex`, `spinlock`, `rwlock`, `rwsem`, "
        "`waitqueue`",
    ),
    (r"\blambda\b", "no-lambda", "there are no lambdas", "write a `def`"),
    (
        r"\b[fF][rR]?(?=[\"'])",
        "no-f-string",
        "there are no f-strings",
        "an `assert` takes a plain text; the trace shows the values",
    ),
    (r"(?<=[\w)\]])\s+is(\s+not)?\b", "no-is", "there is no `is`", "compare with `==` and `!=`"),
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
    (r"&&", "no-c-operator", "`&&` is C's", "write `and`"),
    (r"\|\|", "no-c-operator", "`||` is C's", "write `or`"),
    (r"!(?!=)", "no-c-operator", "`!` is C's", "write `not`"),
    (r"\+\+|--", "no-c-operator", "`++` and `--` are C's", "write `x += 1` and `x -= 1`"),
    (r"=>", "no-operator", "there is no `=>`", "write `implies` in a property, `>=` in a comparison"),
    (r"<>", "no-operator", "there is no `<>`", "write `!=`, or `eventually` in a property"),
    (r"\[\s*\](?=\s*[\w(])", "no-operator", "there is no `[]`", "write `always` in a property"),
    (r"\bnever\b(?=\s+[\w(])", "no-operator", "there is no `never`", "write `always not P`"),
    (r"===|!==", "no-operator", "there are no such signs", "write `==` or `!=`"),
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
    (r";", "no-semicolon", "statements are not joined with `;`", "write one statement a line"),
    (
        r"\{(?=\s*$)|\{(?=[^}]*\n)",
        "no-braces",
        "a block does not stand in braces",
        "end the line with `:` and indent the block",
    ),
    (r"\\", "no-continuation", "lines are not joined with a backslash", "put the expression in parentheses"),
    (r"\.\.\.", "no-ellipsis", "there is no `...`", "write `pass` for an empty block"),
    (
        r"\b\d+(\.\d+|[eE]\d+|[xXoObB]\w+|[uUlL]+\b)",
        "no-number",
        "numbers are whole and decimal",
        "write digits only, as in `4096`",
    ),
)


def habit(line: str, stop: int) -> Finding | None:
    """What in a line that does not parse comes from another language, at its beginning or anywhere up
    to where the parser stopped; the insides of texts and comments are blank in `line`."""
    indent = len(line) - len(line.lstrip())
    for pattern, code, message, help in _BEGINNINGS:
        match = re.compile(pattern).match(line, indent)
        if match:
            return Finding(code, message, help, match.start(), match.end())
    earliest: Finding | None = None
    for pattern, code, message, help in _ANYWHERE:
        match = re.compile(pattern).search(line, indent)
        if match and match.start() <= stop and (earliest is None or match.start() < earliest.start):
            start = match.end() - len(match[0].lstrip())
            earliest = Finding(code, message, help, start, match.end())
    return earliest
