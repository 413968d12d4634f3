"""The words of a result: each is explained, and each model behind an explanation shows what it says."""

from __future__ import annotations

import pytest
from pfnspec.check.load import load
from pfnspec.check.options import Options
from pfnspec.check.result import Result
from pfnspec.check.run import check_file
from pfnspec.dsl.checker.prelude import policy_lines, prelude
from pfnspec.dsl.explain import codes, concepts, explanation
from pfnspec.dsl.model.model import BUILT_IN_CHECKS
from pfnspec.dsl.syntax import tree
from pfnspec.report.text.problems import RULES

DIAGNOSES = {"livelock": "livelock", "starvation": "starvation", "standstill": "standstill"}


def checked(text: str, tmp_path: object) -> Result:
    path = f"{tmp_path}/m.pfn"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return check_file(path, Options())


def test_every_rule_check_and_policy_is_explained() -> None:
    policies = [one.name for one in prelude().declarations if isinstance(one, tree.Policy)]
    words = {*RULES, *BUILT_IN_CHECKS, *DIAGNOSES, "lost wake-up", *policies}
    missing = sorted(word for word in words if explanation(word.replace("_", " ")) is None)
    assert [word for word in missing if explanation(word) is None] == []
    assert all(policy_lines(name)[0][1].startswith(f"policy {name}") for name in policies)


def test_words_and_codes_are_apart() -> None:
    assert not {*codes()} & {*concepts()}


@pytest.mark.parametrize("word", [word for word in concepts() if explanation(word).example])  # type: ignore[union-attr]
def test_examples_do_what_they_say(word: str, tmp_path: object) -> None:
    entry = explanation(word)
    assert entry is not None
    result = checked(entry.example, tmp_path)
    assert [str(one) for one in result.diagnostics] == []
    assert result.status == 0, [v.property for v in result.verdicts if not v.as_expected]
    expected = [verdict for verdict in result.verdicts if verdict.expected == "violated"]
    findings = [verdict.finding for verdict in expected if verdict.finding is not None]
    if word in BUILT_IN_CHECKS:
        assert [verdict.property for verdict in expected] == [word]
    elif word in DIAGNOSES:
        assert [finding.diagnosis for finding in findings] == [word]
    elif word == "lost wake-up":
        assert any(one.lost for finding in findings for one in finding.standing)
    elif word == "vacuous":
        assert any(verdict.vacuous for verdict in result.verdicts)
    elif word == "unreached":
        assert result.unreached


@pytest.mark.parametrize("word", [word for word in concepts() if explanation(word).corrected])  # type: ignore[union-attr]
def test_what_is_put_right_holds(word: str, tmp_path: object) -> None:
    entry = explanation(word)
    assert entry is not None and entry.corrected is not None
    name = entry.corrected.split(":")[0]
    head, _, tail = entry.example.partition(f"{name}:")
    following = "".join(f"\n{line}" for line in tail.split("\n")[1:] if line[:1].strip() or False)
    kept = [part for part in following.split("\n") if part and not part.startswith("expect")]
    rest = tail[tail.index(kept[0]) :] if kept else ""
    text = (
        head + entry.corrected + "\n".join(line for line in rest.split("\n") if not line.startswith("expect"))
    )
    assert load("m.pfn", text=text).cells, text
    assert checked(f"{text}\n", tmp_path).status == 0
