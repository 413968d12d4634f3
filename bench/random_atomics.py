"""Atomic operations in a random model.

`with_atomics(text, seed)` is a model's text in which some assignments to shared variables are atomic
operations, and some conditions are joined with what such an operation returns.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

_SHARED = re.compile(
    r"shared (\w+): (bool|range\(3\)|range\(2\)|Phase|set\[range\(2\)\])(?: = .*)?$", re.MULTILINE
)
_STORE = re.compile(r"( +)(\w+)(?: [-+]?= |\.(?:add|remove|discard)\().*$")
_TEST = re.compile(r"( +(?:if|while|wait(?: \(\w+\))? until) )(.+?)(:| on wq.*)$")
_VALUES = {
    "bool": ("True", "False"),
    "Phase": ("idle", "busy", "done"),
    "range(2)": ("0", "1"),
    "range(3)": ("0", "1", "2"),
}
_LOCK = re.compile(r"( +)(\w+)\.(\w*lock|down_\w+|up_\w+)\(\)$")
_LOCKS = re.compile(r"shared (\w+): (spinlock|mutex|rwlock|rwsem)$", re.M)
_VARIANTS = ("", "", "_relaxed", "_acquire", "_release")


class _Atomics:
    def __init__(self, text: str, seed: int, *, looks: bool) -> None:
        self.looks = looks
        self.random = random.Random(seed + 5)
        self.lines = text.split("\n")
        self.locks: dict[str, str] = dict(_LOCKS.findall(text))
        self.declared: dict[str, str] = dict(_SHARED.findall(text))

    def one(self, *options: str) -> str:
        return self.random.choice(options)

    def text(self) -> str:
        if not self.declared:
            return "\n".join(self.lines)
        return "\n".join(self.changed())

    def changed(self) -> Iterator[str]:
        code = False
        for line in self.lines:
            if line[:1].strip():
                code = re.match(r"(daemon |unfair )*process |def ", line) is not None
            store, test = _STORE.fullmatch(line), _TEST.fullmatch(line)
            lock = _LOCK.fullmatch(line)
            if code and lock and lock[2] in self.locks:
                kind = {"spinlock": "spin_", "mutex": "mutex_"}.get(self.locks[lock[2]], "")
                yield f"{lock[1]}{kind}{lock[3]}(&{lock[2]})"
            elif code and store and store[2] in self.declared and self.random.randrange(100) < 60:
                yield from self.stored(store[1])
            elif code and test and " else" not in line and self.random.randrange(100) < 25:
                pair = [self.tested(), f"({test[2]})"]
                self.random.shuffle(pair)
                yield f"{test[1]}{self.one(' and ', ' or ').join(pair)}{test[3]}"
            else:
                yield line

    def stored(self, indent: str) -> Iterator[str]:
        if self.random.randrange(100) < 30:
            yield f"{indent}if {self.tested()}:"
            yield f"{indent}    {self.statement()}"
        else:
            yield f"{indent}{self.statement() if self.random.randrange(100) < 90 else self.claim()}"

    def claim(self) -> str:
        """An assertion of the kernel's."""
        if self.locks and self.random.randrange(100) < 40:
            lock = self.random.choice(sorted(self.locks))
            return f"lockdep_assert_{self.one('', 'not_')}held(&{lock})"
        name, sort = self.place()
        value = "set()" if sort.startswith("set") else _VALUES[sort][0]
        return f"{self.one('BUG_ON', 'WARN_ON')}({self.tested()} and {name} {self.one('==', '!=')} {value})"

    def place(self) -> tuple[str, str]:
        return self.random.choice(sorted(self.declared.items()))

    def statement(self) -> str:
        name, sort = self.place()
        if sort.startswith("set"):
            word = self.one("set_bit", "clear_bit", "test_and_set_bit", "clear_bit_unlock")
            return f"{word}({self.one('0', '1')}, &{name})"
        if sort.startswith("range") and self.random.randrange(100) < 60:
            plain = (
                f"atomic_inc(&{name})", f"atomic_dec(&{name})", f"atomic_add({self.one('1', '2')}, &{name})",
                f"atomic_sub(1, &{name})", f"atomic_set(&{name}, {self.one('0', '1')})",
                f"refcount_inc(&{name})",
                f"refcount_dec(&{name})", f"atomic_inc_not_zero(&{name})", f"refcount_dec_and_test(&{name})",
                f"refcount_add(1, &{name})", f"refcount_set(&{name}, 1)", f"atomic_add_unless(&{name}, 1, 1)",
            )  # fmt: skip
            return self.one(*plain)
        values = _VALUES[sort]
        return self.one(
            f"xchg{self.one(*_VARIANTS)}(&{name}, {self.one(*values)})",
            f"cmpxchg{self.one(*_VARIANTS)}(&{name}, {self.one(*values)}, {self.one(*values)})",
        )

    def tested(self) -> str:
        """A condition in which an operation is done."""
        no = self.one("", "", "not ")
        seen = {"spinlock": "spin_is_locked", "mutex": "mutex_is_locked", "rwsem": "rwsem_is_locked"}
        locks = [(name, seen[kind]) for name, kind in sorted(self.locks.items()) if kind in seen]
        if self.looks and locks and self.random.randrange(100) < 15:
            lock, word = self.random.choice(locks)
            return f"{no}{word}(&{lock})"
        name, sort = self.place()
        if sort.startswith("set"):
            word = self.one("test_and_set_bit", "test_and_clear_bit", "test_and_set_bit_lock", "test_bit")
            return f"{no}{word}({self.one('0', '1')}, &{name})"
        if sort.startswith("range") and self.random.randrange(100) < 60:
            number, less = self.one("0", "1"), self.one("==", "!=", "<")
            return self.one(
                f"{no}atomic_dec_and_test(&{name})", f"{no}atomic_inc_not_zero(&{name})",
                f"{no}atomic_add_unless(&{name}, 1, {number})", f"{no}atomic_inc_and_test(&{name})",
                f"atomic_inc_return{self.one(*_VARIANTS)}(&{name}) {less} {number}",
                f"atomic_fetch_dec{self.one(*_VARIANTS)}(&{name}) {less} {number}",
                f"{number} == atomic_fetch_add({number}, &{name})",
                f"atomic_sub_return(1, &{name}) {less} {number}",
                f"{no}refcount_dec_and_test(&{name})", f"{no}refcount_inc_not_zero(&{name})",
                f"{no}refcount_dec_not_one(&{name})", f"{no}atomic_sub_and_test(1, &{name})",
                f"atomic_read(&{name}) == {number}",
                f"atomic_fetch_add_unless(&{name}, 1, {number}) == {number}",
            )  # fmt: skip
        values = _VALUES[sort]
        value = self.one(*values)
        return self.one(
            f"xchg{self.one(*_VARIANTS)}(&{name}, {value}) == {self.one(*values)}",
            f"cmpxchg{self.one(*_VARIANTS)}(&{name}, {value}, {self.one(*values)}) != {value}",
        )


def with_atomics(text: str, seed: int, *, weak: bool = False) -> str:
    """A model that does more in one step; it may be refused, as any random model. `weak`: for weak memory,
    which has no rule for a look at a lock."""
    return _Atomics(text, seed, looks=not weak).text()
