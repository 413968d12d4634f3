"""Random recordings of random models: reductions and memory decide nothing.

`bench/random_recordings.py` has the searches that are compared, and makes long runs of them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from random_models import model
from random_recordings import Sample, bound, samples, small, verdicts

SEEDS = range(10, 54)


@cache
def judged(seed: int) -> tuple[tuple[Sample, dict[str, int | str]], ...]:
    """The recordings of a model that is small enough, with the line that each search refuses."""
    text = bound(model(seed), seed)
    if text is None or not small(text):
        return ()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "r.ndjson"
        return tuple((sample, verdicts(sample, path)) for sample in samples(seed, walks=1))


@pytest.mark.parametrize("seed", SEEDS)
def test_all_searches_agree(seed: int) -> None:
    for sample, found in judged(seed):
        assert len(set(found.values())) == 1, (found, sample)


def test_both_verdicts_are_met() -> None:
    found = [set(lines.values()) for seed in SEEDS for _, lines in judged(seed)]
    assert found.count({0}) >= 10
    assert sum(lines != {0} for lines in found) >= 3
