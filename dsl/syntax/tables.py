"""The parser's tables, which take half a second to compute, kept in a file between runs.

The file is data: texts, numbers and what holds them, behind a digest.  It has the form of a pickle, since
that is what the standard library reads fastest, but a pickle that may name nothing: it can make no object and
call no function.  Who can write the file can make the parser read a text otherwise, as he could with a
verdict that is kept, and nothing more.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from contextlib import suppress
from typing import Any, NoReturn

from lark import Lark, __version__
from lark.grammar import Rule
from lark.lexer import TerminalDef


def lark(grammar: str, options: dict[str, Any], file: str | None) -> Lark:
    """The parser of a grammar.  `file` is where its tables are, or will be; None: they are computed.

    What cannot be read is computed anew, and what cannot be written is not kept.
    """
    if file is None:
        return Lark(grammar, **options)
    mark = _mark(grammar, options)
    known = _read(file, mark)
    if known is not None:
        try:
            return Lark._load_from_dict(*known, **_changing(options))  # type: ignore[no-any-return,no-untyped-call]
        except Exception:
            pass  # Tables that fit their digest and are none: it was not us who wrote them.
    made = Lark(grammar, **options)
    _write(file, mark, made)
    return made


def _changing(options: dict[str, Any]) -> dict[str, Any]:
    """The options that are no part of the tables."""
    return {name: value for name, value in options.items() if name == "postlex"}


class _Plain(pickle.Unpickler):
    """Reads what is made of texts, numbers and containers."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is no data")


def _mark(grammar: str, options: dict[str, Any]) -> bytes:
    """What the tables depend on."""
    plain = sorted((name, repr(value)) for name, value in options.items() if name not in _changing(options))
    return hashlib.sha256(repr((grammar, plain, __version__)).encode()).hexdigest().encode()


def _read(file: str, mark: bytes) -> tuple[dict[str, Any], dict[int, Any]] | None:
    """The tables and what they share, as Lark takes them; None where there are none."""
    try:
        with open(file, "rb") as opened:
            head, _, kept = opened.read().partition(b"\n")
        if head != mark + b" " + hashlib.sha256(kept).hexdigest().encode():
            return None
        data, memo = _Plain(io.BytesIO(kept)).load()
        return data, memo
    except Exception:
        # What a pickle can go wrong with is no closed list.
        return None


def _write(file: str, mark: bytes, made: Lark) -> None:
    """Keeps the tables; the file appears whole."""
    data, memo = made.memo_serialize([TerminalDef, Rule])
    data["options"] = {name: value for name, value in data["options"].items() if name != "postlex"}
    kept = pickle.dumps((data, memo), protocol=pickle.HIGHEST_PROTOCOL)
    beside = f"{file}.{os.urandom(4).hex()}"
    try:
        with open(beside, "xb") as opened:
            opened.write(mark + b" " + hashlib.sha256(kept).hexdigest().encode() + b"\n" + kept)
        os.replace(beside, file)
    except OSError:
        with suppress(OSError):
            os.unlink(beside)
