"""Java's archive of TLC's classes, which saves a third of the time of a small run.

A JVM that maps classes from an archive need not find, parse and verify them.  The archive belongs to one Java
and one jar; it is made once, by a run of TLC that says which classes it loads and a JVM that stores them, and
kept in the user's cache.  Where that fails, TLC starts as it always did.

    tlc-KEY.BYTES.jsa  the archive; it appears whole, and is used while it has that many bytes
    tlc-KEY.none       this Java makes no archive: it is not tried again
    tlc-KEY.making     somebody is making it; others do without it meanwhile

The size is looked at because a JVM crashes over an archive that was cut off.  KEY is which Java and jar, and
after a `-` in what state they are: when there is a new one, those of the same place and another state are of
no use any more and go, and so do those that nobody has used for a month.

Classes in an archive are code.  So none is used, or made, in a folder that others than the user can write to.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from . import process
from .outcome import Violated
from .run import Job, Limits, run
from .tools import Tools
from .workdir import runs_in_place

# All that makes TLC load classes: both sorts of properties, functions, sequences, sets, a lasso to print.
_MODULE = """---- MODULE training ----
EXTENDS Integers, Sequences, FiniteSets, TLC
CONSTANTS None, a, b
VARIABLES x, q, f
vars == <<x, q, f>>
ASSUME \\A register \\in 1..2 : TLCSet(register, FALSE)
Reached(register) ==
    IF TLCGet(register) THEN TRUE ELSE TLCSet(register, TRUE) /\\ PrintT(<<"reached", register>>)
Init == x = 0 /\\ q = <<>> /\\ f = [t \\in {a, b} |-> None]
Step(t) ==
    /\\ x' = (x + 1) % 4
    /\\ f' = [f EXCEPT ![t] = CHOOSE u \\in {a, b} : u # f[t]]
    /\\ IF Len(q) < 2 THEN q' = Append(q, t) ELSE q' = SelectSeq(q, LAMBDA u : u # t)
    /\\ Reached(1)
Stop(t) == Cardinality({u \\in {a, b} : f[u] # None}) = 2 /\\ UNCHANGED vars
Next == \\E t \\in {a, b} : Step(t) \\/ Stop(t)
Spec == Init /\\ [][Next]_vars /\\ (\\A t \\in {a, b} : WF_vars(Step(t))) /\\ SF_vars(Step(a))
Small == x \\in 0..3 /\\ q # <<None>>
Ends == (x = 1) ~> [](x = 2 /\\ f[a] = f[b])
====
"""
_CFG = """SPECIFICATION Spec
CONSTANTS
    None = None
    a = a
    b = b
INVARIANT Small
PROPERTY Ends
"""
KEPT_DAYS = 30
"""How long an archive is kept that nobody uses."""

SECONDS = 20.0
"""How long the making of an archive may take before it is given up; it takes one or two."""


def with_archive(tools: Tools, folder: Path | None, cancel: threading.Event | None = None) -> Tools:
    """The tools with their archive in `folder`, made when it is not there; as they are when it cannot be.

    Setting `cancel` ends the making.  Raises nothing.
    """
    if folder is None or not runs_in_place(tools):
        return tools
    try:
        if not only_ours(folder):
            return tools
        key = _key(tools)
        archive = _whole(folder, key)
        none, making = folder / f"tlc-{key}.none", folder / f"tlc-{key}.making"
        if archive is None and not none.exists() and _claimed(making):
            try:
                archive = _make(tools, folder, key, cancel or threading.Event())
                if archive is None and not (cancel and cancel.is_set()):
                    none.touch()
                _sweep(folder, key)
            finally:
                making.unlink(missing_ok=True)
        return replace(tools, archive=archive)
    except OSError:
        return tools


def only_ours(folder: Path) -> bool:
    """Whether nobody but this user can put something into a folder; where no owners are known it is believed.
    Raises OSError."""
    if os.name != "posix":
        return True
    facts = folder.stat()
    return facts.st_uid == os.geteuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _sweep(folder: Path, key: str) -> None:
    """Deletes what is of no use any more."""
    own = key.partition("-")[0]
    for path in (*folder.glob("tlc-*.jsa"), *folder.glob("tlc-*.none")):
        its = path.name.removeprefix("tlc-").partition(".")[0]
        with suppress(OSError):
            unused = time.time() - path.stat().st_mtime > KEPT_DAYS * 24 * 3600
            if its != key and (unused or its.partition("-")[0] == own):
                path.unlink()


def _whole(folder: Path, key: str) -> Path | None:
    for archive in folder.glob(f"tlc-{key}.*.jsa"):
        facts = archive.stat()
        if archive.name.split(".")[1] == str(facts.st_size):
            if time.time() - facts.st_mtime > 24 * 3600:
                with suppress(OSError):
                    os.utime(archive)
            return archive
    return None


def _key(tools: Tools) -> str:
    """Which Java and which jar, and, after a `-`, what changes when one of them does."""
    places, states = [], []
    for path in (tools.java.resolve(), tools.jar):
        facts = path.stat()
        places.append(os.fspath(path.absolute()))
        states.append(f"{facts.st_size}:{facts.st_mtime_ns}")
    return f"{_digest(places, 8)}-{_digest(states, 16)}"


def _digest(parts: list[str], letters: int) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:letters]


def _claimed(making: Path) -> bool:
    """Whether it is for us to make the archive; who died over it has lost the claim."""
    with suppress(FileNotFoundError):
        if time.time() - making.stat().st_mtime > 3 * SECONDS:
            making.unlink(missing_ok=True)
    try:
        os.close(os.open(making, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    return True


def _make(tools: Tools, place: Path, key: str, cancel: threading.Event) -> Path | None:
    """Makes the archive in `place`; None when this Java cannot, or not in time. Raises `OSError`."""
    for left in place.glob("making-*"):
        if time.time() - left.stat().st_mtime > 3 * SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="making-", dir=place))
    try:
        listed, made = folder / "classes", folder / "archive"
        job = Job(
            module="training", module_text=_MODULE, cfg_text=_CFG, liveness=True, quick=True, max_heap=256,
            jvm_flags=(f"-XX:DumpLoadedClassList={listed}",),
        )  # fmt: skip
        if (
            not isinstance(run(job, tools, Limits(seconds=SECONDS), cancel=cancel), Violated)
            or not listed.exists()
        ):
            return None
        words = [
            os.fspath(tools.java), "-XX:+UseSerialGC", "-Xshare:dump", f"-XX:SharedClassListFile={listed}",
            f"-XX:SharedArchiveFile={made}", "-Xlog:disable", "-cp", os.fspath(tools.jar.absolute()),
        ]  # fmt: skip
        child = process.start(words, folder, dict(os.environ))
        try:
            ended = time.monotonic() + SECONDS
            while process.wait(child, 0.05) is None:
                if cancel.is_set() or time.monotonic() > ended:
                    return None
        finally:
            process.end(child)
            for pipe in (child.stdout, child.stderr):
                if pipe is not None:
                    pipe.close()
        if child.returncode != 0 or not made.exists():
            return None
        return made.replace(place / f"tlc-{key}.{made.stat().st_size}.jsa")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
