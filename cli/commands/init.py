"""`pfnspec init`."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from ...check.project.configuration import configured, shown
from ...report.kinds import KINDS
from ...report.visible import visible
from ..write import complain, put_line

_STARTER = Path(__file__).with_name("starter")
MODEL, SETTINGS = "models/completion.pfn", "pfnspec.toml"
GITHUB, GITLAB = ".github/workflows/pfnspec.yml", ".gitlab-ci.yml"


def run(options: argparse.Namespace) -> int:
    """Writes a first model, a configuration and a workflow; nothing when one of them is there already."""
    folder = options.folder
    if folder.exists() and not folder.is_dir():
        complain(f"{folder} is no folder")
        return 2
    workflow = GITLAB if options.gitlab else GITHUB
    texts = {
        MODEL: _text("completion.pfn"),
        SETTINGS: _text("pfnspec.toml"),
        workflow: _text("gitlab.yml" if options.gitlab else "github.yml").replace(
            "@REQUIREMENT@", requirement()
        ),
    }
    there = [shown(folder / name) for name in texts if os.path.lexists(folder / name)]
    configuration = configured(folder, KINDS).configuration
    project = folder / "pyproject.toml"
    if configuration and configuration.file == project.resolve():
        there.append(f"{shown(project)} with [tool.pfnspec]")
    if there:
        complain(f"nothing is written, there is already: {', '.join(there)}")
        return 2
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        put_line(f"wrote {visible(shown(path))}")
    put_line("\n" + "\n".join(_next(folder, workflow)))
    return 0


def _text(name: str) -> str:
    return (_STARTER / name).read_text(encoding="utf-8")


def _next(folder: Path, workflow: str) -> list[str]:
    where = shown(folder)
    lines = ["What to do next:", "" if where == "." else f"  cd {where}", "  pfnspec check"]
    lines += [
        f"  read {MODEL}, whose first lines say what to try",
        f"  see that `{requirement()}` in {workflow} is what pip is to install there",
    ]
    own = folder.resolve()
    root = next((one for one in (own, *own.parents) if (one / ".git").exists()), own)
    if root != own:
        lines.append(
            f"  move {workflow} to the root of the repository, {shown(root)}: it is looked for there"
        )
    return [line for line in lines if line]


def requirement() -> str:
    """What pip installs this pfnspec from on another machine."""
    try:
        found = distribution("pfnspec")
    except PackageNotFoundError:
        return "pfnspec"
    return from_where(found.version, json.loads(found.read_text("direct_url.json") or "{}"))


def from_where(version: str, origin: Mapping[str, Any]) -> str:
    """The same by what pip notes of a package that is no release: a repository, an archive, or a folder,
    which nobody else has."""
    url = str(origin.get("url", "file:"))
    if url.startswith("file:"):
        return f"pfnspec=={version}"
    vcs = origin.get("vcs_info")
    return f"pfnspec @ {vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else f"pfnspec @ {url}"
