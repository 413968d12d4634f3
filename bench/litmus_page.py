"""Makes docs/litmus.md: the kernel's litmus tests, its results and what weak memory finds here.

    python bench/litmus_page.py

The tests are in tests/translator/litmus.txt, and the tests beside it compare each with what is found.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "translator" / "litmus.txt"
PAGE = ROOT / "docs" / "litmus.md"

_HEAD = """# Litmus tests

What the Linux kernel memory model says of small programs, and what `memory = weak` finds. *Never*: the model
forbids that the program ends so; *sometimes*: it allows it. Under `memory = sc` none of the latter is found.
A test that is *missed* needs what [weak memory does not cover](semantics.md#what-it-does-not-cover).

`x = 1` and `r0 = x` stand for `WRITE_ONCE` and `READ_ONCE`, `=release=` and `=acquire=` for
`smp_store_release` and `smp_load_acquire`, `by r0` for an address that depends on `r0`, `mb`, `rmb` and
`wmb` for the barriers, and `swap x 1 if 2` for a compare-and-exchange, which is an `atomic` block here;
`=mb=` stands for `smp_store_mb`, `xchg`, `cmpxchg`, `add` for the atomic operations, `inc` for one that
returns nothing, `after_atomic` for `smp_mb__after_atomic`. A
task's statements are on one line; everything is 0 in the beginning. The first 65 are those of the kernel's
`tools/memory-model/litmus-tests` and of herd's collection that need neither RCU nor plain accesses.

This page is made by `python bench/litmus_page.py`; the tests run every program.
"""


def page() -> str:
    """The page's text."""
    parts = [part.strip().splitlines() for part in TESTS.read_text().split("=== ")[1:]]
    forbidden = sum(head.endswith(": never") for head, *_ in parts)
    missed = sum(head.endswith("missed") for head, *_ in parts)
    allowed = len(parts) - forbidden
    counted = f"{len(parts)} tests: of {forbidden} *never* none is found; "
    counted += f"of {allowed} *sometimes* {missed} are missed."
    lines = [_HEAD, counted, "", "| test | tasks | ends with | kernel | found |", "|---|---|---|---|---|"]
    for head, *tasks, exists in parts:
        name, result = head.rsplit(": ", 1)
        kernel = result.split(",")[0]
        found = "missed" if "missed" in result else "no" if kernel == "never" else "yes"
        code = "<br>".join(f"`{task}`" for task in tasks)
        lines.append(f"| {name} | {code} | `{exists.removeprefix('exists ')}` | {kernel} | {found} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
