"""How traces are laid out: which rows name a file, and when columns are given up."""

from __future__ import annotations

from pfnspec.dsl.source import Span
from pfnspec.report.text.words import layout
from pfnspec.translator.program.findings import Event, TraceStep
from pfnspec.translator.program.values import Task

A, B = Task("a", 0), Task("b", 0, only=True)


def steps(*told: tuple[Task, str, int], where: str = "x") -> tuple[TraceStep, ...]:
    """A step per task, file and line; each reads `where`."""
    made: list[TraceStep] = []
    for number, (task, path, line) in enumerate(told, start=1):
        span = Span(path, line, 1, line, 2)
        events = (Event("read", span, where, 1, None, ""),)
        made.append(TraceStep(number, task, "load", span, (), events, ()))
    return tuple(made)


def rows(trace: tuple[TraceStep, ...], width: int = 100) -> list[str]:
    laid = layout(trace, (A, B), "main.pfn", width)
    return [*laid.head, *(row for step in laid.steps for row in step)]


def test_the_main_file_is_not_named() -> None:
    found = rows(steps((A, "main.pfn", 7), (B, "main.pfn", 12), (A, "main.pfn", 8)), 60)
    assert found == [
        "     a[0]                       b",
        "  1   7 reads x = 1",
        "  2                             12 reads x = 1",
        "  3   8 reads x = 1",
    ]


def test_a_single_other_file_is_named_once() -> None:
    found = rows(steps((A, "base.pfn", 7), (B, "base.pfn", 8), (A, "base.pfn", 9)), 60)
    assert found[1:] == [
        "  1  base:7 reads x = 1",
        "  2                             8 reads x = 1",
        "  3  9 reads x = 1",
    ]


def test_a_file_is_named_where_a_column_changes_to_it() -> None:
    trace = steps(
        (A, "base.pfn", 7), (B, "main.pfn", 8), (A, "base.pfn", 9), (B, "base.pfn", 8), (A, "main.pfn", 1),
        (B, "base.pfn", 9),
    )  # fmt: skip
    assert rows(trace, 60)[1:] == [
        "  1  base:7 reads x = 1",
        "  2                             8 reads x = 1",
        "  3  9 reads x = 1",
        "  4                             base:8 reads x = 1",
        "  5  main:1 reads x = 1",
        "  6                             9 reads x = 1",
    ]


def test_in_one_column_a_file_is_named_where_it_changes_from_row_to_row() -> None:
    trace = steps((A, "base.pfn", 7), (B, "main.pfn", 8), (A, "base.pfn", 9), where="y" * 40)
    laid = layout(trace, (A, B), "main.pfn", 60)
    assert laid.head == ()
    assert [step[0].split(" reads")[0] for step in laid.steps] == [
        "  1  a[0]  base:7", "  2  b     main:8", "  3  a[0]  base:9",
    ]  # fmt: skip


def test_no_word_is_cut_for_the_sake_of_columns() -> None:
    word = "a_rather_long_name.of_a_field"
    assert rows(steps((A, "main.pfn", 7), (B, "main.pfn", 8), where=word), 60)[0].startswith("  1  a[0]")
    assert rows(steps((A, "main.pfn", 7), (B, "main.pfn", 8), where=word), 80)[0].startswith("     a[0]")


def test_stem_and_loop_have_the_same_columns() -> None:
    """They are laid out as one trace: what is long on the loop decides about the stem as well."""
    short, long = steps((A, "main.pfn", 7)), steps((B, "main.pfn", 1234), where="y" * 40)
    both = (*short, *long)
    assert layout(both, (A, B), "main.pfn", 60).steps[0] == ("  1  a[0]     7 reads x = 1",)
    assert layout((), (A, B), "main.pfn", 60).steps == ()
