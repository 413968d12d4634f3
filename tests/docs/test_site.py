"""The site is built from the pages as they are: every link leads somewhere, no network is asked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_site_is_built(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, ROOT / "docs" / "site.py", tmp_path / "site"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    site = tmp_path / "site"
    assert "<title>pfnspec</title>" in (site / "index.html").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        text = (site / "docs" / f"{page.stem}.html").read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|img)[^>]* src="([^"]+)"|<link[^>]* href="([^"]+)"', text)
        assert not [address for pair in loaded for address in pair if "//" in address], page
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert any(entry["location"].startswith("docs/cookbook.html") for entry in index["docs"])
    assert (site / "examples" / "waiting" / "lost_wakeup.pfn").exists()
