"""Cost tables: TOML texts laid over each other, every name and value checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files as resources
from typing import Any

from ...dsl.advice import Advice
from ...dsl.diagnostics import Diagnostics, did_you_mean
from ...dsl.source import Source, Span
from ...dsl.toml import NotToml, on_a_line, toml
from .costs import CLASSES, SWITCHES, Choice, Costs, Duration, Episode, Every, Idle, Rounds, Shares
from .distribution import Constant, distribution, files_of, fraction
from .requirement import NoRequirement, Requirement, requirement
from .units import NoTime, nanoseconds

SECTIONS = ("step", "switch", "scheduler", "duration", "choice", "episode", "steady", "policy", "source")
_SCHEDULER = ("slice", "wakeup", "load")
_EPISODE = ("arrives_in", "at", "after", "slice_used", "tasks")
_FIXED: Mapping[str, tuple[str, ...]] = {
    "step": CLASSES, "switch": (*SWITCHES, "idle"), "scheduler": _SCHEDULER, "steady": ("time",),
}  # fmt: skip
MOST_LOADS = 64


def default() -> Source:
    """The table that all others are laid over."""
    text = resources(__package__).joinpath("default.toml").read_text(encoding="utf-8")
    return Source("default.toml", text)


def setting(words: str) -> Source:
    """What `--set SECTION.KEY=VALUE` says, as a table of its own.  VALUE is TOML, or else a text."""
    path = f"--set {words}"
    name, equals, value = words.partition("=")
    section, dot, key = name.strip().partition(".")
    if not (equals and dot and section and key.strip()):
        return Source(path, "!")
    quoted = '"' + key.strip().strip("\"'").replace("\\", "\\\\").replace('"', '\\"') + '"'
    head = f"[{section}]\n{quoted} = "
    try:
        toml(Source(path, head + value.strip()))
    except NotToml:
        text = value.strip().replace("\\", "\\\\").replace('"', '\\"')
        return Source(path, f'{head}"{text}"')
    return Source(path, head + value.strip())


def costs(
    tables: Iterable[Source], diagnostics: Diagnostics, files: Mapping[tuple[str, str], str] | None = None
) -> Costs | None:
    """The costs that tables add up to, laid over the default one in order.

    None, with what is wrong in `diagnostics`, where one has a fault.

    `files` are the contents of what a table names as `file`, by the table's path and the name.
    """
    layers = _Layers(diagnostics, files or {})
    for source in (default(), *tables):
        layers.add(source)
    return None if diagnostics.errors else layers.made()


class _Layers:
    def __init__(self, diagnostics: Diagnostics, files: Mapping[tuple[str, str], str]) -> None:
        self.diagnostics = diagnostics
        self.files = files
        self.names: list[str] = []
        self.values: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
        self.places: dict[tuple[str, str], Span] = {}
        self.measured: set[str] = set()
        self.required: list[tuple[Requirement, Span]] = []
        self.source = Source("", "")

    # -- reading

    def add(self, source: Source) -> None:
        self.source = source
        if source.path.startswith("--set ") and source.text == "!":
            self.fault(Span(source.path, 0, 0, 0, 0), "this is not of the form SECTION.KEY=VALUE")
            return
        try:
            table = toml(source)
        except NotToml as fault:
            self.fault(fault.place, str(fault))
            return
        # What is said of figures belongs to the figures of the same table, wherever in it that stands.
        last = ("source", "measured")
        for key, value in sorted(table.items(), key=lambda item: item[0] in last):
            match key, value:
                case "name", str() if value.strip() and value.isprintable():
                    self.names.append(value.strip())
                case "name", _:
                    self.fault(self.place("", key), "`name` takes a text, which is printed over every result")
                case "measured", list() if all(isinstance(one, str) for one in value):
                    for figure in value:
                        self.claim(figure, table)
                case "measured", _:
                    self.fault(self.place("", key), '`measured` takes a list of figures such as "switch.out"')
                case "require", list() if all(isinstance(one, str) for one in value):
                    self.require(value)
                case "require", _:
                    self.fault(
                        self.place("", key), '`require` takes a list of texts such as "wait_time.p99 < 1 ms"'
                    )
                case str(), dict() if key in SECTIONS:
                    self.section(key, value)
                case _ if key in SECTIONS:
                    self.fault(self.place("", key), f"`{key}` is a table; write `[{key}]`")
                case _:
                    known = ("name", "measured", "require", *SECTIONS)
                    help = did_you_mean(key, known) or f"there are: {', '.join(known)}"
                    self.fault(self.place("", key), f"there is no `{key}` in a table of costs", help)

    def claim(self, figure: str, table: Mapping[str, object]) -> None:
        """Notes that a figure was measured; the table has to have it."""
        section, _, name = figure.partition(".")
        given = table.get(section)
        if section not in _FIXED or section == "steady" or not isinstance(given, dict) or name not in given:
            self.fault(
                self.place("", "measured"),
                f"`{figure}` is said to be measured, and this table has no such cost",
            )
            return
        self.measured.add(figure)

    def require(self, texts: list[str]) -> None:
        """Notes what is required of figures, each with the line that has it."""
        for text in texts:
            place = self.place("", "require")
            for number, line in enumerate(self.source.lines, start=1):
                if text and (column := line.find(text)) >= 0:
                    place = Span(self.source.path, number, column + 1, number, column + 1 + len(text))
                    break
            try:
                self.required.append((requirement(text), place))
            except NoRequirement as fault:
                self.fault(place, f"{fault}")

    def section(self, section: str, values: Mapping[str, object]) -> None:
        known = _FIXED.get(section)
        for key, value in values.items():
            place = self.place(section, key)
            if known is not None and key not in known:
                help = did_you_mean(key, known) or f"there are: {', '.join(known)}"
                self.fault(place, f"there is no cost `{section}.{key}`", help)
                continue
            try:
                self.values[section][key] = _READERS[section](self, key, value)
            except NoTime as fault:
                self.fault(place, f"`{section}.{key}`: {fault}")
                continue
            self.places[section, key] = place
            if section in _FIXED and self.source.path != "default.toml":
                # What is said of a figure belongs to its value: another value has another source.
                self.measured.discard(f"{section}.{key}")
                self.values["source"].pop(f"{section}.{key}", None)

    def fault(self, place: Span, message: str, help: Advice | str | None = None) -> None:
        self.diagnostics.add("costs", place, on_a_line(message), help)

    def place(self, section: str, key: str) -> Span:
        """Where a key stands in the table at hand; its first line where that cannot be told."""
        if self.source.path.startswith("--"):
            return Span(self.source.path, 0, 0, 0, 0)
        within = ""
        word = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*[.=]""")
        for number, line in enumerate(self.source.lines, start=1):
            head = re.match(r"\s*\[\s*([\w-]+)\s*(?:\.\s*(.+?)\s*)?\]", line)
            if head:
                within = head[1]
                if within == section and (head[2] or "").strip("\"'") == key:
                    return Span(self.source.path, number, 1, number, len(line) + 1)
                if section == "" and within == key:
                    return Span(self.source.path, number, 1, number, len(line) + 1)
            elif within == section and (match := word.match(line)):
                start = match.start(1) + 1
                return Span(self.source.path, number, start, number, start + len(key))
        return Span(self.source.path, 1, 1, 1, 1)

    def contents(self) -> Mapping[str, str]:
        return {name: text for (path, name), text in self.files.items() if path == self.source.path}

    # -- making

    def made(self) -> Costs:
        step, switch, scheduler = (self.values[name] for name in ("step", "switch", "scheduler"))
        figures = {f"{section}.{key}" for section in _FIXED for key in self.values[section]}
        return Costs(
            name=" + ".join(self.names), step=step, out=switch["out"], into=switch["into"],
            wake=switch["wake"], handover=switch["handover"], idle=switch["idle"], slice=scheduler["slice"],
            preempts=scheduler["wakeup"], load=scheduler["load"], durations=self.values["duration"],
            choices=self.values["choice"], episodes=self.values["episode"],
            policies=self.values["policy"], sources=self.values["source"],
            measured=frozenset(self.measured & figures), places=self.places,
            required=tuple(self.required), steady=self.values["steady"].get("time", 0),
        )  # fmt: skip


def _step(_: _Layers, key: str, value: object) -> int:
    if isinstance(value, dict):
        raise NoTime("a class of steps has one time; give a place in [duration] a distribution")
    return nanoseconds(value)


def _switch(layers: _Layers, key: str, value: object) -> int | tuple[Idle, ...]:
    if key != "idle":
        if isinstance(value, dict):
            raise NoTime("a switch has one time, not a distribution")
        return nanoseconds(value)
    wanted = "idle takes a list of {after = TIME, exit = TIME}"
    if not isinstance(value, list):
        raise NoTime(wanted)
    states: list[Idle] = []
    for one in value:
        if not isinstance(one, dict) or one.keys() != {"after", "exit"}:
            raise NoTime(wanted)
        states.append(Idle(nanoseconds(one["after"]), nanoseconds(one["exit"])))
    return tuple(sorted(states, key=lambda state: state.after))


def _scheduler(_: _Layers, key: str, value: object) -> int | bool | tuple[int, ...]:
    match key:
        case "slice":
            time = nanoseconds(value)
            if not time:
                raise NoTime("a slice is longer than nothing")
            return time
        case "wakeup":
            if value not in ("preempts", "slice"):
                raise NoTime(
                    '"preempts": a woken task takes the CPU, or "slice": the running one keeps its slice'
                )
            return value == "preempts"
        case _:
            fits = isinstance(value, list) and all(type(cpu) is int and 0 <= cpu < 4096 for cpu in value)
            if not fits or len(value) > MOST_LOADS:  # type: ignore[arg-type]
                raise NoTime("load takes a list of the CPUs that somebody else always wants, such as [0]")
            return tuple(value)  # type: ignore[arg-type]


def _duration(layers: _Layers, key: str, value: object) -> Duration:
    if isinstance(value, dict) and "time" in value:
        if not value.keys() <= {"time", "on"} or value.get("on", "cpu") not in ("cpu", "asleep"):
            raise NoTime('a duration is a time, or {time = TIME, on = "cpu"} or {time = TIME, on = "asleep"}')
        return Duration(distribution(value["time"], layers.contents()), value.get("on") == "asleep")
    return Duration(distribution(value, layers.contents()), False)


def _choice(layers: _Layers, key: str, value: object) -> Choice:
    wanted = (
        "a choice is {rounds = N} or {every = TIME} for a loop, a chance of True for `maybe()`, or a list of"
        " shares"
    )
    match value:
        case {"rounds": int(count), **rest} if (
            not rest and not isinstance(count, bool) and 0 <= count < 10**9
        ):
            return Rounds(count)
        case {"every": time, **rest} if not rest:
            return Every(distribution(time, layers.contents()))
        case bool():
            return Shares((float(value), float(not value)))
        case int() | float() if 0 <= value <= 1:
            return Shares((float(value), 1 - float(value)))
        case list() if value and all(type(one) in (int, float) and 0 <= one < 1e12 for one in value):
            total = sum(value)
            if not total:
                raise NoTime("one share at least is above zero")
            return Shares(tuple(one / total for one in value))
        case _:
            raise NoTime(wanted)


def _episode(layers: _Layers, key: str, value: object) -> Episode:
    if not isinstance(value, dict):
        raise NoTime(f"an episode is a table with: {', '.join(_EPISODE)}")
    for name in value:
        if name not in _EPISODE:
            raise NoTime(f"there is no `{name}`; there are: {', '.join(_EPISODE)}")
    where = value.get("arrives_in")
    if where is not None and (not isinstance(where, str) or not where):
        raise NoTime("arrives_in takes the name of a function")
    if where is None and "at" in value:
        raise NoTime("`at` is a part of the time of what it `arrives_in`")
    if where is not None and "after" in value:
        raise NoTime("a task arrives in something, or after some time")
    tasks = value.get("tasks", 1)
    if type(tasks) is not int or not 1 <= tasks <= 1000:
        raise NoTime("tasks takes a number above zero")
    after = distribution(value["after"], layers.contents()) if "after" in value else Constant(0)
    anywhere = {"uniform": [0, 1]}
    at, used = (fraction(value.get(name, anywhere)) for name in ("at", "slice_used"))
    return Episode(where, at, after, used, tasks)


def _steady(_: _Layers, key: str, value: object) -> int:
    return nanoseconds(value)


def _policy(_: _Layers, key: str, value: object) -> Mapping[str, int]:
    if not isinstance(value, dict) or not value or not all(type(one) is int for one in value.values()):
        raise NoTime("a policy takes values for its parameters, such as {polls = 130}")
    return value


def _source(_: _Layers, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise NoTime("a source is a text")
    return value


_READERS: Mapping[str, Callable[[_Layers, str, object], object]] = {
    "step": _step, "switch": _switch, "scheduler": _scheduler, "duration": _duration, "choice": _choice,
    "episode": _episode, "steady": _steady, "policy": _policy, "source": _source,
}  # fmt: skip


def named_files(source: Source) -> list[str]:
    """The files of lengths that a table names; none of one that is not TOML."""
    try:
        return files_of(toml(source))
    except NotToml:
        return []
