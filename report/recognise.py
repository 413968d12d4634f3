"""Whether a file is a report that may be written over: by what is in it, for names can be anything."""

from __future__ import annotations

import os
import re

ENOUGH = 64 * 1024
"""Bytes of a file that tell what it is."""

_TEXT = r'"(?:[^"\\]|\\.)*"'

_BEGINNINGS = {
    "junit": r'<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="pfnspec" tests="\d+" ',
    "sarif": rf'\{{\s*"\$schema": {_TEXT},\s*"version": {_TEXT},\s*"runs": \[\s*\{{\s*"tool": \{{\s*'
    r'"driver": \{\s*"name": "pfnspec",',
    # A check, then a comparison.
    "markdown": r"### (`+)[^\n]+\1\n\n(`+)[^\n]+\2: "
    r"(?:\d+ (?:verdicts?|errors? in the model)\b|nothing of it in this shard|`)"
    r"|### pfnspec: (?:the gate is (?:open|closed)|comparison)\n",
    "html": r'<!DOCTYPE html>\n<html lang="en">\n<head>\n[^\0]*?<title>[^<]* - pfnspec</title>\n',
    "dot": r"// pfnspec: state graphs\ndigraph pfnspec \{\n",
    "json": rf'(?:\[\s*)?\{{\s*"schema": \d+,\s*(?:"path": {_TEXT},\s*"model": {_TEXT},\s*"doc": |'
    rf'"base": {_TEXT},\s*"commit": (?:{_TEXT}|null),\s*"status": \d)',
}
"""What a report of each kind begins with; none of them is what somebody writes by hand."""


def is_report(path: str | os.PathLike[str]) -> bool:
    """Whether a file holds a report of pfnspec, of whatever kind.  Raises OSError."""
    with open(path, "rb") as file:
        text = file.read(ENOUGH).decode("utf-8", "replace")
    return any(re.match(beginning, text) for beginning in _BEGINNINGS.values())
