"""Random recordings of random models: reductions and memory decide nothing.

`bench/random_recordings.py` has the searches that are compared, and makes long runs of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from random_models import model
from random_recordings import bound, samples, small, verdicts


def usable(seed: int) -> bool:
    text = bound(model(seed), seed)
    return text is not None and small(text)


@pytest.mark.parametrize("start", range(0, 24, 6))
def test_all_searches_agree(start: int, tmp_path: Path) -> None:
    for seed in filter(usable, range(start, start + 6)):
        for sample in samples(seed, walks=1):
            found = verdicts(sample, tmp_path / "r.ndjson")
            assert len(set(found.values())) == 1, (seed, found, sample)


def test_both_verdicts_are_met(tmp_path: Path) -> None:
    found = [
        set(verdicts(sample, tmp_path / "r.ndjson").values())
        for seed in filter(usable, range(12))
        for sample in samples(seed, walks=1)
    ]
    assert {0} in found
    assert any(lines != {0} for lines in found)
