"""A state graph as the data of a page in which a reader steps freely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...check.saved.data import Data
from ...check.states.graph import StateGraph
from ...dsl.source import Span
from ..text.behaviour import where_text
from ..text.words import in_words, place

DRAWN = 60
"""Graphs of so many states are drawn."""


@dataclass(frozen=True, slots=True)
class Explorer:
    """A graph on a page: its number, which cell it is of, how many states it has, what the script knows."""

    number: int
    title: str
    states: int
    complete: bool
    drawn: bool
    data: Data


def explorer(number: int, graph: StateGraph, traces: Mapping[str, int], files: Mapping[str, int]) -> Explorer:
    """`traces` are the numbers of the page's traces by property, `files` those of its files by path.

    A state is told by what is different from one before it: the number of that one, then pairs of a place
    (counted over names and then tasks) and a value (counted in `texts`).
    """
    texts: dict[str, int] = {}

    def text(value: str) -> int:
        return texts.setdefault(value, len(texts))

    def line(span: Span | None) -> str:
        return "" if span is None or span.path not in files else f"{files[span.path]}:{span.line}"

    rows = [(*node.values, *map(line, node.at)) for node in graph.nodes]
    parents: dict[int, int] = {}
    for i, node in enumerate(graph.nodes):
        for edge in node.edges or ():
            if edge.to > i:
                parents.setdefault(edge.to, i)
    states: list[list[int]] = []
    for i, row in enumerate(rows):
        before = rows[parents[i]] if i in parents else ("",) * len(row)
        found = [parents.get(i, -1)]
        for slot, (old, new) in enumerate(zip(before, row, strict=True)):
            if old != new or i not in parents:
                found += [slot, text(new)]
        states.append(found)
    edges: list[list[int] | None] = []
    for node in graph.nodes:
        if node.edges is None:
            edges.append(None)
            continue
        flat: list[int] = []
        for edge in node.edges:
            told = "; ".join(f"{place(span, graph.path)} {words}" for span, words in in_words(edge.step))
            flat += [edge.to, graph.tasks.index(str(edge.step.task)), text(told)]
        edges.append(flat)
    data: Data = {
        "graph": number,
        "tasks": list(graph.tasks),
        "names": list(graph.names),
        "texts": list(texts),
        "states": states,
        "edges": edges,
        "violated": {str(i): list(node.violated) for i, node in enumerate(graph.nodes) if node.violated},
        "traces": {str(traces[name]): list(path) for name, path in graph.traces if name in traces},
    }
    where = where_text(graph.scenario, graph.policy)
    drawn = graph.complete and len(graph.nodes) <= DRAWN
    return Explorer(number, f"{graph.model} {where}".rstrip(), len(graph.nodes), graph.complete, drawn, data)
