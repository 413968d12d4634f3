"""The recording of a real kernel: its protocol explains it, and three that differ do not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from pfnspec.check.load import Cell, Loaded, load
from pfnspec.dsl.diagnostics import Diagnostics
from pfnspec.dsl.model.model import Stretch
from pfnspec.dsl.source import Source
from pfnspec.recording.result import EXPLAINED, UNEXPLAINED, Validation
from pfnspec.recording.validate import Options, validate
from pfnspec.report.recording.costs import Place, costs_text
from pfnspec.timing.table.read import costs

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "pfncache" / "recording"
RECORDING = FOLDER / "linux-6.1.176.txt.gz"
TABLE = FOLDER / "linux-6.1.176.costs.toml"
RATES = FOLDER / "linux-6.1.176.rates.toml"
PLACES = {Stretch("start_leave", "end_enter"): "zap", Stretch("lookup_enter", "lookup_leave"): "hva_to_pfn"}


def run(model: str, recording: Path, options: Options = Options()) -> Validation:  # noqa: B008 - frozen
    loaded, cell = loaded_cell(model)
    (one,) = validate(loaded, cell, cell.model.recordings[0], [str(recording)], options)
    return one


def loaded_cell(model: str) -> tuple[Loaded, Cell]:
    loaded = load(FOLDER / f"{model}.pfn")
    assert loaded.cells, loaded.diagnostics
    return loaded, loaded.cells[0]


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first lines: activation, some invalidations, the first refresh that meets one."""
    path = tmp_path_factory.mktemp("cut") / "beginning.txt"
    with gzip.open(RECORDING, "rt", encoding="utf-8") as file:
        path.write_text("".join(line for line, _ in zip(file, range(520), strict=False)), encoding="utf-8")
    return path


def test_all_of_it_is_explained() -> None:
    """And every label and branch of the model is seen in it."""
    rate = Stretch("start_enter", "start_enter")
    one = run("linux_6_1", RECORDING, Options(stretches=(*PLACES, rate)))
    assert (one.outcome, one.events, one.bound) == (EXPLAINED, 16221, 14846)
    assert one.unreached == ()
    assert one.most <= 300
    refreshes, invalidations, *lengths, often = one.intervals
    assert (refreshes.first, refreshes.last, refreshes.count) == ("refresh_enter", "refresh_leave", 40)
    assert ("lookup_enter", 2, 1687) in refreshes.within
    # A recording that collides so much is what it was made for.
    assert ("start_enter", "end_leave", 38) in refreshes.met
    assert ("refresh_enter", "refresh_leave", 238) in invalidations.met
    assert [length.count for length in lengths] == [246, 6193] and often.count == 244
    for path, wanted in ((TABLE, PLACES), (RATES, {rate: "notifier"})):
        table = path.read_text(encoding="utf-8")
        places = [Place(name, stretch.first, stretch.last) for stretch, name in wanted.items()]
        made = costs_text([one], places, table.partition("\n")[0].removeprefix("# "))
        assert made == table
        assert costs([Source("a", made)], Diagnostics()) is not None


REFUSED = {
    "broken_waits_first": ("lookup_enter", 443, {"refresh_leave"}),
    "broken_no_retry": ("lookup_enter", 477, {"refresh_leave"}),
}


@pytest.mark.parametrize("model", REFUSED)
def test_broken_models_are_refused(model: str, beginning: Path) -> None:
    one = run(model, beginning)
    name, line, _ = REFUSED[model]
    assert one.outcome == UNEXPLAINED and one.failure is not None
    assert (one.failure.event.name, one.failure.event.line) == (name, line)
    assert one.failure.free
    assert one.failure.steps
    assert one.failure.last[-1].line < line


def test_what_a_model_without_retry_would_do(beginning: Path) -> None:
    failure = run("broken_no_retry", beginning).failure
    assert failure is not None
    assert [(way.task, way.label) for way in failure.instead if not way.others] == [
        ("vcpu[0]", "refresh_leave")
    ]


def test_a_count_that_is_raised_late() -> None:
    """Told by one lookup in all of the recording, which is repeated while an invalidation only begins."""
    one = run("broken_count_late", RECORDING)
    assert one.failure is not None
    assert (one.failure.event.name, one.failure.event.line) == ("lookup_enter", 7182)


@pytest.mark.parametrize("options", [Options(reduction=False), Options(every=True)])
def test_reductions_do_not_decide(options: Options, beginning: Path, tmp_path: Path) -> None:
    assert run("linux_6_1", beginning, options).outcome == EXPLAINED
    failure = run("broken_waits_first", beginning, options).failure
    assert failure is not None and failure.event.line == 443
