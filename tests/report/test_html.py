"""The page: what is in it without a browser, and how it behaves in one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pfnspec.check.result import Result
from pfnspec.check.states.graph import StateGraph
from pfnspec.dsl.source import Source
from pfnspec.report.formats.colour import coloured
from pfnspec.report.formats.html import html_text

GOLDEN = Path(__file__).with_name("files")
VOID = {"meta", "input", "br"}
Fixed = Callable[[str], Result]


class Reader(HTMLParser):
    """Tags in order, those that are open, identifiers, and what scripts hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.append((name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.targets.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)


@pytest.fixture(scope="module")
def text(fixed_results: tuple[Result, ...], fixed_graphs: tuple[StateGraph, ...]) -> str:
    return html_text(fixed_results, "1.0", None, fixed_graphs, "2026-01-31 12:00")


def test_the_drawing(fixed: Fixed, golden: Callable[[Path, str], None]) -> None:
    page = html_text([fixed("livelock")], "1.0")
    section = re.search(r'(?s)<section class="trace".*?</section>\n', page)
    assert section is not None
    golden(GOLDEN / "trace.html", section[0])


def test_it_is_well_formed(text: str) -> None:
    page = Reader(text)
    assert page.open == []
    assert len(set(page.ids)) == len(page.ids)
    assert {"trace-1", "trace-1-step-7", "trace-4-step-13", "file-1"} <= set(page.ids)
    assert {target.removeprefix("#") for target in page.targets} <= set(page.ids)


def test_it_needs_nothing_else(text: str) -> None:
    page = Reader(text)
    assert not {"link", "img", "iframe", "object", "embed", "base"} & set(page.tags)
    assert not {"src", "srcset", "action", "data", "ping"} & {name for name, _ in page.attributes}
    addresses = re.findall(r"\w+://[^\s\"'<)]*", text)
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}
    assert "@import" not in text
    assert re.findall(r"url\((.*?)\)", text)
    assert all(target.startswith("#") for target in re.findall(r"url\((.*?)\)", text))


def test_texts_of_the_model_are_only_texts(text: str) -> None:
    """Two scripts are ours; no element, no attribute and no end of a script comes from a model."""
    page = Reader(text)
    assert page.tags.count("script") == text.lower().count("<script") == 2
    assert text.lower().count("</script") == 2
    assert "b" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    data = json.loads(page.scripts[0])
    assert (len(data["traces"]), len(data["graphs"])) == (4, 6)
    assert "</script>" in text.replace("&lt;", "<").replace("&gt;", ">")


def test_it_knows_where_everybody_is(text: str) -> None:
    for trace in json.loads(Reader(text).scripts[0])["traces"]:
        assert len(trace["at"]) == len(trace["steps"]) + 1
        assert all(len(places) == len(trace["tasks"]) for places in trace["at"])
        names = {name for name, _ in trace["initial"]}
        assert all(change[0] in names for step in trace["steps"] for change in step["changes"])


def test_control_characters_are_written_out(text: str) -> None:
    assert all(character.isprintable() or character in "\n" for character in text)


# -- in a browser


@pytest.fixture
def page(chromium: Any, text: str, tmp_path: Path) -> Callable[..., Any]:
    """Opens the page, at a fragment, in a window of some size."""
    path = tmp_path / "report.html"
    path.write_text(text, encoding="utf-8")

    def opened(fragment: str = "", width: int = 1280, height: int = 800, **look: Any) -> Any:
        chromium.screen(width, height, **look)
        chromium.requests.clear()
        chromium.load(f"{path.as_uri()}{fragment}")
        return chromium

    return opened


def step_of(browser: Any, trace: int) -> str:
    return str(browser.run(f"document.querySelector('#trace-{trace} .count').textContent"))


def chips(browser: Any, trace: int) -> dict[str, int]:
    """The line that each task is shown at."""
    found = browser.run(
        f"[...document.querySelectorAll('#trace-{trace} .code .chip')]"
        ".map(chip => [chip.textContent, Number(chip.closest('.line').dataset.line)])"
    )
    return dict(found)


def test_arrows_step(page: Callable[..., Any]) -> None:
    browser = page()
    browser.run("document.getElementById('trace-1').scrollIntoView()")
    assert step_of(browser, 1) == "start"
    assert chips(browser, 1) == {"writer": 14, "reader": 19}
    browser.press("ArrowLeft")
    assert step_of(browser, 1) == "start"
    for number in range(1, 8):
        browser.press("ArrowRight")
        assert step_of(browser, 1) == f"step {number} of 7"
        assert browser.run("location.hash") == f"#trace-1-step-{number}"
    browser.press("ArrowRight")
    assert step_of(browser, 1) == "step 7 of 7"
    assert chips(browser, 1) == {"reader": 25}
    where = "[...document.querySelectorAll('#trace-1 .where button')].map(b => b.textContent)"
    assert browser.run(where) == ["reader assertion:25", "writer ended"]
    assert browser.run("document.querySelector('#trace-1 .code .wrong').dataset.line") == "25"
    assert step_of(browser, 2) == "start"
    assert browser.faults == []


def test_a_fragment_leads_to_a_step(page: Callable[..., Any]) -> None:
    browser = page("#trace-4-step-9")
    assert step_of(browser, 4) == "step 9 of 13"
    assert browser.run("document.querySelector('#trace-4 .step.current').dataset.step") == "9"
    top = browser.run("document.querySelector('#trace-4 .stage').getBoundingClientRect().top")
    assert 0 <= top < 200
    browser.run("location.hash = '#trace-1-step-3'")
    browser.run("new Promise(done => setTimeout(done, 100))")
    assert step_of(browser, 1) == "step 3 of 7"
    for odd in ("#trace-99-step-1", "#trace-1-step-999", "#trace-1-step-", "#%00", "#trace-1-step-1e9"):
        browser = page(odd)
        assert browser.faults == []
    assert step_of(page("#trace-1-step-999"), 1) == "step 7 of 7"


def test_a_click_leads_to_a_step(page: Callable[..., Any]) -> None:
    browser = page("#trace-1")
    browser.click("#trace-1 .step[data-step='6'] rect")
    assert step_of(browser, 1) == "step 6 of 7"
    lit = "[...document.querySelectorAll('#trace-1 .curve.lit')].map(c => [c.dataset.from, c.dataset.to])"
    assert browser.run(lit) == [["5", "6"]]
    browser.click("#trace-1 [data-go=back]")
    assert step_of(browser, 1) == "step 5 of 7"
    browser.click("#trace-1 [data-go=last]")
    assert step_of(browser, 1) == "step 7 of 7"
    assert browser.run("document.querySelector('#trace-1 [data-go=on]').disabled") is True


def test_changes_or_everything(page: Callable[..., Any]) -> None:
    browser = page("#trace-1-step-3")
    rows = (
        "[...document.querySelectorAll('#trace-1 .state tr')]"
        ".map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert browser.run(rows) == [["count", "0 -> 1"]]
    browser.click("#trace-1 input[value=all]")
    everything = dict(browser.run(rows))
    assert everything["count"] == "0 -> 1"
    assert everything["ready"] == "False"
    browser.press("ArrowRight")
    assert step_of(browser, 1) == "step 4 of 7", "the arrows step although the switch has the focus"
    assert dict(browser.run(rows))["count"] == "1"


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 1920])
def test_the_page_is_never_wider_than_the_window(page: Callable[..., Any], width: int) -> None:
    browser = page("#trace-1-step-6", width=width)
    assert browser.run("document.documentElement.scrollWidth") <= width


def test_it_loads_nothing_and_runs_nothing_of_a_model(page: Callable[..., Any]) -> None:
    browser = page("#trace-1")
    assert [url.partition("#")[0].rpartition("/")[2] for url in browser.requests if url != "about:blank"] == [
        "report.html"
    ]
    assert browser.faults == []
    assert browser.run("document.querySelectorAll('script').length") == 2


def test_dark_light_and_print(page: Callable[..., Any]) -> None:
    color = "getComputedStyle(document.body).backgroundColor"
    light = page().run(color)
    dark = page(dark=True).run(color)
    printed = page(dark=True, media="print")
    assert light == printed.run(color) == "rgb(255, 255, 255)"
    assert dark != light
    hidden = "['.controls', '.side', '.plain'].map(s => getComputedStyle(document.querySelector(s)).display)"
    assert printed.run(hidden) == ["none"] * 3
    at = "getComputedStyle(document.querySelector('.{}')).display"
    assert printed.run(at.format("heads")) == "block"
    cut = "[...document.querySelectorAll('.lanes')].filter(e => e.scrollHeight > e.clientHeight + 1).length"
    assert printed.run(cut) == 0


def test_a_long_trace_is_cut_for_paper(
    chromium: Any, fixed: Fixed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On paper the parts are drawn, with the same colours, and not the whole."""
    monkeypatch.setattr("pfnspec.report.formats.swimlane.PAGE", 200.0)
    path = tmp_path / "report.html"
    path.write_text(html_text([fixed("livelock")], "1.0"), encoding="utf-8")
    drawn = "[...document.querySelectorAll('.lanes > svg')].filter(e => e.getBoundingClientRect().height > 1)"
    names = f"{drawn}.map(e => e.getAttribute('class'))"
    chromium.screen(800, 1000)
    chromium.load(path.as_uri())
    assert chromium.run(names) == ["heads", "all"]
    chromium.screen(800, 1000, media="print")
    shown = chromium.run(names)
    assert set(shown) == {"slice"}
    assert len(shown) > 2


# -- stepping freely


def offered(browser: Any, graph: int) -> list[str]:
    return list(
        browser.run(
            f"[...document.querySelectorAll('#explore-{graph} .choices button')].map(b => b.textContent)"
        )
    )


def test_every_step_is_offered_and_can_be_taken_back(page: Callable[..., Any]) -> None:
    browser = page("#explore-2")
    assert offered(browser, 2) == ["first 8 takes a", "second 13 takes b"]
    browser.click("#explore-2 .choices li:nth-child(2) button")
    assert offered(browser, 2) == ["first 8 takes a violates deadlock", "second 14 takes a"]
    browser.press("1")
    count = "document.querySelector('#explore-2 .count').textContent"
    assert browser.run(count) == "step 2"
    assert offered(browser, 2) == []
    assert "deadlock" in browser.run("document.querySelector('#explore-2 .now').textContent")
    browser.click("#explore-2 [data-walk=undo]")
    assert browser.run(count) == "step 1"
    browser.click("#explore-2 [data-walk=start]")
    assert browser.run(count) == "start"
    assert browser.faults == []


def test_a_counterexample_can_be_left_at_any_step(page: Callable[..., Any]) -> None:
    browser = page("#trace-1-step-5")
    browser.click("#trace-1 .leave")
    assert browser.run("document.querySelector('#explore-1 .count').textContent") == "step 5"
    ways = "[...document.querySelectorAll('#explore-1 .way li')].map(li => li.textContent)"
    assert browser.run(ways)[-1] == "writer 16 ready: False -> True"
    rows = "[...document.querySelectorAll('#explore-1 .state tr')].map(r => r.textContent)"
    assert "readyFalse -> True" in browser.run(rows)
    browser.run("const s = document.querySelector('#explore-1 .jump select'); s.value = '1';"
                " s.dispatchEvent(new Event('change'))")  # fmt: skip
    assert browser.run("document.querySelector('#explore-1 .count').textContent") == "step 7"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("count", "1"),
        ("count == 1 and not ready", "True"),
        ("count + 1 < 2 or ready", "False"),
        ("ready implies count == 5", "True"),
        ("lock == writer", "True"),
        ("(count", "(`)` is missing)"),
        ("count +", "(ends too early)"),
        ("a[0].b", "(there is no `a[0].b`)"),
        ("alert(1)", "(`(` cannot stand here)"),
    ],
)
def test_expressions_are_watched(page: Callable[..., Any], expression: str, value: str) -> None:
    browser = page("#trace-1-step-3")
    browser.run(
        "const f = document.querySelector('#trace-1 .watch form');"
        f"f.querySelector('input').value = {json.dumps(expression)}; f.requestSubmit()"
    )
    row = "document.querySelector('#trace-1 .watch tr').cells"
    assert browser.run(f"{row}[1].textContent") == value
    assert browser.run("document.querySelectorAll('#explore-1 .watch tr').length") == 1
    assert browser.faults == []


def test_a_small_graph_is_drawn(page: Callable[..., Any]) -> None:
    browser = page("#explore-2")
    states = browser.run("document.querySelectorAll('#explore-2 .map [data-state]').length")
    assert browser.run("document.querySelector('#explore-2 .cells').textContent").endswith(f"{states} states")
    browser.run("document.querySelector('#explore-2 .map [data-state].wrong')"
                ".dispatchEvent(new MouseEvent('click'))")  # fmt: skip
    assert "deadlock" in browser.run("document.querySelector('#explore-2 .now').textContent")


def test_the_index_leads_to_what_is_not_as_expected_first(text: str) -> None:
    listed = re.findall(r'<li class="status-(\d)"><a href="#model-\d+">', text)
    assert "0" in listed
    assert listed == sorted(listed, key=lambda status: status == "0")
    assert "2026-01-31 12:00" in text


def test_the_property_stands_in_the_stepping_bar(page: Callable[..., Any]) -> None:
    browser = page("#trace-4-step-9")
    place = "document.querySelector('#trace-4 .what').getBoundingClientRect()"
    assert browser.run("document.querySelector('#trace-4 .what').textContent") == "ends"
    assert 0 <= browser.run(f"{place}.top") < 200


def test_a_page_tells_nobody_where_a_model_lay(fixed: Fixed, tmp_path: Path) -> None:
    result = fixed("deadlock")
    path = str(tmp_path / "secret" / "deadlock.pfn")
    sources = {path: Source(path, result.sources[result.path].text)}
    moved = replace(result, path=path, sources=sources, verdicts=())
    page = html_text([moved], "1.0", tmp_path / "elsewhere")
    assert str(tmp_path) not in page
    assert "<code>deadlock.pfn</code>" in page


def test_no_line_goes_through_words(fixed: Fixed) -> None:
    """Where nothing steps any more: the line is above its text, which is 12 high."""
    found = fixed("deadlock").verdicts[0].finding
    assert found is not None
    still = replace(found, loop=len(found.steps), diagnosis="standstill", reasons=("x",))
    result = fixed("deadlock")
    verdict = replace(result.verdicts[0], finding=still)
    page = html_text([replace(result, verdicts=(verdict,))], "1.0")
    line = re.search(r'class="still" d="M4 ([\d.]+) ', page)
    words = re.search(r'y="([\d.]+)">nothing steps any more', page)
    assert line is not None and words is not None
    assert float(words[1]) - float(line[1]) > 12


@pytest.mark.parametrize(
    "line", ['x = "a # b"  # c', "process p[2]:", '"""one""" x', "    wait until c on q"]
)
def test_colours_keep_every_letter(line: str) -> None:
    ((*pieces,),) = coloured([line])
    assert "".join(text for _, text in pieces) == line


def test_a_docstring_has_one_colour_over_all_its_lines() -> None:
    first, second, third, last = coloured(['"""One', "model two", 'three"""', "model four"])
    assert {kind for line in (first, second, third) for kind, _ in line} <= {"text", ""}
    assert last[0] == ("word", "model")
