"""The documentation as a site, with search: `python docs/site.py [FOLDER]` writes it, by default to `site`.

    pip install 'pfnspec[docs]'

The pages link to each other, to examples and to measurements as they lie in the repository.  So they are laid
out in the same way in a folder of MkDocs' own, with the README as the first page, and every link has to lead
somewhere.  No network is needed: neither to build the site nor to read it.
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST = ("tutorial", "from-a-patch", "cookbook", "cheat-sheet", "language", "semantics")
"""The pages that a reader should see first, in this order; the others follow by name."""

PATTERNS = ("*.md", "LICENSE", "docs/**/*", "examples/**/*", "bench/*.md", "editors/**/*.md")


def build(target: Path) -> None:
    """Writes the site to `target`, whatever was there.  Raises MkDocs' own exceptions, also for a link that
    leads nowhere."""
    from mkdocs.commands.build import build as write
    from mkdocs.config import load_config

    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        for pattern in PATTERNS:
            for path in ROOT.glob(pattern):
                if "node_modules" in path.parts or path.suffix == ".py" or not path.is_file():
                    continue
                place = pages / path.relative_to(ROOT)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
        (pages / "README.md").rename(pages / "index.md")
        for path in pages.rglob("*.md"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("../README.md", "../index.md"), encoding="utf-8")
        (Path(folder) / "mkdocs.yml").write_text("site_name: pfnspec\n", encoding="utf-8")
        names = sorted(path.stem for path in (pages / "docs").glob("*.md"))
        order = [*FIRST, *(name for name in names if name not in FIRST)]
        config = load_config(
            config_file=str(Path(folder) / "mkdocs.yml"),
            docs_dir=str(pages),
            site_dir=str(target),
            use_directory_urls=False,
            strict=True,
            theme={"name": "mkdocs", "highlightjs": False, "nav_style": "dark"},
            plugins=["search"],
            nav=[{"pfnspec": "index.md"}, {"Docs": [f"docs/{name}.md" for name in order]}],
            validation={"nav": {"omitted_files": "ignore"}, "links": {"unrecognized_links": "ignore"}},
        )
        write(config)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    build(Path(sys.argv[1] if len(sys.argv) > 1 else "site").resolve())
