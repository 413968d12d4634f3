"""State graphs in the language of Graphviz."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ...check.states.graph import StateGraph
from ..text.behaviour import where_text
from ..text.words import in_words, place
from ..visible import shown

COLOURS = ("#1f5fbf", "#a2480c", "#17703a", "#7a3fb0", "#a61e5c", "#0b6d78", "#6b6100", "#4c4f9e")


def dot_text(graphs: Iterable[StateGraph]) -> str:
    """A digraph with a cluster for each graph: a node for each state, with where the tasks are and what is no
    longer as at first; an edge for each step, in the colour of its task.

    States in which a property does not hold are red; those whose steps were not looked at are dashed.
    """
    lines = ["// pfnspec: state graphs", "digraph pfnspec {"]
    lines += [
        '  node [shape=box, style=rounded, fontname="monospace", fontsize=10];',
        '  edge [fontname="monospace", fontsize=9];',
    ]
    for number, graph in enumerate(map(shown, graphs), start=1):
        title = f"{graph.model} {where_text(graph.scenario, graph.policy)}".rstrip()
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(title)};"]
        first = graph.nodes[0].values if graph.nodes else ()
        for i, node in enumerate(graph.nodes):
            told = [
                f"{task} {'ended' if span is None else place(span, graph.path)}"
                for task, span in zip(graph.tasks, node.at, strict=True)
            ]
            moved = [
                f"{name} = {value}"
                for name, value, old in zip(graph.names, node.values, first, strict=True)
                if value != old
            ]
            looks = [f"label={_quoted(chr(10).join([f'{i}', *told, *moved, *node.violated]))}"]
            if node.violated:
                looks.append('color="#b3141e", fontcolor="#b3141e", penwidth=2')
            if node.edges is None:
                looks.append('style="rounded,dashed"')
            lines.append(f"    s{number}_{i} [{', '.join(looks)}];")
        for i, node in enumerate(graph.nodes):
            for edge in node.edges or ():
                text = "; ".join(f"{place(span, graph.path)} {words}" for span, words in in_words(edge.step))
                task = graph.tasks.index(str(edge.step.task))
                colour = COLOURS[task % len(COLOURS)]
                label = _quoted(f"{edge.step.task}: {text}")
                looks = [f"label={label}", f'color="{colour}"', f'fontcolor="{colour}"']
                lines.append(f"    s{number}_{i} -> s{number}_{edge.to} [{', '.join(looks)}];")
        lines.append("  }")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    """A text as Graphviz reads it: only quotes and backslashes mean something, a line end is `\\n`."""
    return json.dumps(text, ensure_ascii=False)
