"""Random models with random times over them: a few of those that `bench/random_times.py` makes."""

from __future__ import annotations

import pytest
import random_times


@pytest.mark.parametrize("seed", range(1, 25))
def test_times_choose_among_the_behaviours_of_the_program(seed: int) -> None:
    assert random_times.fault(seed) is None
