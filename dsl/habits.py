"""What a Python user would try, and what to write instead: the words for syntax errors."""

from __future__ import annotations

import re

# A line that begins like this is explained by its first word, wherever the parser stopped.
_LINES: tuple[tuple[str, str, str, str], ...] = (
    (r"(import|from)\b", "no-import", "there is nothing to import", "a model is one file; share parts with `model NAME varies \"base.pfn\"`"),
    (r"(async|yield|await\s+\w+\()", "no-async", "there is no asynchronous code", "every `process` runs concurrently; `await CONDITION` blocks until it is true"),
    (r"(try|except|finally|raise)\b", "no-exceptions", "there are no exceptions", "test the condition with `if`; state what must hold with `assert`"),
    (r"lambda\b", "no-lambda", "there are no lambdas", "write a `def`"),
    (r"(global|nonlocal)\b", "no-global", "nothing needs to be declared global", "every process sees the `shared` declarations"),
    (r"del\b", "no-delete", "nothing can be deleted", "assign `None` to a `T | None`"),
    (r"(match|case)\b", "no-match", "there is no `match`", "use `if`, `elif` and `else`"),
    (r"@", "no-decorator", "there are no decorators", "write `atomic:`, `daemon process` or `unfair process`"),
    (r"def\s+\w+\s*\(\s*self\b", "no-method", "classes have fields only", "write a `def` that takes the object as a parameter"),
)  # fmt: skip

# Within a line: what the parser stopped at, or what stands around it.
_WORDS: tuple[tuple[str, str, str, str], ...] = (
    (r"lambda\b", "no-lambda", "there are no lambdas", "write a `def`"),
    (r"f[\"']", "no-f-string", "there are no f-strings", "an `assert` takes a plain text; the trace shows the values"),
    (r"is\b", "no-is", "there is no `is`", "compare with `==` and `!=`"),
    (r"if\b", "no-conditional", "there is no conditional expression", "use an `if` statement"),
    (r":=", "no-walrus", "there is no `:=`", "assign first, then test"),
    (r"\*\*|[@^~]|<<|>>|/(?!/)", "no-operator", "there is no such operator", "there are + - * // % and | & - on sets"),
    (r"&&|\|\||!(?!=)", "no-c-operator", "this is C's operator", "write `and`, `or`, `not`"),
    (r"->|\+\+|--", "no-c-operator", "this is C's operator", "write `a.b` for `a->b`, and `x += 1` for `x++`"),
    (r"[;]", "no-semicolon", "statements are not joined with `;`", "one statement a line"),
)  # fmt: skip

_TOKENS = {
    "_NEWLINE": "the end of the line", "NAME": "a name", "NUMBER": "a number", "STRING": 'a text in `"`',
    "LONG_STRING": "a docstring", "_INDENT": "an indented block", "_DEDENT": "the end of the block",
    "COLON": "`:`", "EQUAL": "`=`", "LPAR": "`(`", "RPAR": "`)`", "LSQB": "`[`", "RSQB": "`]`",
    "LBRACE": "`{`", "RBRACE": "`}`", "COMMA": "`,`", "DOT": "`.`", "VIOLATED": "`violated`",
    "HOLDS": "`holds`", "IN": "`in`", "UNTIL": "`until`", "ON": "`on`",
}  # fmt: skip


def explain(
    line: str, word: str, column: int, expected: set[str], whole: str
) -> tuple[str, str, str | None]:
    """Code, message and help for a syntax error.

    `line` is the stripped logical line, `word` what the parser stopped at, `column` (from 0) where
    in the physical line `whole`, `expected` the terminals that could have stood there.
    """
    for pattern, code, message, help in _LINES:
        if re.match(pattern, line):
            return code, message, help
    rest, before = whole[column:], whole[:column]
    for pattern, code, message, help in _WORDS:
        if re.match(pattern, rest):
            return code, message, help
    if before.endswith("f") and rest[:1] in "\"'" and rest:
        return "no-f-string", "there are no f-strings", "an `assert` takes a plain text"
    if rest[:1] in "+-" and before.rstrip()[-1:] == rest[:1]:
        return "no-c-operator", "this is C's operator", "write `x += 1` for `x++`"
    if rest[:1] in "&|" and before.rstrip()[-1:] == rest[:1]:
        return "no-c-operator", "this is C's operator", "write `and`, `or`, `not`"
    if rest[:1] in "*/" and before.rstrip()[-1:] == rest[:1]:
        return "no-operator", "there is no such operator", "there are + - * // %"
    if re.match(r"[\w.\[\]]+(\s*,\s*[\w.\[\]]+)+\s*=[^=]", line) or (
        rest[:1] == "," and "RPAR" not in expected and re.search(r"=(?!=)", line)
    ):
        return "no-tuple", "there are no tuples", "one assignment a line; `atomic:` makes them one step"
    if re.match(r"\w+\s*:\s*\S", line) and line.startswith(("if", "while", "for", "with", "else")):
        pass
    if word == "=" and re.match(r"(if|elif|while|assert|await)\b", line):
        return "assign-in-condition", "`=` assigns", "compare with `==`"
    if word == "=" and re.match(r"[\w.]+\s*=.*=", line):
        return "no-chain-assignment", "one `=` a statement", "assign in two statements"
    if word == "else" and re.match(r"(while|for)\b", line) is None and line.startswith("else"):
        return "stray-else", "this `else` follows no `if`", "`while` and `for` have none"
    if line.startswith("elif"):
        return "stray-else", "this `elif` follows no `if`", None
    if word == "indent":
        return "bad-indent", "this line is indented, and no block begins above it", "blocks begin after a `:`"
    if word == "dedent" or ("_INDENT" in expected and len(expected) <= 2):
        return "empty-block", "a block is expected below this line", "write `pass` for an empty one"
    if word == "end":
        if "COLON" in expected and re.match(
            r"(if|elif|else|while|for|with|process|daemon|unfair|def|class|either|or|atomic|policy)\b", line
        ):
            return "missing-colon", "the line ends without a `:`", "a block begins with `:`"
        return "syntax", f"the line ends too early: {_wanted(expected)} is missing", None
    if line.startswith("enum") and rest[:1] == "=":
        return "syntax", "the members of an enum are not numbered", "list their names"
    if not word.isprintable() or not word.isascii():
        return "bad-character", f"the character {ascii(word)} has no meaning here", None
    return "syntax", f"`{word}` cannot stand here", _expectation(expected)


def _wanted(expected: set[str]) -> str:
    names = sorted(_TOKENS[name] for name in expected if name in _TOKENS and name[0] != "_")
    if {"NAME", "NUMBER"} <= expected:
        return "an expression"
    if not names:
        return "something"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def _expectation(expected: set[str]) -> str | None:
    if {"NAME", "NUMBER"} <= expected:
        return "an expression is expected"
    known = [name for name in expected if name in _TOKENS]
    if 0 < len(known) <= 4:
        return f"{_wanted(expected)} is expected" if known != ["_NEWLINE"] else "the line should end here"
    return None
