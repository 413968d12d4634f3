"""The page: what is in it without a browser, and how it behaves in one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pfnspec.check.result import Result
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
def text(fixed_results: tuple[Result, ...]) -> str:
    return html_text(fixed_results, "1.0")


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
    assert len(data) == 4
    assert "</script>" in text.replace("&lt;", "<").replace("&gt;", ">")


def test_it_knows_where_everybody_is(text: str) -> None:
    for trace in json.loads(Reader(text).scripts[0]):
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
