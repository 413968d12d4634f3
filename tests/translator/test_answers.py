"""The answers of TLC that tests of examples remember: that they are its answers, and how they are kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import SystemRandom
from subprocess import CompletedProcess
from typing import Any

import answers
import pytest
from pfnspec.check.saved.store import Store

SAMPLE = 2


def timeless(data: Any) -> Any:
    """A result without how long it took, and without what was remembered of it."""
    match data:
        case dict():
            return {k: timeless(v) for k, v in data.items() if k not in ("seconds", "cached")}
        case list():
            return [timeless(item) for item in data]
        case _:
            return data


def test_a_sample_is_asked_again(
    request: pytest.FixtureRequest,
    pfnspec: Callable[..., CompletedProcess[str]],
    example_results: Mapping[str, dict[str, Any]],
) -> None:
    """Other examples each time: TLC itself says what is remembered of it, to the last state of each trace."""
    if request.config.getoption("--no-memory"):
        pytest.skip("nothing was remembered")
    for name in SystemRandom().sample(sorted(example_results), SAMPLE):
        ran = pfnspec("check", name, "--no-cache", "--format", "json", timeout=300)
        found = json.loads(ran.stdout)
        assert found["evidence"]["cached"] == 0
        known = timeless(example_results[name])
        again = timeless(found)
        # A remembered answer is there at once; a late TLC leaves it to another engine.
        for one, other in zip(again["verdicts"], known["verdicts"], strict=True):
            if one["evidence"]["engines"] != other["evidence"]["engines"]:
                assert one["outcome"] == other["outcome"], (name, one["property"])
                one.clear()
                other.clear()
        for part in (again, known):
            del part["evidence"]
        assert again == known, name


def test_what_was_asked_for_is_recorded(tmp_path: Path) -> None:
    path, folder = tmp_path / "answers.xz", tmp_path / "folder"
    keys = [letter * 64 for letter in "abc"]
    store = Store(folder)
    for key in keys:
        store.put(key, {"output": f"of {key}"})
    assert answers.record(folder, all_asked=True, path=path) == 3

    answers.forget_use(folder)
    assert store.get(keys[1]) is not None
    store.put("d" * 64, {"output": "new"})
    assert answers.record(folder, all_asked=False, path=path) == 4
    assert answers.record(folder, all_asked=True, path=path) == 2
    assert answers.recorded(path) == {keys[1]: {"output": f"of {keys[1]}"}, "d" * 64: {"output": "new"}}


def test_what_was_recorded_is_unpacked(tmp_path: Path) -> None:
    path, folder = tmp_path / "answers.xz", tmp_path / "folder"
    assert answers.recorded(path) == {}
    answers.unpack(folder, path)
    store = Store(folder)
    store.put("a" * 64, {"output": "a"})
    answers.record(folder, all_asked=True, path=path)
    store.put("a" * 64, {"output": "spoilt"})
    answers.unpack(folder, path)
    assert store.get("a" * 64) == {"output": "a"}
    # What was unpacked already is not looked at again.
    store.put("a" * 64, {"output": "spoilt"})
    answers.unpack(folder, path)
    assert store.get("a" * 64) == {"output": "spoilt"}
