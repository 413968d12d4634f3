"""One file checked, or its result found among those that were kept."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from ..dsl.source import BUILT_IN
from .options import Options, Progress, asked_of, store_of
from .project.files import Contents, content, encoded, project, read, real_path
from .result import Evidence, Result
from .saved.data import result_data
from .saved.reader import Unreadable, result_of
from .saved.store import Store, fingerprint


def check_file(
    path: str | os.PathLike[str],
    options: Options | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    text: str | bytes | None = None,
    contents: Contents | None = None,
) -> Result:
    """Checks one file (`-`: standard input), or `text` as if it stood in that file.

    `contents` is where files come from otherwise, the disk unless it is given.  `on_progress` is called from
    other threads, whenever an engine tells how far it is; `cancel`, once set, ends the check with what is
    known.  Whatever goes wrong is in the result.  Ctrl-C raises KeyboardInterrupt as usual, after TLC was
    ended.
    """
    started = time.monotonic()
    path, options = os.fspath(path), options or Options()
    text = encoded(text)
    store, mark = store_of(options)
    key = ""
    # Whole results are compared with what is on the disk; cells are known by what their files say.
    if store is not None and contents is None:
        text = content(path) if text is None else text
        digest = "" if text is None else hashlib.sha256(text).hexdigest()
        key = fingerprint("file", mark, path, within_project(path), digest, options.deciding())
        known = known_result(store, key, outside=options.outside)
        if known is not None and known.evidence is not None:
            evidence = replace(known.evidence, seconds=time.monotonic() - started)
            # The limits of the check that found it are none of this one.
            return replace(known, evidence=evidence, asked=asked_of(options))
    # What is known needs neither the language nor the engines, which take a while to import.
    from .load import load
    from .matrix import check_loaded

    loaded = load(
        path, options.constants, outside=options.outside, text=text, contents=contents, memory=options.memory
    )
    result = check_loaded(loaded, options, on_progress, cancel, started)
    decided = result.evidence is not None and result.evidence.complete and not result.stopped
    # What TLC has not confirmed is asked again: it may have more time then.
    alone = [v for v in result.verdicts if v.evidence and v.evidence.engines == ("interpreter",)]
    decided = decided and not (alone and options.engine == "tlc")
    if store is not None and key and result.verdicts and decided and result.failure is None:
        store.put(key, result_data(result))
    return result


def within_project(path: str) -> str:
    """Where in its project a file lies: from there a base is inside of the project or not."""
    own = "stdin" if path == "-" else path
    return os.path.relpath(real_path(own), project(own))


def known_result(store: Store, key: str, *, outside: bool) -> Result | None:
    """The whole result that was kept under `key`, which stands for all but the bases of a variant; None when
    there is none, or a base says something else by now or lies where it may not (`outside`: it may)."""
    try:
        result = result_of(store.get(key), ours=True)
    except Unreadable:
        return None
    for path, source in result.sources.items():
        if path != result.path and path not in BUILT_IN:
            real = real_path(path)
            if not outside and not real.is_relative_to(project(result.path)):
                return None
            now, faults, _ = read(os.fspath(real))
            if now is None or faults.errors or now.text != source.text:
                return None
    verdicts = tuple(replace(v, evidence=_as_cached(v.evidence)) for v in result.verdicts)
    return replace(result, verdicts=verdicts, evidence=_as_cached(result.evidence))


def _as_cached(evidence: Evidence | None) -> Evidence | None:
    return evidence and replace(evidence, cached=evidence.runs)
