"""The words for syntax errors."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..advice import Advice, Insert, Rewrite, write
from ..diagnostics import did_you_mean
from ..vocabulary.lookup import BEFORE_BLOCK, BEGIN_DECLARATION, BEGIN_STATEMENT, KEYWORDS
from .habits import Finding, habit
from .lexer import masked


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the parser stopped: in the logical line `text` at offset `at`, before `word`, which is
    "indent", "dedent" or "end" for white space; `expected` are the terminals that could have stood
    there, and `head` is the first line of the declaration, "" in that line itself."""

    text: str
    at: int
    word: str
    expected: frozenset[str]
    head: str


_BLOCKS = re.compile(rf"({'|'.join(sorted(BEFORE_BLOCK))})\b")

_TOKENS = {
    "_NEWLINE": "the end of the line", "NAME": "a name", "NUMBER": "a number", "STRING": "a text in quotes",
    "LONG_STRING": "a docstring", "_INDENT": "an indented block", "_DEDENT": "the end of the block",
    "COLON": "`:`", "EQUAL": "`=`", "LPAR": "`(`", "RPAR": "`)`", "LSQB": "`[`", "RSQB": "`]`",
    "LBRACE": "`{`", "RBRACE": "`}`", "COMMA": "`,`", "DOT": "`.`", "VIOLATED": "`violated`",
    "HOLDS": "`holds`", "IN": "`in`", "UNTIL": "`until`", "ON": "`on`", "CPU": "`cpu`",
    "PROCESS": "`process`", "WEAKER": "`weaker`",
}  # fmt: skip

# Declarations that need a type, each with one that it may have.
_TYPED = {"const": "int", "shared": "range(4)", "ghost": "range(4)"}

# Signs that word processors and mathematicians write.
_SIGNS = {
    "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2227": "and", "\u2228": "or", "\u00ac": "not",
    "\u2192": "implies",
    "\u21d2": "implies", "\u2208": "in", "\u2209": "not in", "\u222a": "|", "\u2229": "&", "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-", "\u00d7": "*", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'",
}  # fmt: skip

_DOT = Advice("write `a.b`", (Rewrite("."),))


def opens_block(text: str) -> bool:
    """Whether a line was meant to begin a block."""
    code = masked(text).rstrip()
    return code.endswith((":", "{")) or _BLOCKS.match(code.lstrip(" ")) is not None


def explain(stop: Stop) -> Finding:
    """A syntax error in the words of its cause, as far as the line tells it."""
    line = masked(stop.text)
    if stop.expected == {"OR"}:
        message = "`either:` needs a second alternative above this line"
        return Finding("stray-or", message, "write `or:`, aligned with `either:`", stop.at, stop.at + 1)
    if stop.word == "indent":
        message = "this line is indented, and no block begins above it"
        return Finding(
            "bad-indent", message, "a block begins after a line that ends in `:`", stop.at, stop.at + 1
        )
    if stop.word == "dedent":
        return Finding("empty-block", "no block follows this line", _block_help(line), stop.at, stop.at + 1)
    return habit(line, stop.at) or _by_form(stop, line.strip(), line[: stop.at])


def _block_help(line: str) -> str:
    what = {
        "class": "its fields", "word": "its fields", "enum": "its members", "scenario": "its settings",
        "invariant": "the formula", "property": "the formula", "sometimes": "the formula",
        "recording": "its parts and events",
    }.get(line.split(":")[0].split(" ")[0])  # fmt: skip
    return f"indent {what} below it" if what else "indent the block below it, or write `pass` there"


def _by_form(stop: Stop, line: str, before: str) -> Finding:
    first = re.match(r"\w*", line)[0]  # type: ignore[index]
    end = stop.at + (1 if stop.word == "end" else max(1, len(stop.word.split("\n")[0])))

    def found(code: str, message: str, help: Advice | str | None) -> Finding:
        return Finding(code, message, help, stop.at, end)

    if not stop.head and first not in BEGIN_DECLARATION:
        return Finding("no-declaration", *_declaration(first, line), 0, max(len(first), 1))
    if re.fullmatch(r"[^\w\s()\[\]{}.,:=+*/%|&<>\"'#!-]|[^ -~]", stop.word, re.ASCII):
        return Finding("bad-character", *_character(stop.word, before), stop.at, stop.at + 1)
    if (
        first in ("elif", "else")
        and stop.word != "end"
        and (not before.strip() or (before.strip() == first and "NUMBER" not in stop.expected))
    ):
        start = stop.text.index(first)
        help = "`while` and `for` have none" if first == "else" else "write `if`, or align it with its `if`"
        return Finding("stray-else", f"this `{first}` follows no `if`", help, start, start + len(first))
    if first == "or" and not before.strip():
        return found(
            "stray-or", "this `or:` follows no `either:`", "write `either:` for the first alternative"
        )
    if stop.word == "=" and re.fullmatch(r"\s*[\w.\[\]]+\s*=", before):
        at = stop.at - 1
        help = "assign with `=`, or compare in an `if`, `await` or `assert`"
        return Finding("no-effect", "a comparison is not a statement", help, at, at + 2)
    if stop.word == "=" and first in _TYPED and (name := re.fullmatch(rf"\s*{first}\s+(\w+)\s*", before)):
        help = f"write `{first} {name[1]}: {_TYPED[first]} = ...`"
        return found("syntax", f"`{name[1]}` has no type", help)
    if stop.word == "=" and re.match(r"(if|elif|while|assert|await)\b", line):
        return found("assign-in-condition", "`=` assigns", _instead_of_assigning(line, stop.text[end:]))
    if stop.word == "=" and re.match(r"[\w.\[\]]+\s*[-+*|&%]?=\s*[\w.\[\]]+\s*=", line):
        return found("no-chain-assignment", "one `=` a statement", "assign in two statements")
    if stop.word == "," and _is_tuple(line, before, stop.expected):
        return found("no-tuple", "there are no tuples", _instead_of_tuple(first))
    if first == "with" and stop.word == ",":
        return found("no-tuple", "`with` takes one lock", "nest a second `with` in the block")
    if first == "with" and stop.word == "as":
        return found("no-as", "a lock gets no second name", "write `with LOCK:`")
    if first == "for" and stop.word == ",":
        return found("no-tuple", "a loop has one variable", "nest a second `for` in the block")
    if first == "class" and stop.word == "(":
        return found(
            "no-base-class", "classes have no base classes", "write `class NAME:` with all its fields"
        )
    if (stop.head or line).startswith("enum") and stop.word in ("=", "("):
        return found("bad-member", "the members of an enum are plain names", "write `enum NAME: one, two`")
    if first == "assert" and re.search(r",\s*[\"'].*[\"']\s*$", before):
        return found("plain-text", "the text of an `assert` is written out", "the trace shows the values")
    if stop.word == ":" and before.count("[") > before.count("]"):
        return found("no-slice", "there are no slices", "write one index, and a `for` over several")
    if stop.word == ":" and before.count("{") > before.count("}"):
        return found("no-dict", "there are no dicts", "use an array `T[N]`, or a class with fields")
    if stop.word in ("*", "&") and not re.search(r"[\w)\]]\s*$", before):
        help = "name the variable itself: a parameter of a class or an array is a reference, any other a copy"
        # What a pointer leads to is the variable; whoever takes an address does not mean a copy of its value.
        changes = (Rewrite(""),) if stop.word == "*" else ()
        return found("no-pointer", "there are no pointers", Advice(help, changes))
    if stop.word == ">" and before.endswith("-"):
        at = stop.at - 1
        return Finding("no-c-operator", "`->` is C's", _DOT, at, at + 2)
    if stop.word == "->":
        return found("no-c-operator", "`->` is C's", _DOT)
    if stop.word == "end":
        return _early_end(stop, line, first)
    word = re.search(r"(\w+)\s*$", before)
    if word and word[1] in KEYWORDS and not stop.expected & {"NUMBER", "STRING"}:
        return Finding("syntax", f"`{word[1]}` cannot stand here", None, word.start(1), word.end(1))
    if stop.expected == {"_DEDENT"} and stop.head.startswith(("invariant", "property", "sometimes")):
        return found("syntax", "a formula is one expression", "join its lines with `and` or `or`")
    advice = _expectation(stop.expected)
    if "EQUAL" in stop.expected and re.fullmatch(r"[\w.\[\]]+\s*", before.strip()):
        advice = "a statement is an assignment, a call, or begins with a word such as `if`"
    shown = (
        "a docstring"
        if stop.word.startswith('"""')
        else "a text"
        if stop.word[0] in "\"'"
        else f"`{stop.word}`"
    )
    return found("syntax", f"{shown} cannot stand here", advice)


def _early_end(stop: Stop, line: str, first: str) -> Finding:
    at = stop.at
    if re.fullmatch(r"[A-Za-z_]\w*:", line) and first not in KEYWORDS:
        return Finding("no-goto", f"`{line}` is a label of C's", write(f"label {first}"), at - len(line), at)
    if "COLON" in stop.expected and _BLOCKS.match(line):
        help = Advice("a block begins with `:`", (Insert(":", before=True),))
        return Finding("missing-colon", "the line ends without a `:`", help, at, at + 1)
    if stop.head.startswith(("class", "word")) and first == "pass":
        return Finding(
            "empty-class", "a class has at least one field", "write `NAME: TYPE`", at - len(line), at
        )
    if first in ("shared", "ghost", "const", "type") and re.search(r"(\w|:)$|^type.*=$", line):
        missing = "a name" if line == first else "a type"
        form = "write `type NAME = TYPE`" if first == "type" else f"write `{first} NAME: TYPE`"
        return Finding("syntax", f"the line ends too early: {missing} is missing", form, at, at + 1)
    advice = None
    if re.search(r"([-+*/%|&<>]|[=!<>]=|\b(and|or|not|in|implies))$", line) and first != "for":
        advice = "put it in parentheses to continue on the next line"
    return Finding(
        "syntax", f"the line ends too early: {_wanted(stop.expected)} is missing", advice, at, at + 1
    )


def _instead_of_assigning(line: str, value: str) -> Advice | str:
    """What to write for an assignment in a condition: C assigns there what a call returns, and tests it."""
    if not re.match(r"\s*\w+\s*\(", value):
        return Advice("compare with `==`", (Rewrite("=="),))
    if line.startswith("while"):
        return "assign and test in a `while True:` with a `break`"
    return "assign in the line above, and test what was assigned"


def _is_tuple(line: str, before: str, expected: frozenset[str]) -> bool:
    if re.match(r"(for|with|class|enum|expect|accept|def)\b", line):
        return False
    opened = before.rfind("(")
    grouped = (
        opened >= 0
        and before.count("(") > before.count(")")
        and not re.search(r"[\w\])]\s*$", before[:opened])
    )
    called = before.count("(") > before.count(")") and not grouped
    keyword = re.search(r"\b(assert|return|in|and|or|not|if|while|await)\s*$", before[: max(opened, 0)])
    return grouped or bool(called and keyword) or ("RPAR" not in expected and not called)


def _instead_of_tuple(first: str) -> str:
    if first == "assert":
        return 'write `assert CONDITION, "why"` without parentheses'
    if first in ("const", "type", "shared", "ghost", "def"):
        return "declare a class with fields"
    if first in ("invariant", "property", "sometimes"):
        return "write the formula alone; its name is its text"
    if first == "return":
        return "return one value, and store the others in an object that is passed"
    return "write one assignment a line, through a local where one reads what another has changed"


def _declaration(first: str, line: str) -> tuple[str, Advice | str]:
    """What to say of a line at the left margin that begins no declaration."""
    if first in BEGIN_STATEMENT or re.match(r"[\w.]+\(", line):
        return "a statement stands here outside any process", "indent it in the body of a `process` or `def`"
    if re.match(r"\w+\s*:", line):
        return (
            f"`{first}` is declared without a word for what it is",
            "begin with `shared`, `ghost` or `const`",
        )
    if re.match(r"[\w.]+\s*[-+]?=", line):
        return (
            "an assignment stands here outside any process",
            "declare it with `const NAME: int = ...` or `shared NAME: T = ...`",
        )
    if not first:
        return (
            f"`{line.split()[0]}` begins no declaration",
            "a file holds declarations, such as `shared x: bool`",
        )
    return f"`{first}` begins no declaration", did_you_mean(first, BEGIN_DECLARATION) or (
        "these do: " + ", ".join(f"`{word}`" for word in BEGIN_DECLARATION)
    )


def _character(word: str, before: str) -> tuple[str, Advice | str | None]:
    shown = f"`{word}`" if word.isprintable() and word != "`" else f"U+{ord(word):04X}"
    if word in _SIGNS:
        advice = write(_SIGNS[word])
        # A text has two quotes, of which this is one.
        return f"the sign {shown} has no meaning here", advice.text if _SIGNS[word] in "\"'" else advice
    if word.isalpha() or (word.isalnum() and re.search(r"\w$", before)):
        return f"the letter {shown} cannot be part of a name", "names are made of a-z, A-Z, 0-9 and `_`"
    if word.isspace():
        blank = Advice("write a plain space", (Rewrite(" "),))
        return f"the white space U+{ord(word):04X} has no meaning here", blank
    return f"the character {shown} has no meaning here", None


def _wanted(expected: frozenset[str]) -> str:
    names = sorted(_TOKENS[name] for name in expected if name in _TOKENS and name[0] != "_")
    if {"NAME", "NUMBER"} <= expected:
        return "an expression"
    if not names:
        return "something"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def _expectation(expected: frozenset[str]) -> str | None:
    if {"NAME", "NUMBER"} <= expected:
        return "an expression is expected"
    known = [name for name in expected if name in _TOKENS and name not in ("_DEDENT", "_INDENT")]
    if 0 < len(known) <= 4:
        return f"{_wanted(expected)} is expected" if known != ["_NEWLINE"] else "the line should end here"
    return None
