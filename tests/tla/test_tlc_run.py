"""Every kind of outcome, from the real TLC."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pfnspec.tla import Failed, Function, Holds, Job, Outcome, Tools, Totals, Violated, run
from pfnspec.tla.outcome import Progress

Check = Callable[..., Outcome]


def xs(outcome: Outcome) -> list[object]:
    assert isinstance(outcome, Violated)
    return [state.values["x"] for state in outcome.trace.states]


def test_holds_and_leaves_nothing_behind(check: Check, temporary: Path) -> None:
    outcome = check()
    assert isinstance(outcome, Holds)
    assert outcome.totals == Totals(generated=8, distinct=7, left=0, depth=7)
    assert outcome.version
    assert outcome.seconds > 0
    assert "@!@!@STARTMSG 2193" in outcome.raw
    assert outcome.directory is None
    assert list(temporary.iterdir()) == []


def test_liveness_holds(check: Check) -> None:
    outcome = check("P == <>(x = 3)", "SPECIFICATION Fair\nPROPERTY P", liveness=True, workers=2)
    assert isinstance(outcome, Holds)
    assert "with 1 worker " in outcome.raw


def test_invariant(check: Check) -> None:
    outcome = check("Inv == x < 2", "SPECIFICATION Spec\nINVARIANT Inv")
    assert isinstance(outcome, Violated)
    assert (outcome.kind, outcome.name) == ("invariant", "Inv")
    assert xs(outcome) == [0, 1, 2]
    first, second, _ = outcome.trace.states
    assert (first.number, first.action) == (1, None)
    assert (second.number, second.action) == (2, "Inc")
    assert first.values["y"] == (1, 'a"b')
    assert second.location
    assert second.location.endswith("of module M")
    assert outcome.trace.back_to is None
    assert not outcome.trace.stuttering


@pytest.mark.parametrize("kind", ["invariant", "property"])
def test_in_the_initial_state(check: Check, kind: str) -> None:
    outcome = check("P == x # 0", f"SPECIFICATION Spec\n{kind.upper()} P")
    assert isinstance(outcome, Violated)
    assert (outcome.kind, outcome.name) == (kind, "P")
    assert outcome.trace.states[0].values == {"x": 0, "y": (1, 'a"b')}


def test_action_property(check: Check) -> None:
    outcome = check("P == [][x' > x]_x", "SPECIFICATION Spec\nPROPERTY P")
    assert isinstance(outcome, Violated)
    assert (outcome.kind, outcome.name) == ("property", "P")
    assert xs(outcome) == [0, 1, 2, 3, 1]
    assert outcome.trace.states[-1].values["y"] == Function([("a", 1), ("b", frozenset({frozenset({1, 2})}))])


def test_lasso(check: Check) -> None:
    outcome = check("P == <>[](x = 1)", "SPECIFICATION Fair\nPROPERTY P", liveness=True)
    assert isinstance(outcome, Violated)
    assert outcome.kind == "property"
    assert outcome.name in (None, "P")
    assert xs(outcome) == [0, 1, 2, 3, 1, 2, 3]
    assert outcome.trace.back_to == 5
    assert not outcome.trace.stuttering


def test_stuttering(check: Check) -> None:
    outcome = check("P == <>(x = 3)", "SPECIFICATION Spec\nPROPERTY P", liveness=True)
    assert isinstance(outcome, Violated)
    assert outcome.trace.stuttering
    assert outcome.trace.back_to is None


def test_deadlock_is_looked_for_when_asked(check: Check, counter: str) -> None:
    body = counter.replace(r"\/ Back", "")
    outcome = check(body=body)
    assert isinstance(outcome, Violated)
    assert (outcome.kind, outcome.name) == ("deadlock", None)
    assert xs(outcome) == [0, 1, 2, 3]
    assert isinstance(check(body=body, check_deadlock=False), Holds)


def test_assertion_in_an_invariant(check: Check) -> None:
    outcome = check('Inv == Assert(x < 2, "too big")', "SPECIFICATION Spec\nINVARIANT Inv")
    assert isinstance(outcome, Violated)
    assert (outcome.kind, outcome.name) == ("assertion", "too big")
    assert xs(outcome) == [0, 1, 2]


def test_assertion_in_an_action(check: Check, counter: str) -> None:
    outcome = check(body=counter.replace("UNCHANGED y", 'UNCHANGED y /\\ Assert(x < 2, "too big")'))
    assert isinstance(outcome, Violated)
    assert (outcome.kind, outcome.name) == ("assertion", "too big")


OWN_FAULTS = [
    ("Foo == == 1", "SPECIFICATION Spec", "parse", "line 12"),
    ("Foo == bar", "SPECIFICATION Spec", "parse", "bar"),
    ("", "SPECIFICATION Spec\nINVARIANT Nope", "config", "Nope"),
    ("", "SPEZIFICATION Spec", "config", "line 1"),
    ("CONSTANT N", "SPECIFICATION Spec", "config", "N"),
    ("Inv == x = 2 => x = {}", "SPECIFICATION Spec\nINVARIANT Inv", "evaluation", "Inv"),
    ("P == <>(y[3] = 1)", "SPECIFICATION Fair\nPROPERTY P", "evaluation", "out of domain"),
    ("None == x = 0 /\\ x = 1 /\\ y = 1", "INIT None\nNEXT Next", "evaluation", "no state"),
    ("ASSUME 1 = 2", "SPECIFICATION Spec", "evaluation", "Assumption"),
]


@pytest.fixture(scope="module")
def own_faults(
    tools: Tools, counter: str, job: Callable[..., Job], tmp_path_factory: pytest.TempPathFactory
) -> list[Outcome]:
    """The outcomes of `OWN_FAULTS`, run two at a time."""
    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(2) as pool:
        patched.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("faults")))
        return list(pool.map(lambda fault: run(job(counter + fault[0], fault[1]), tools), OWN_FAULTS))


@pytest.mark.parametrize("number", range(len(OWN_FAULTS)))
def test_what_is_the_jobs_own_fault_is_kept(own_faults: list[Outcome], number: int) -> None:
    outcome, (_, _, why, said) = own_faults[number], OWN_FAULTS[number]
    assert isinstance(outcome, Failed)
    assert outcome.why == why
    assert said in outcome.message
    assert "\n" not in outcome.message
    assert outcome.directory is not None
    assert sorted(path.name for path in outcome.directory.iterdir()) == ["M.cfg", "M.tla", "output.txt"]


def test_a_failure_keeps_its_trace(own_faults: list[Outcome]) -> None:
    outcome = own_faults[5]
    assert isinstance(outcome, Failed)
    assert [state.values["x"] for state in outcome.trace.states] == [0, 1, 2]


def test_keep_and_progress(
    tools: Tools, tmp_path: Path, temporary: Path, counter: str, job: Callable[..., Job]
) -> None:
    told: list[Progress] = []
    keep = tmp_path / "kept here" / "ü"
    (keep / "scratch" / "states").mkdir(parents=True)
    outcome = run(job(counter), tools, keep=keep, on_progress=told.append)
    assert isinstance(outcome, Holds)
    assert outcome.directory == keep
    assert sorted(path.name for path in keep.iterdir()) == ["M.cfg", "M.tla", "output.txt"]
    assert (keep / "output.txt").read_text("utf-8") == outcome.raw
    assert list(temporary.iterdir()) == []
    assert told
    assert told[-1].totals == outcome.totals
    assert all(0 < one.seconds <= outcome.seconds for one in told)


def test_what_a_specification_prints(check: Check) -> None:
    more = 'ASSUME PrintT("é (") /\\ PrintT([k \\in 1..40 |-> {k, "k"}]) /\\ PrintT(<<>>)'
    outcome = check(more.replace('{k, "k"}', "{k}"))
    assert isinstance(outcome, Holds)
    assert [printed.split("\n")[0] for printed in outcome.printed] == ['"é ("', "<< {1},", "<<>>"]
    assert outcome.printed[1].endswith(">>")


def test_out_of_memory(check: Check, temporary: Path) -> None:
    next_state = r"\E i \in 1..60 : x' = x \cup {i} \cup {j : j \in 100..9000}"
    outcome = check(body=f"VARIABLE x\nSpec == x = {{}} /\\ [][{next_state}]_x", max_heap=6)
    assert isinstance(outcome, Failed)
    assert outcome.why == "memory"
    assert list(temporary.iterdir()) == []


def test_more_memory_than_there_is(check: Check) -> None:
    outcome = check(max_heap=2**30)
    assert isinstance(outcome, Failed)
    assert outcome.why == "memory"


def test_wrong_flags(check: Check) -> None:
    outcome = check(tlc_flags=("-bogus",))
    assert isinstance(outcome, Failed)
    assert outcome.why == "internal"
    assert "-bogus" in outcome.message
    outcome = check(jvm_flags=("-Xbogus",))
    assert isinstance(outcome, Failed)
    assert outcome.why == "java"
    assert "-Xbogus" in outcome.message


def test_a_job_that_makes_no_sense(counter: str, job: Callable[..., Job]) -> None:
    with pytest.raises(ValueError, match="name of a module"):
        Job(module="../M", module_text="", cfg_text="")
    with pytest.raises(ValueError, match="workers"):
        job(counter, workers=0)


def test_the_environment_does_not_matter(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1k")
    monkeypatch.setenv("_JAVA_OPTIONS", "-Xmx1k")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert isinstance(check(), Holds)
