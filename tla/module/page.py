"""A TLA+ module and its cfg as pages: what stands where; the template says how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

RESERVED = frozenset(
    "ASSUME ASSUMPTION AXIOM BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE DEFS DOMAIN ELSE ENABLED "
    "EXCEPT EXTENDS HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED OTHER PICK "
    "PROOF PROPOSITION PROVE QED RECURSIVE STATE SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM UNCHANGED UNION "
    "USE VARIABLE VARIABLES WITH WITNESS WF SF TRUE FALSE BOOLEAN STRING Nat Int Integers Sequences "
    "FiniteSets TLC Seq Len Append Head Tail SubSeq SelectSeq Cardinality IsFiniteSet Print PrintT Assert "
    "JavaTime TLCGet TLCSet Permutations SortSeq RandomElement Any ToString TLCEval Init Next Spec vars "
    "pc Tasks Index TaskOf Before Drop Minimum Maximum Blockers Fairness Terminating Reached None self "
    "SPECIFICATION INVARIANT INVARIANTS PROPERTY PROPERTIES CHECK_DEADLOCK SYMMETRY VIEW CONSTRAINT".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableLine:
    name: str
    padding: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action: the source that it comes from, and its definition."""

    comment: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    name: str
    header: tuple[str, ...]
    extends: tuple[str, ...]
    constants: tuple[str, ...]
    preamble: tuple[str, ...]
    variables: tuple[VariableLine, ...]
    predicates: tuple[str, ...]
    initial: tuple[str, ...]
    actions: tuple[Action, ...]
    closing: tuple[str, ...]


def module_text(page: Page) -> str:
    """The module, as TLC and people read it."""
    return _template("module.tla.j2").render(page=page)


def cfg_text(
    constants: tuple[str, ...], invariants: tuple[str, ...], properties: tuple[str, ...] = (),
    symmetry: str | None = None, constraint: str | None = None,
) -> str:  # fmt: skip
    """The cfg: every constant is a model value of its own name.  (TLC 2.15 cannot read there whether
    deadlock is checked; `-deadlock` on its command line turns that off.)"""
    return _template("model.cfg.j2").render(
        constants=constants,
        invariants=invariants,
        properties=properties,
        symmetry=symmetry,
        constraint=constraint,
    )


@lru_cache
def _template(name: str) -> Template:
    # Imported here: only runs that write a module need it, and it is slow to import.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    return environment.get_template(name)


class Names:
    """Hands out TLA+ identifiers: legal, unique, and as close to the wanted name as can be."""

    def __init__(self) -> None:
        self.taken: set[str] = set(RESERVED)

    def new(self, wanted: str) -> str:
        name = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in wanted)
        if not any(c.isalpha() for c in name) or name[0].isdigit() or name[:3] in ("WF_", "SF_"):
            name = f"v_{name}"
        candidate, count = name, 1
        while candidate in self.taken:
            count += 1
            candidate = f"{name}_{count}"
        self.taken.add(candidate)
        return candidate
