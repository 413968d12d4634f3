"""State graphs: what is in them, and how they are drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from pfnspec.check.load import load
from pfnspec.check.result import Result
from pfnspec.check.states.graph import StateGraph, followed, graph_of
from pfnspec.report.formats.dot import dot_text
from pfnspec.translator import pipeline
from pfnspec.translator.run.interpreter import Interpreter

Fixed = Callable[[str], Result]
Run = Callable[..., "CompletedProcess[str]"]


def by_name(graphs: tuple[StateGraph, ...], name: str) -> StateGraph:
    return next(graph for graph in graphs if graph.model == name)


@pytest.mark.parametrize("name", ["assertion", "deadlock", "livelock"])
def test_a_graph_has_every_state_and_step(
    fixed_graphs: tuple[StateGraph, ...], fixed: Fixed, name: str
) -> None:
    graph = by_name(fixed_graphs, name)
    (cell,) = load(f"{name}.pfn", text=fixed(name).sources[f"{name}.pfn"].text).cells
    interpreter = Interpreter(pipeline.whole(pipeline.about(cell.program)))
    states, complete = interpreter.search(500)
    assert complete and graph.complete
    assert len(graph.nodes) == len(states)
    steps = sum(len(list(interpreter.transitions(state))) for state in states)
    assert sum(len(node.edges or ()) for node in graph.nodes) == steps


@pytest.mark.parametrize("name", ["assertion", "deadlock"])
def test_a_counterexample_is_a_path_of_the_graph(
    fixed_graphs: tuple[StateGraph, ...], fixed: Fixed, name: str
) -> None:
    graph = by_name(fixed_graphs, name)
    ((property, path),) = graph.traces
    finding = next(v.finding for v in fixed(name).verdicts if v.finding is not None)
    assert property == finding.property
    assert property in graph.nodes[path[-1]].violated
    for here, there, step in zip(path, path[1:], finding.steps, strict=False):
        assert any(
            edge.to == there and edge.step.events == step.events for edge in graph.nodes[here].edges or ()
        )


def test_a_behaviour_of_another_model_is_not_followed(fixed: Fixed) -> None:
    finding = next(v.finding for v in fixed("deadlock").verdicts if v.finding is not None)
    (cell,) = load("assertion.pfn", text=fixed("assertion").sources["assertion.pfn"].text).cells
    assert followed(finding, Interpreter(pipeline.whole(pipeline.about(cell.program)))) is None


def test_a_limit_leaves_states_open_and_keeps_the_counterexample(fixed: Fixed) -> None:
    (cell,) = load("assertion.pfn", text=fixed("assertion").sources["assertion.pfn"].text).cells
    graph = graph_of("assertion.pfn", cell, fixed("assertion").verdicts, 4)
    assert not graph.complete
    assert len(graph.traces[0][1]) == 8
    assert sum(node.edges is not None for node in graph.nodes) == 4


def test_graphviz_gets_each_state_and_step_once(fixed_graphs: tuple[StateGraph, ...]) -> None:
    graph = by_name(fixed_graphs, "deadlock")
    text = dot_text([graph])
    assert len(re.findall(r"^    s1_\d+ \[", text, re.MULTILINE)) == len(graph.nodes)
    edges = sum(len(node.edges or ()) for node in graph.nodes)
    assert len(re.findall(r"^    s1_\d+ -> s1_\d+ \[", text, re.MULTILINE)) == edges
    assert text.count("{") == text.count("}")
    assert "deadlock" in text and "first: 8 takes a" in text


def test_a_saved_result_has_no_states_to_draw(pfnspec: Run, fixed: Fixed, tmp_path: Path) -> None:
    model = tmp_path / "m.pfn"
    model.write_text(fixed("sample").sources["sample.pfn"].text, encoding="utf-8")
    ran = pfnspec("check", model, "--engine", "interpreter", "--format", "json")
    (tmp_path / "r.json").write_text(ran.stdout, encoding="utf-8")
    ran = pfnspec("trace", tmp_path / "r.json", "--report", f"dot={tmp_path / 's.dot'}")
    assert ran.returncode == 2
    assert (
        ran.stderr
        == "pfnspec: a saved result has no states to draw: ask `pfnspec check` for --report dot=FILE\n"
    )
    ran = pfnspec("check", model, "--engine", "interpreter", "--report", f"dot={tmp_path / 's.dot'}")
    assert (tmp_path / "s.dot").read_text(encoding="utf-8").startswith("// pfnspec: state graphs\n")
