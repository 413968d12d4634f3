"""A git checkout, asked through the `git` program: which files there are, and what they were at a commit."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

SUFFIX = ".pfn"
_SUBMODULE = "160000"
_LINK = "120000"
_MOST_LINKS = 40


class GitTrouble(Exception):
    """Git cannot say what is asked: one line for the user, and the exit status."""

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Checkout:
    """A work tree and the commit that it is compared with.

    `root` is its folder; paths of files are relative to it, with slashes.  `before` has the files of the
    commit, `now` those that are tracked and there; `renamed` the former path of a file by its new one, and
    `changed` every path, old or new, whose content is not the same.  `submodules` are the folders of others,
    `links` the symbolic links of the commit.
    """

    root: str
    commit: str
    before: frozenset[str]
    now: frozenset[str]
    renamed: Mapping[str, str]
    changed: frozenset[str]
    submodules: frozenset[str]
    links: frozenset[str]

    def inside(self, path: str) -> str | None:
        """A path as the user gives it, seen from the root; None when it is elsewhere."""
        # The last part may be a link itself, or be there no more.
        folder, name = os.path.split(os.path.abspath(path))
        real = os.path.join(os.path.realpath(folder), name)
        if real != self.root and not real.startswith(os.path.join(self.root, "")):
            return None
        return os.path.relpath(real, self.root).replace(os.sep, "/")

    def shown(self, path: str) -> str:
        """A path of the checkout as seen from the current folder."""
        return os.path.relpath(os.path.join(self.root, path), os.path.realpath(os.getcwd()))

    def named(self, path: str) -> str | None:
        """A path as seen from the current folder, seen from the root instead, with the links that are on
        its way; None when it is elsewhere."""
        if os.path.isabs(path):
            return self.inside(path)
        found = os.path.relpath(os.path.join(os.path.realpath(os.getcwd()), path), self.root)
        outside = found == ".." or found.startswith(os.path.join("..", ""))
        return None if outside else found.replace(os.sep, "/")

    def ways(self, path: str) -> tuple[str, ...]:
        """What a path of the work tree depends on: the links on its way, and the file that it leads to, as
        far as that is in the checkout."""

        links, file = self._led(path, self._link_now)
        return (*links, *(() if file is None else (file,)))

    def leads(self, path: str, *, then: bool) -> str | None:
        """Where a path leads, in the work tree or (`then`) at the commit; None for out of the checkout."""
        return self._led(path, self._link if then else self._link_now)[1]

    def _link_now(self, path: str) -> str | None:
        try:
            return os.readlink(os.path.join(self.root, path))
        except OSError:
            return None

    def _led(self, path: str, target: Callable[[str], str | None]) -> tuple[tuple[str, ...], str | None]:
        """The links on the way of a path, and where it leads: None for out of the checkout, or nowhere.
        `target` is what is written in a link, None for what is none."""
        links: list[str] = []
        done: list[str] = []
        todo = path.split("/")
        while todo:
            part = todo.pop(0)
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    return tuple(links), None
                done.pop()
                continue
            here = "/".join((*done, part))
            written = target(here)
            if written is None:
                done.append(part)
                continue
            links.append(here)
            if os.path.isabs(written):
                below = os.path.relpath(written, self.root)
                written, done = below.replace(os.sep, "/"), []
            if len(links) > _MOST_LINKS:
                return tuple(links), None
            todo = [*written.split("/"), *todo]
        return tuple(links), "/".join(done)

    def had(self, path: str) -> bool:
        """Whether there was such a file at the commit, or a link to one; its folder of git's own counts as
        there."""
        inside = self.inside(path)
        return inside == ".git" or (inside is not None and self.leads(inside, then=True) in self.before)

    def submodule(self, path: str) -> str | None:
        """The submodule that a path lies in, if it does."""
        folders = {str(folder) for folder in (PurePosixPath(path), *PurePosixPath(path).parents)}
        return next(iter(self.submodules & folders), None)

    def content(self, path: str) -> bytes:
        """What a file, named as the user names it, was at the commit.  Raises OSError."""
        named = self.named(path)
        if named is None:
            with open(path, "rb") as file:
                return file.read()
        _, inside = self._led(named, self._link)
        if inside is None:
            raise OSError(errno.ENOENT, "it is a link that leads out of the checkout, or nowhere")
        module = self.submodule(inside)
        if module is not None:
            raise OSError(errno.ENOENT, f"it lies in the submodule `{module}`")
        if inside not in self.before:
            raise OSError(errno.ENOENT, f"it is not there at {self.commit[:10]}")
        return self._blob(inside)

    def _link(self, path: str) -> str | None:
        """What was written in a link at the commit; None where there was none."""
        return os.fsdecode(self._blob(path)) if path in self.links else None

    def _blob(self, path: str) -> bytes:
        try:
            return _git(["cat-file", "blob", f"{self.commit}:{path}"], self.root)
        except _Failed as fault:
            raise OSError(errno.EIO, f"git: {fault}") from fault


def checkout(ref: str) -> Checkout:
    """The checkout that the current folder is in, beside where its branch left `ref`.  Raises GitTrouble."""
    root = _root()
    commit = _left(ref, root)
    try:
        before = _listed(_git(["ls-tree", "-r", "-z", "--full-tree", commit], root))
        tracked = _listed(_git(["ls-files", "-s", "-z"], root))
        raw = _git(["diff", "--raw", "-z", "-M", "--no-ext-diff", "--ignore-submodules", commit], root)
    except _Failed as fault:
        raise GitTrouble(f"git: {fault}") from fault
    renamed, changed = _changes(raw)
    now = frozenset(path for path in tracked.files if os.path.isfile(os.path.join(root, path)))
    modules = before.modules | tracked.modules
    return Checkout(root, commit, before.files, now, renamed, changed, modules, before.links)


def followed(path: str, tree: Checkout) -> str:
    """The present path of a model."""
    return next((now for now, was in tree.renamed.items() if was == path and now.endswith(SUFFIX)), path)


def untracked(root: str) -> tuple[str, ...]:
    """The models that nobody has told git of."""
    try:
        found = _git(["ls-files", "-o", "-z", "--exclude-standard", "--", f"*{SUFFIX}"], root)
    except _Failed:
        return ()
    return tuple(os.fsdecode(path) for path in found.split(b"\0") if path)


def _root() -> str:
    try:
        found = _git(["rev-parse", "--show-toplevel"], None)
    except _Failed as fault:
        if "dubious ownership" in str(fault):
            raise GitTrouble(f"git: {fault}") from fault
        raise GitTrouble("this folder is not in the work tree of a git checkout") from fault
    return os.path.realpath(os.fsdecode(found).rstrip("\n"))


def _left(ref: str, root: str) -> str:
    """The commit where the branch that is checked out left `ref`."""
    try:
        commit = _git(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"], root)
    except _Failed as fault:
        raise GitTrouble(f"there is no commit `{ref}` in this checkout{_shallow(root)}") from fault
    try:
        return _git(["merge-base", commit.decode().strip(), "HEAD"], root).decode().strip()
    except _Failed as fault:
        raise GitTrouble(f"`{ref}` and HEAD have no common commit{_shallow(root)}") from fault


def _shallow(root: str) -> str:
    try:
        shallow = _git(["rev-parse", "--is-shallow-repository"], root).strip() == b"true"
    except _Failed:
        return ""
    return ": it is a shallow clone; fetch the history (`git fetch --unshallow`)" if shallow else ""


@dataclass(frozen=True, slots=True)
class _Listed:
    """What git knows, by its sort; links lead to files that are listed themselves."""

    files: frozenset[str]
    modules: frozenset[str]
    links: frozenset[str]


def _listed(found: bytes) -> _Listed:
    """What `ls-tree` or `ls-files -s` tells."""
    files: set[str] = set()
    modules: set[str] = set()
    links: set[str] = set()
    for entry in found.split(b"\0"):
        if entry:
            info, path = entry.split(b"\t", 1)
            kinds = {_SUBMODULE: modules, _LINK: links}
            kinds.get(info.split()[0].decode(), files).add(os.fsdecode(path))
    return _Listed(frozenset(files), frozenset(modules), frozenset(links))


def _changes(raw: bytes) -> tuple[dict[str, str], frozenset[str]]:
    words = [os.fsdecode(word) for word in raw.split(b"\0")]
    renamed: dict[str, str] = {}
    changed: set[str] = set()
    at = 0
    while at < len(words) and words[at].startswith(":"):
        status = words[at].split()[-1]
        count = 2 if status[0] in "RC" else 1
        paths = words[at + 1 : at + 1 + count]
        if status[0] == "R":
            renamed[paths[1]] = paths[0]
        changed.update(paths)
        at += 1 + count
    return renamed, frozenset(changed)


class _Failed(Exception):
    """Git ended with an error; the text is its first line about it."""


def _git(words: list[str], folder: str | None) -> bytes:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        ran = subprocess.run(
            ["git", *words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            check=False,
        )  # fmt: skip
    except FileNotFoundError as fault:
        raise GitTrouble("`git` is needed for this, and it is not installed", 4) from fault
    except PermissionError as fault:
        raise GitTrouble(f"`git` cannot be run: {fault.strerror}", 4) from fault
    if ran.returncode:
        lines = ran.stderr.decode("utf-8", "replace").strip().splitlines() or [f"status {ran.returncode}"]
        raise _Failed(lines[0].removeprefix("fatal: "))
    return ran.stdout
