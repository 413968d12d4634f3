"""What can be taken away: each form of code is found, at its place."""

from __future__ import annotations

from pfnspec.ablation.changes import changes
from pfnspec.check.load import load
from pfnspec.dsl.vocabulary.lookup import word_of
from pfnspec.dsl.vocabulary.weaker import WEAKER

FORMS = """model forms
shared a: spinlock
shared b: mutex
shared r: rwsem
shared x: bool
shared y: bool
shared n: range(5)
ghost g: bool

process first[2]:
    flags: bool = False
    with b:
        x = True
        label inside
        y = True
        g = True
    r.down_read()
    x = y
    r.up_read()
    spin_lock_irqsave(a, flags)
    y = False
    x = False
    spin_unlock_irqrestore(a, flags)
    atomic:
        x = True
        y = True
    if x:
        cpu_relax()
    elif y and not x:
        cpu_relax()
    else:
        cond_resched()
    if maybe():
        smp_store_release(x, True)
    while True:
        while x:
            x = smp_load_acquire(y)
        break
    while maybe():
        cond_resched()
    atomic_inc(n)
"""


def test_every_form_is_found() -> None:
    loaded = load("forms.pfn", text=FORMS)
    assert loaded.specification is not None and loaded.cells, loaded.diagnostics
    found = changes(loaded.specification)
    source = loaded.sources["forms.pfn"]
    assert [
        f"{one.place.line} {one.kind}: {source.excerpt(one.place)} {one.how} {one.instead}".rstrip()
        for one in found
    ] == [
        "12 section: with b: gone",
        "12 section: with b: later",
        "12 section: with b: earlier",
        "13 store: x = True gone",
        "15 store: y = True gone",
        "17 section: r.down_read() gone",
        "18 store: x = y gone",
        "20 section: spin_lock_irqsave(a, flags) gone",
        "20 section: spin_lock_irqsave(a, flags) later",
        "20 section: spin_lock_irqsave(a, flags) earlier",
        "21 store: y = False gone",
        "21 order: y = False swapped",
        "22 store: x = False gone",
        "25 store: x = True gone",
        "26 store: y = True gone",
        "27 test: if x: never",
        "27 test: if x: always",
        "29 test: elif y and not x: never",
        "29 test: elif y and not x: always",
        "29 condition: y gone",
        "29 condition: not x gone",
        "34 store: smp_store_release(x, True) gone",
        "34 barrier: smp_store_release(x, True) weaker WRITE_ONCE",
        "35 loop: while True: once",
        "36 loop: while x: once",
        "37 store: x = smp_load_acquire(y) gone",
        "37 barrier: smp_load_acquire(y) weaker READ_ONCE",
        "41 store: atomic_inc(n) gone",
    ]
    assert len({repr(one.applied(loaded.specification)) for one in found}) == len(found)


def test_each_word_that_stands_for_another_takes_the_same() -> None:
    for word, others in WEAKER.items():
        for other in others:
            stronger, weaker = word_of(word), word_of(other)
            assert stronger is not None and weaker is not None
            assert stronger.parameters == weaker.parameters, (word, other)


def test_a_loop_that_a_goto_leaves_comes_round_by_what_it_finds() -> None:
    loop = "    while True:\n        if n:\n            goto out\n    label out\n"
    text = f"model g\nshared n: bool\nprocess p:\n{loop}process q:\n    n = True\n"
    loaded = load("g.pfn", text=text)
    assert loaded.specification is not None and loaded.cells, loaded.diagnostics
    assert [one.how for one in changes(loaded.specification) if one.kind == "loop"] == ["once"]
