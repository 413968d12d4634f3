"""Commands that a reader can copy: the words quoted for a shell, whatever is in them."""

from __future__ import annotations

import shlex

from ...check.result import Result, Verdict
from ..visible import meant, visible


def reproduce(result: Result, verdict: Verdict) -> str:
    """The command that shows one finding again."""
    words = ["pfnspec", "check", file_word(meant(result.path))]
    if result.engine != "tlc":
        words += _option("--engine", result.engine)
    for name, value in result.overrides:
        words += _option("--const", f"{meant(name)}={meant(value)}")
    if result.asked is not None and result.asked.memory is not None:
        words += _option("--memory", result.asked.memory)
    if verdict.scenario is not None:
        words += _option("--scenario", verdict.scenario)
    if verdict.policy is not None:
        words += _option("--policy", verdict.policy)
    words += _option("--property", verdict.property)
    return command(words)


def file_word(path: str) -> str:
    """A file is none of the options, though it is called like one."""
    return f"./{path}" if path.startswith("-") and path != "-" else path


def _option(name: str, value: str) -> list[str]:
    value = meant(value)
    return [f"{name}={value}"] if value.startswith("-") else [name, value]


def command(words: list[str]) -> str:
    """Words as a line for a shell."""
    return " ".join(quoted(word) for word in words)


def quoted(word: str) -> str:
    """One word for a shell.  Letters that cannot be shown are written as bash, zsh and ksh read
    them, `$'\\n'`; so is what GitHub's runner would obey."""
    word = meant(word)
    if "##[" in word or not (word.isprintable() or visible(word) is word):
        return f"$'{''.join(_letter(letter) for letter in word)}'".replace("##[", "#\\043[")
    return f'"{word}"' if " " in word and not set(word) & set('"$`\\!') else shlex.quote(word)


_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": "\\'"}


def _letter(letter: str) -> str:
    if letter in _NAMED:
        return _NAMED[letter]
    if visible(letter) is letter:
        return letter
    try:
        there = letter.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        there = letter.encode("utf-8", "surrogatepass")
    return "".join(f"\\{byte:03o}" for byte in there)
