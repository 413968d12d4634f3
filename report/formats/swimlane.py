"""A trace as a drawing: a lane per task, time downwards.  Only where everything is; a template draws it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from ...check.result import Result
from ...translator.program.findings import Finding
from ...translator.program.values import Task
from ..text.behaviour import columns_for
from ..text.trace import Hold, holds, links, stands, stuck
from ..text.words import because, in_words, place, source_line, waiting

LINE = 16.0
"""Height of a line of text; the text is 12 units high, in a font of fixed width."""
CHAR = 7.3
PAD = 6.0
GAP = 8.0
BAR = 14.0
TOP = 34.0
NUMBERS = 34.0
LOOP = 24.0
PAGE = 800.0
"""What fits on a sheet of paper under the names of the lanes."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A task's column, from `x` on; `number` counts all tasks of the model."""

    name: str
    number: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Box:
    """A step (`number`), or with number 0 what is wrong at the end; `title` says all of it in one line."""

    number: int
    lane: int
    x: float
    y: float
    width: float
    height: float
    lines: tuple[tuple[float, str], ...]
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch with a lock, or in its queue; `label` is as much of the lock's name as fits, and `lock`
    numbers the locks of the trace."""

    x: float
    y: float
    height: float
    label: str
    title: str
    lock: int
    shared: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """From the step that wrote a value to the one that reads it; `across`: between two tasks."""

    writer: int
    reader: int
    path: str
    title: str
    across: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The part that repeats for ever, with an arrow back up; of no height where nothing steps."""

    y: float
    height: float
    arrow: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it; `slices` are where it begins and how high each part is when it is cut for paper."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    ends: tuple[Box, ...]
    bars: tuple[Bar, ...]
    curves: tuple[Curve, ...]
    frame: Frame | None
    locks: tuple[str, ...]
    slices: tuple[tuple[float, float], ...]


def drawing(finding: Finding, result: Result) -> Drawing:
    """The drawing of a finding."""
    tasks = _tasks(finding)
    held = [hold for hold in holds(finding) if hold.task in tasks]
    slots = _slots(held, len(finding.steps))
    chars = {1: 44, 2: 34, 3: 28}.get(len(tasks), 25)
    left = NUMBERS + (LOOP if finding.loop is not None else 0)
    lanes: list[Lane] = []
    inner: dict[Task, float] = {}
    x = left
    everyone = sorted(stands(finding)[0])
    for task in tasks:
        wide = max((slots[hold] + 1 for hold in held if hold.task == task), default=0) * BAR
        inner[task] = x + wide + PAD
        lanes.append(Lane(str(task), everyone.index(task), x, wide + chars * CHAR + 4 * PAD))
        x += lanes[-1].width
    y = TOP + GAP
    boxes: list[Box] = []
    for index, step in enumerate(finding.steps):
        y += LINE + GAP if index == finding.loop else 0
        texts = [f"{place(span, result.path)} {text}" for span, text in in_words(step)]
        title = f"{step.number}. {step.task}: {'; '.join(texts)}"
        at = inner[step.task], y, chars * CHAR + 2 * PAD
        boxes.append(_box(step.number, tasks.index(step.task), *at, texts, chars, title))
        y += boxes[-1].height + GAP
    frame = _frame(finding, boxes, left)
    if frame is not None and not frame.height:
        y += LINE + GAP
    bottom = y
    ends, y = _ends(finding, result, tasks, inner, chars, x - left, y)
    locks = tuple(dict.fromkeys(hold.lock for hold in held))
    at_lane = {lane.name: lane.x for lane in lanes}
    return Drawing(
        width=x + GAP,
        height=y + GAP,
        lanes=tuple(lanes),
        boxes=tuple(boxes),
        ends=ends,
        bars=tuple(
            _bar(hold, at_lane[str(hold.task)] + slots[hold] * BAR + 2, boxes, bottom, locks) for hold in held
        ),
        curves=tuple(_curve(one.writer, one.reader, one.where, boxes) for one in links(finding)),
        frame=frame,
        locks=locks,
        slices=_slices((*boxes, *ends), y + GAP),
    )


def _slices(boxes: tuple[Box, ...], end: float) -> tuple[tuple[float, float], ...]:
    """Cuts between boxes, so that no part is higher than a page unless a box alone is."""
    cuts = [TOP]
    for box in boxes:
        if box.y + box.height > cuts[-1] + PAGE and box.y > cuts[-1] + GAP:
            cuts.append(box.y - GAP / 2)
    return tuple((top, low - top) for top, low in zip(cuts, (*cuts[1:], end), strict=True))


def _tasks(finding: Finding) -> tuple[Task, ...]:
    """Who steps, who fails, and who waits in the end."""
    return tuple(sorted({*columns_for(finding), *(standing.task for standing in stuck(finding))}))


def _slots(held: list[Hold], steps: int) -> dict[Hold, int]:
    """For each stretch a place beside the others of its task at that time."""
    slots: dict[Hold, int] = {}
    for hold in held:
        end = steps + 1 if hold.last is None else hold.last
        taken = {
            slots[other]
            for other in slots
            if other.task == hold.task
            and hold.first < (steps + 1 if other.last is None else other.last)
            and other.first < end
        }
        slots[hold] = next(i for i in range(len(held)) if i not in taken)
    return slots


def _box(
    number: int, lane: int, x: float, y: float, width: float, texts: list[str], chars: int, title: str
) -> Box:
    rows = [row for text in texts for row in textwrap.wrap(text, chars, subsequent_indent="  ") or [""]]
    lines = tuple((y + PAD + LINE * i + 11, row) for i, row in enumerate(rows))
    return Box(number, lane, x, y, width, LINE * len(rows) + 2 * PAD - 3, lines, title)


def _bar(hold: Hold, x: float, boxes: list[Box], bottom: float, locks: tuple[str, ...]) -> Bar:
    first = boxes[hold.first - 1]
    y = first.y + first.height / 2
    if hold.last is None:
        end = bottom
    else:
        last = boxes[hold.last - 1]
        end = last.y + last.height / 2
    mode = {"read": " for reading", "write": " for writing"}.get(hold.mode, "")
    until = "the end" if hold.last is None else f"step {hold.last}"
    verb = "is queued for" if hold.waits else "has"
    title = f"{hold.task} {verb} {hold.lock}{mode}, step {hold.first} to {until}"
    room = int((end - y - 6) / 5.6)
    label = hold.lock if len(hold.lock) <= room else f"{hold.lock[: room - 1]}…" if room > 3 else ""
    return Bar(x, y, end - y, label, title, locks.index(hold.lock), hold.mode == "read", hold.waits)


def _curve(writer: int, reader: int, where: str, boxes: list[Box]) -> Curve:
    a, b = boxes[writer - 1], boxes[reader - 1]
    y1, y2 = a.y + a.height / 2, b.y + b.height / 2
    if a.lane == b.lane:
        right = a.x + a.width
        bend = right + 10
        path = f"M{right:.0f} {y1:.0f} C{bend:.0f} {y1:.0f} {bend:.0f} {y2:.0f} {right:.0f} {y2:.0f}"
    else:
        x1, x2 = (a.x + a.width, b.x) if a.lane < b.lane else (a.x, b.x + b.width)
        middle = (x1 + x2) / 2
        path = f"M{x1:.0f} {y1:.0f} C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    title = f"step {reader} reads {where} as step {writer} wrote it"
    return Curve(writer, reader, path, title, a.lane != b.lane)


def _frame(finding: Finding, boxes: list[Box], left: float) -> Frame | None:
    if finding.loop is None:
        return None
    if finding.loop == len(boxes):
        y = boxes[-1].y + boxes[-1].height + GAP if boxes else TOP + GAP
        return Frame(y, 0, "", "nothing steps any more")
    first, last = boxes[finding.loop], boxes[-1]
    y, end = first.y - LINE - 2, last.y + last.height + GAP / 2
    top, x = first.y + first.height / 2, left - 6
    low = last.y + last.height / 2
    arrow = f"M{x:.0f} {low:.0f} H{x - LOOP + 8:.0f} V{top:.0f} H{x:.0f}"
    return Frame(y, end - y, arrow, "for ever")


def _ends(
    finding: Finding, result: Result, tasks: tuple[Task, ...], inner: dict[Task, float],
    chars: int, width: float, y: float,
) -> tuple[tuple[Box, ...], float]:  # fmt: skip
    """What is wrong at the end, in the lane of whom it concerns, and where the drawing ends."""
    found: list[Box] = []
    where = NUMBERS + (LOOP if finding.loop is not None else 0) + PAD
    if finding.loop is None and finding.span is not None:
        line = (
            f"{place(finding.span, result.path)} {source_line(finding.span, result.sources, finding.formula)}"
        )
        texts = [text for text in (line, finding.message, because(finding, result.path)) if text]
        if finding.task is None:
            room = int((width - 4 * PAD) / CHAR)
            found.append(_box(0, -1, where, y, width - 2 * PAD, texts, room, " ".join(texts)))
        else:
            at = inner[finding.task], y, chars * CHAR + 2 * PAD
            found.append(_box(0, tasks.index(finding.task), *at, texts, chars, " ".join(texts)))
    else:
        for standing in stuck(finding):
            text = waiting(standing, result.path)
            at = inner[standing.task], y, chars * CHAR + 2 * PAD
            found.append(_box(0, tasks.index(standing.task), *at, [text], chars, text))
    return tuple(found), max((box.y + box.height for box in found), default=y)
