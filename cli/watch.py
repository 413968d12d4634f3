"""`pfnspec check --watch`: checks models again whenever one of their files is saved.

Files are asked for their times and sizes a few times a second.  That costs some microseconds for each, and
works on every file system, also on those over a network, which tell no watcher that something has changed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import PurePath
from types import FrameType

from ..check.load import files
from ..check.options import Options
from ..check.result import Result, overall
from ..check.run import check_file
from ..report.text.changed import changed_text
from ..report.text.ink import can_overwrite, ink_for, width_for
from ..report.text.result import result_text
from ..report.visible import visible
from .checking import progress_of
from .output import tell_faults, write_reports
from .write import complain, data, put, put_line

POLL = 0.1
"""Seconds between two looks at the files; what has not changed from one to the next is written to its end."""

PATIENCE = 1.0
"""Seconds that a file may be missing or empty, as it is while some editors save it."""

Stamp = tuple[int, int, int] | None


def watch(options: argparse.Namespace, asked: Options) -> int:
    """Checks the files, and again what is saved, until Ctrl-C while nothing is checked; the exit status of
    the last check.  The first Ctrl-C during a check ends only that."""
    if options.format != "text" or "-" in options.files:
        what = "--format json" if options.format != "text" else "standard input"
        complain(f"--watch does not go with {what}")
        return 2
    return _Watch(options, asked).run()


class _Model:
    """A model, the stamps of its files as they are checked, what came of it (None: not known), and what came
    of the check `before`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.stamps: dict[str, Stamp] = {path: None}
        self.result: Result | None = None
        self.before: Result | None = None
        self.stale = True

    def changed(self) -> list[str]:
        return [path for path, known in self.stamps.items() if _stamp(path) != known]


class _Watch:
    def __init__(self, options: argparse.Namespace, asked: Options) -> None:
        self.options = options
        self.asked = asked
        self.models = [_Model(path) for path in dict.fromkeys(options.files)]
        self.redraws = can_overwrite(sys.stdout)
        self.cancel = threading.Event()
        self.checking = False
        self.interrupted = False
        self.ending = False
        self.unwritten = False

    def run(self) -> int:
        self._on_signals()
        changed: Iterable[str] = ()
        with ThreadPoolExecutor(1) as pool:
            try:
                while not self.ending:
                    self.interrupted, self.checking = False, True
                    self._begin(changed)
                    done = self._check_stale(pool)
                    self.checking = False
                    if done:
                        self._say_watching()
                    changed = self._until_changed()
            finally:
                self.cancel.set()
        statuses = [3 if model.result is None else model.result.status for model in self.models]
        return overall((*statuses, *([4] if self.unwritten else []), *([2] if self.options.refused else [])))

    # -- one round

    def _begin(self, changed: Iterable[str]) -> None:
        names = ", ".join(visible(PurePath(path).name) for path in changed)
        if self.redraws:
            data("\x1b[2J\x1b[H")
        elif names:
            put(f"\n-- {names} changed, {time.strftime('%H:%M:%S')} ".ljust(73, "-") + "\n\n")

    def _check_stale(self, pool: ThreadPoolExecutor) -> bool:
        """Checks what has changed and shows it, on a terminal with what is known of the others, and writes
        the reports; False when there is something newer to check, or when everything ends."""
        shown = False
        for model in self.models:
            fresh, model.stale = model.stale, False
            if fresh and not self._checked(model, pool):
                return False
            if model.result is not None and (fresh or self.redraws):
                shown |= self._show(model.result, shown)
                if fresh and model.before is not None:
                    put_line(f"{chr(10) * shown}{changed_text(model.before, model.result)}")
        results = tuple(model.result for model in self.models if model.result is not None)
        if self.options.reports and not self.interrupted:
            self.unwritten = not write_reports(self.options, results)
        return True

    def _say_watching(self) -> None:
        count = sum(len(model.stamps) for model in self.models)
        what = "the file" if count == 1 else f"{count} files"
        now = time.strftime("%H:%M:%S")
        complain(f"{now}, watching {what}, Ctrl-C ends it")

    def _checked(self, model: _Model, pool: ThreadPoolExecutor) -> bool:
        """Checks a model, unless this round was interrupted; False when its files have changed meanwhile, or
        when everything ends."""
        model.before, model.result = model.result or model.before, None
        self.cancel = cancel = threading.Event()
        if self.interrupted:
            return not self.ending
        # Stamps are taken before the files are read: what is written later differs from them.
        model.stamps = {path: _stamp(path) for path in files(model.path, outside=self.options.allow_outside)}
        future = pool.submit(check_file, model.path, self.asked, progress_of(sys.stderr), cancel)
        while not wait([future], POLL).done:
            if model.changed():
                cancel.set()
        result = future.result()
        if model.changed():
            return False
        model.result = result
        return not self.ending

    def _show(self, result: Result, shown: bool) -> bool:
        tell_faults(result)
        width = self.options.width or width_for(sys.stdout)
        text = result_text(result, width, ink_for(sys.stdout), verbose=self.options.verbose)
        put("\n" * (shown and bool(text)) + text)
        return bool(text)

    # -- between rounds

    def _until_changed(self) -> list[str]:
        """Waits for a change, and then until nothing is being written any more; the files that changed."""
        changed: dict[str, None] = {}
        since = time.monotonic()
        before: list[Stamp] | None = None
        while not self.ending:
            for model in self.models:
                if found := model.changed():
                    model.stale = True
                    changed.update(dict.fromkeys(found))
            if not changed and not any(model.stale for model in self.models):
                since = time.monotonic()
            else:
                now = [_stamp(path) for path in changed]
                gone = any(stamp is None or stamp[1] == 0 for stamp in now)
                if now == before and (not gone or time.monotonic() - since > PATIENCE):
                    break
                before = now
            time.sleep(POLL)
        return list(changed)

    def _on_signals(self) -> None:
        def stop(number: int, frame: FrameType | None) -> None:
            if number != signal.SIGINT or not self.checking or self.interrupted:
                self.ending = True
            self.interrupted = True
            self.cancel.set()

        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), stop)


def _stamp(path: str) -> Stamp:
    """What tells one content of a file from the next; None when there is no such file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
