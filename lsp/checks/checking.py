"""Checks that an editor asks for: in the background, one at a time for each model, and never of old text.

A result counts for as long as every text that it is about stays as it was: what is known of a document is
looked up by these texts, so an edit hides it at once, and taking the edit back shows it again.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types

from ...check.load import Loaded
from ...check.matrix import check_loaded
from ...check.options import Options, Progress
from ...check.project.configuration import configured
from ...check.project.files import cache
from ...check.result import UNDECIDED, Result, Verdict
from ...dsl.source import BUILT_IN, Source, Span
from ...report.kinds import KINDS
from ...report.text.ink import Ink
from ...report.text.result import diagnostics_of, evidence_text, failure_text, grouped, result_text
from ..text import analysis
from ..text.positions import to_range
from .findings import findings
from .progress import WorkDone

if TYPE_CHECKING:
    from ..server import Server

BUDGET = 0.3
"""Seconds that the interpreter gets when a document is saved, unless the client says otherwise."""

END_SECONDS = 5.0
"""How long the server waits for checks to end before it goes itself."""

_WIDTH = 100
_T = TypeVar("_T")

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """The part of a model that a check is about; None is all of them."""

    property: str | None = None
    policy: str | None = None
    scenario: str | None = None

    def options(self) -> Options:
        """One JVM at a time, as the model is not all that this machine has to do."""
        folder = cache()
        return Options(
            properties=() if self.property is None else (self.property,),
            policies=() if self.policy is None else (self.policy,),
            scenarios=() if self.scenario is None else (self.scenario,),
            jobs=1,
            cache=None if folder is None else folder / "verdicts",
        )

    def fits(self, verdict: Verdict) -> bool:
        """Whether a verdict belongs to the part."""
        return (
            self.property in (None, verdict.property)
            and self.policy in (None, verdict.policy)
            and self.scenario in (None, verdict.scenario)
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A document as it is at a moment, to be read in another thread."""

    path: str
    text: str
    unsaved: Mapping[str, str]

    def loaded(self) -> Loaded:
        return analysis.loaded(self.path, self.text, self.unsaved)


@dataclass(slots=True)
class Known:
    """What came of checks of a document with these texts: by TLC, and earlier by the interpreter."""

    texts: Texts
    result: Result | None = None
    early: Result | None = None
    diagnostics: tuple[types.Diagnostic, ...] = ()


class Check:
    """A check, waiting or under way.  `outcome` is its result, None when it was not begun."""

    def __init__(self, uri: str, asked: Asked, text: Text, texts: Texts) -> None:
        self.uri = uri
        self.asked = asked
        self.text = text
        self.texts = texts
        self.cancel = threading.Event()
        self.why = ""
        self.outcome: asyncio.Future[Result | None] = asyncio.get_running_loop().create_future()

    def stop(self, why: str) -> None:
        """Ends the check, now or before it begins."""
        self.why = self.why or why
        self.cancel.set()

    def run(self, on_progress: Callable[[Progress], None]) -> Result:
        """The check itself, in a thread of its own."""
        options = _configured(self.asked.options(), self.text.path)
        return check_loaded(self.text.loaded(), options, on_progress, self.cancel)


class Checking:
    """The checks of all documents and what came of them."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.budget = BUDGET
        self.checks: dict[str, list[Check]] = {}
        self.known: dict[str, Known] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._early: dict[str, threading.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._futures: set[Future[Any]] = set()
        self._pool = ThreadPoolExecutor(max(1, os.cpu_count() or 1), "check")
        self._side = ThreadPoolExecutor(1, "aside")

    # -- what is known

    def current(self, uri: str) -> Known | None:
        """What is known of the text as it is now."""
        known = self.known.get(uri)
        return known if known is not None and known.texts == self.texts(uri) else None

    def texts(self, uri: str) -> Texts | None:
        """All texts that a document is made of, by their paths; None when it is not open."""
        if uri not in self.server.documents:
            return None
        return _texts(self.server.analysed(uri).sources)

    def diagnostics(self, uri: str) -> tuple[types.Diagnostic, ...]:
        """What checks have to say about the text as it is now."""
        known = self.current(uri)
        return () if known is None else known.diagnostics

    def _known(self, uri: str, result: Result) -> Known | None:
        """Where a result belongs; None when the text has changed since it was begun."""
        texts = _texts(result.sources)
        if texts != self.texts(uri):
            return None
        if uri not in self.known or self.known[uri].texts != texts:
            self.known[uri] = Known(texts)
        return self.known[uri]

    def _show(self, uri: str, known: Known) -> None:
        """Has what is known of a document shown."""
        known.diagnostics = tuple(self._diagnostics(uri, known))
        self.server.touch(uri)
        self.refresh_lenses()

    def refresh_lenses(self) -> None:
        """Has the client ask for lenses anew, where it can."""
        workspace = self.server.client_capabilities.workspace
        if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
            self.server.workspace_code_lens_refresh(None)

    def _diagnostics(self, uri: str, known: Known) -> list[types.Diagnostic]:
        tree = self.server.analysed(uri).tree
        path = self.server.documents[uri].path
        model = Span(path, 1, 1, 1, 1) if tree is None else tree.header.span

        def place(span: Span) -> types.Location:
            lines = known.texts.get(span.path, "").split("\n")
            return types.Location(self.server.uri_of(span.path), to_range(lines, span, self.server.encoding))

        found: list[types.Diagnostic] = []
        decided: set[tuple[object, ...]] = set()
        if known.result is not None:
            found += findings(known.result, model, place)
            decided = {_key(verdict) for verdict in known.result.verdicts}
        if known.early is not None:
            left = tuple(verdict for verdict in known.early.verdicts if _key(verdict) not in decided)
            found += findings(replace(known.early, verdicts=left), model, place, preliminary=True)
        return found

    # -- checks

    def begin(self, uri: str, asked: Asked) -> Check:
        """Has a part of an open document checked, after what is asked of it already; the check that does it,
        which is an earlier one when that was asked the same."""
        texts = self.texts(uri)
        assert texts is not None
        checks = self.checks.setdefault(uri, [])
        for check in checks:
            if check.asked == asked and check.texts == texts and not check.cancel.is_set():
                return check
        check = Check(uri, asked, self.text(uri), texts)
        checks.append(check)
        self.do(self._do(check))
        return check

    def text(self, uri: str) -> Text:
        """An open document for another thread."""
        document = self.server.documents[uri]
        return Text(document.path, document.text, self.server.unsaved())

    def cancel(self, uri: str | None, why: str) -> None:
        """Ends the checks of a document, or all."""
        for other, checks in self.checks.items():
            for check in checks if uri in (None, other) else ():
                check.stop(why)

    async def _do(self, check: Check) -> None:
        name = check.text.path.replace("\\", "/").rpartition("/")[2]
        what = " ".join(filter(None, (check.asked.property, check.asked.policy, check.asked.scenario)))
        work = WorkDone(
            self.server, f"checking {name}{f', {what}' * bool(what)}", lambda: check.stop("cancelled")
        )
        result: Result | None = None
        message = ""
        try:
            work.report("waiting for the check before")
            async with self._turns.setdefault(check.uri, asyncio.Lock()):
                if not check.cancel.is_set():
                    work.report("starting")
                    result = await self.aside(self._pool, check.run, self._teller(work))
        except Exception as fault:
            self.server.report_server_error(fault, type(fault))
            message = "the check failed"
        finally:
            # When the server ends, nobody waits for the thread any more.
            check.cancel.set()
            checks = self.checks.get(check.uri, [])
            checks.remove(check)
            if not checks:
                self.checks.pop(check.uri, None)
                self._turns.pop(check.uri, None)
            if not check.outcome.done():
                check.outcome.set_result(result)
        work.end(message or self._take(check, result))

    def _take(self, check: Check, result: Result | None) -> str:
        """Keeps a result and shows it; what is to be said of it in short."""
        if result is None:
            return check.why
        known = self._known(check.uri, result)
        if known is None or check.why == _CHANGED:
            return f"{_CHANGED}, so the result is not shown"
        if result.failure is not None:
            text = failure_text(result).strip()
            self.server.window_show_message(types.ShowMessageParams(types.MessageType.Error, text))
            return text.splitlines()[0]
        if not result.verdicts:
            self._log(diagnostics_of(result, Ink()))
            return _first_error(result)
        self._log(result_text(result, _WIDTH, Ink()))
        known.result = _merged(known.result, result)
        self._show(check.uri, known)
        return f"{check.why}: {_summary(result)}" if check.why else _summary(result)

    def _log(self, text: str) -> None:
        self.server.window_log_message(types.LogMessageParams(types.MessageType.Info, text.rstrip("\n")))

    def _teller(self, work: WorkDone) -> Callable[[Progress], None]:
        """Tells of progress, from any thread."""
        loop = asyncio.get_running_loop()

        def tell(now: Progress) -> None:
            runs = f"{now.done} of {now.runs} runs done, " if now.runs > 1 else ""
            states = "starting" if now.states is None else f"{grouped(now.states)} states"
            queue = "" if now.queue is None else f", {grouped(now.queue)} to examine"
            if not loop.is_closed():
                loop.call_soon_threadsafe(work.report, f"{runs}{states}{queue}, {now.seconds:.0f} s")

        return tell

    # -- what the client does

    def changed(self, uri: str) -> None:
        """Ends checks of a text that is no more."""
        texts = self.texts(uri)
        for check in self.checks.get(uri, []):
            if check.texts != texts:
                check.stop(_CHANGED if texts is not None else "the document was closed")
        if texts is None:
            self.known.pop(uri, None)
            if uri in self._early:
                self._early.pop(uri).set()

    def saved(self, uri: str) -> None:
        """Lets the interpreter have a quick look at a saved document, and at open variants of it."""
        path = os.path.realpath(self.server.documents[uri].path) if uri in self.server.documents else None
        for other in self.server.documents:
            if path in {os.path.realpath(one) for one in self.texts(other) or ()} and self.budget > 0:
                self.do(self._look(other))

    async def _look(self, uri: str) -> None:
        if uri not in self.server.documents:
            return
        if uri in self._early:
            self._early[uri].set()
        self._early[uri] = cancel = threading.Event()
        text = self.text(uri)

        def look() -> Result:
            started = time.monotonic()
            options = replace(_configured(Options(engine="interpreter"), text.path), seconds=self.budget)
            return check_loaded(text.loaded(), options, None, cancel, started)

        result = await self.aside(self._side, look)
        known = None if cancel.is_set() else self._known(uri, result)
        if known is not None and result.failure is None:
            known.early = replace(result, verdicts=_decided(result))
            self._show(uri, known)

    # -- threads

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Has something done beside all else; a failure is told to the client's log."""

        def done(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            fault = None if task.cancelled() else task.exception()
            if isinstance(fault, Exception):
                self.server.report_server_error(fault, type(fault))

        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(done)

    async def aside(self, pool: ThreadPoolExecutor | None, work: Callable[..., _T], *arguments: Any) -> _T:
        """What a function returns, which is run in another thread."""
        future = (pool or self._side).submit(work, *arguments)
        self._futures.add(future)
        try:
            return await asyncio.wrap_future(future)
        finally:
            self._futures.discard(future)

    def end(self) -> None:
        """Ends everything that was started, and waits for it."""
        self.cancel(None, "the editor goes")
        for cancel in self._early.values():
            cancel.set()
        wait([future for future in self._futures if not future.cancel()], END_SECONDS)


_CHANGED = "the text has changed"


def _configured(options: Options, path: str) -> Options:
    """With the limits, policies and scenarios that the model's project asks for; a configuration with faults,
    of which the commands tell, asks for nothing."""
    found = configured(Path(path).parent, KINDS).configuration
    if found is None:
        return options
    return replace(
        options,
        seconds=found.timeout,
        run_seconds=found.run_timeout,
        states=found.max_states,
        workers=found.workers or 1,
        policies=options.policies or found.policies,
        scenarios=options.scenarios or found.scenarios,
    )


def _texts(sources: Mapping[str, Source]) -> Texts:
    return {path: source.text for path, source in sources.items() if path not in BUILT_IN}


def _key(verdict: Verdict) -> tuple[object, ...]:
    return verdict.property, verdict.policy, verdict.scenario


def _decided(result: Result) -> tuple[Verdict, ...]:
    return tuple(verdict for verdict in result.verdicts if verdict.outcome != UNDECIDED)


def _merged(before: Result | None, now: Result) -> Result:
    """Two results about the same texts as one: what is new counts, what it says nothing about stays."""
    verdicts = {} if before is None else {_key(verdict): verdict for verdict in before.verdicts}
    verdicts |= {_key(verdict): verdict for verdict in _decided(now)}
    if before is None:
        return replace(now, verdicts=tuple(verdicts.values()))
    scenes = {scene.name: scene for scene in (*before.scenes, *now.scenes)}
    return replace(
        now, verdicts=tuple(verdicts.values()), scenes=tuple(scenes.values()),
        policies=tuple(dict.fromkeys((*before.policies, *now.policies))),
        unreached=now.unreached or before.unreached,
    )  # fmt: skip


def _summary(result: Result) -> str:
    decided = _decided(result)
    wrong = [verdict for verdict in decided if not verdict.as_expected]
    parts = [f"{len(wrong)} of {len(decided)} verdicts not as expected" if wrong else "all as expected"]
    if len(decided) < len(result.verdicts):
        left = f"{len(result.verdicts) - len(decided)} not decided"
        parts = [left] if not wrong else [*parts, left]
    if result.evidence is not None:
        parts.append(evidence_text(result, result.evidence))
    return ", ".join(parts)


def _first_error(result: Result) -> str:
    errors = [found for found in result.diagnostics if found.severity == "error"]
    return f"the model has errors: {errors[0].message}" if errors else "there is nothing to check"
