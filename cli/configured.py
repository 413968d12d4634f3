"""The command line, and the project's configuration for what it leaves open."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..check.project.configuration import Configuration, Configured, configured, shown
from ..check.project.paths import Expanded, configured_paths, expanded
from ..dsl.diagnostics import Diagnostic
from ..dsl.source import Span
from ..report.kinds import KINDS, Target
from ..report.text.diagnostics import diagnostics_text
from ..report.text.ink import ink_for
from .write import complain, put

_PLAIN = ("timeout", "run_timeout", "max_states", "jobs", "workers", "width", "policies", "scenarios")


def configure(options: argparse.Namespace) -> Mapping[str, Span] | None:
    """Fills in what the command line leaves open, as far as the command has such an option; `files` are files
    afterwards, no folders, and `refused` those that were left out.

    Returns where policies and scenarios were asked for, if not on the command line; None, with the reason on
    standard error, when there is nothing to work on.
    """
    found = _found(options)
    configuration = found.configuration
    if configuration is None or not _files(options, found, configuration):
        return None
    places = _plain(options, configuration)
    if hasattr(options, "reports"):
        given = {target.kind for target in options.reports}
        options.reports += [
            Target(kind, Path(shown(configuration.folder / path)), named=False)
            for kind, path in configuration.reports.items()
            if kind not in given
        ]
    return places


def configure_checks(options: argparse.Namespace) -> Configuration | None:
    """Fills in limits and the like, but no files; None, with the reason on standard error, when the
    configuration is wrong."""
    configuration = _found(options).configuration
    if configuration is not None:
        _plain(options, configuration)
    return configuration


def configure_gate(options: argparse.Namespace) -> Configuration | None:
    """As `configure_checks`, but for limits: those of the base count too."""
    configuration = _found(options).configuration
    if configuration is not None:
        _plain(options, replace(configuration, timeout=None, run_timeout=None, max_states=None))
    return configuration


def _found(options: argparse.Namespace) -> Configured:
    if options.no_config:
        return Configured(Configuration(folder=Path.cwd()), (), {})
    found = configured(Path.cwd(), KINDS, options.config)
    if found.configuration is None:
        _say(found, found.diagnostics)
    return found


def _plain(options: argparse.Namespace, configuration: Configuration) -> dict[str, Span]:
    """Fills in what has one value; returns where policies and scenarios were asked for."""
    places: dict[str, Span] = {}
    for name in _PLAIN:
        value = getattr(configuration, name)
        if value and hasattr(options, name) and not getattr(options, name):
            setattr(options, name, value)
            if name in ("policies", "scenarios"):
                places[{"policies": "policy", "scenarios": "scenario"}[name]] = configuration.place(name)
    return places


def _files(options: argparse.Namespace, found: Configured, configuration: Configuration) -> bool:
    if options.files:
        files = expanded(options.files)
        if files.empty is not None:
            complain(f"there is no model (*.pfn) in {files.empty}")
    elif configuration.paths:
        files = configured_paths(configuration)
        if files.empty is not None:
            message = f"`{files.empty}` stands for no model"
            help = "name a file, a folder with *.pfn below it, or a pattern such as `models/**/*.pfn`"
            _say(found, (Diagnostic("configuration", configuration.place("paths"), message, help),))
    else:
        files = Expanded()
        where = "" if configuration.file is None else f" in {shown(configuration.file)}"
        complain(f"name a model or a folder, or set `paths`{where or ' in pfnspec.toml'}")
    for path in files.refused:
        complain(f"{path} is not read: it leads out of the project, or to no file; name it to have it read")
    options.files, options.refused = files.files, files.refused
    return bool(options.files)


def _say(found: Configured, diagnostics: tuple[Diagnostic, ...]) -> None:
    put(diagnostics_text(diagnostics, found.sources, ink_for(sys.stderr)), sys.stderr)
