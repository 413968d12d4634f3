"""All words together, and what is asked of them.

Only words of the grammar may be two things: `in` is an operator and stands in `for` and `expect`, `or`
begins an alternative. The other names below are tables made from the words, for the stage that their line
names.
"""

from __future__ import annotations

from .built_in_words import BUILT_IN, LOCK_OPERATIONS, METHODS, SETTINGS, TYPES
from .grammar_words import DECLARATIONS, GRAMMAR, OPERATORS, STATEMENTS
from .kernel_words import LOCK_CALLS
from .library_words import LIBRARY
from .verb_words import VERBS
from .word import Group, Role, Word

WORDS: tuple[Word, ...] = (*GRAMMAR, *BUILT_IN, *LIBRARY)
"""Every word of the language."""

_BY_NAME = {word.word: word for word in WORDS}


def word_of(name: str) -> Word | None:
    """The word of that name; None if it is none."""
    return _BY_NAME.get(name)


def of_group(group: Group) -> tuple[Word, ...]:
    """The words of a group, in the vocabulary's order."""
    return tuple(word for word in WORDS if word.group == group)


def with_role(*roles: Role) -> tuple[str, ...]:
    """The words that do one of these, in the vocabulary's order."""
    return tuple(word.word for word in BUILT_IN if word.role in roles)


# ---- names

KEYWORDS = frozenset(word.word for word in GRAMMAR if word.reserved)
"""Words that cannot be names, since the grammar reads them in expressions or at the start of a statement."""

BUILT_INS = frozenset(word.word for word in BUILT_IN if word.reserved)
"""Names that the checker knows, which nothing else can have."""

BUILT_IN_NAMES = frozenset(word.word for word in BUILT_IN if word.group not in ("method", "check"))
"""Names that stand for something without a declaration, also those that an author may use otherwise."""

LIKELY = frozenset(
    word.word
    for word in BUILT_IN
    if word.group == "verb" or (word.reserved and word.group not in ("type", "method", "check"))
)
"""What a name that is not known may be a misspelling of, where a value or a call stands."""

TYPE_WORDS = frozenset(word.word for word in TYPES)
"""Those of types."""

# ---- what begins a line

BEGIN_DECLARATION: tuple[str, ...] = tuple(word.word for word in DECLARATIONS if word.begins)
"""The words that a declaration begins with."""

BEGIN_STATEMENT: tuple[str, ...] = tuple(
    word.word for word in GRAMMAR if word.begins and word.group != "declaration"
)
"""The words that a statement begins with."""

BEGIN_STATEMENT_ONLY: tuple[str, ...] = tuple(word for word in BEGIN_STATEMENT if not _BY_NAME[word].within)
"""Those of them that stand nowhere else."""

BEGIN_STATEMENT_OR_WITHIN: tuple[str, ...] = tuple(
    word.word for word in STATEMENTS if word.begins and word.within
)
"""Those of them that stand in expressions too, here or in Python."""

DECLARE_A_NAME: tuple[str, ...] = tuple(
    word.word
    for word in DECLARATIONS
    if word.begins and word.names and not word.modifies and word.word != "model"
)
"""The declarations of which a name is known afterwards."""

BEFORE_CODE = frozenset(word.word for word in GRAMMAR if word.opens == "code")
"""Words of lines behind which statements stand."""

BEFORE_BLOCK = frozenset(word.word for word in GRAMMAR if word.opens)
"""Words of lines behind which a block of any kind may stand."""

BEFORE_NAME = frozenset(word.word for word in GRAMMAR if word.takes == "name")
"""Words that begin a statement, behind which a name stands."""

BEFORE_OPERAND = frozenset(word.word for word in GRAMMAR if word.takes == "operand" and word.begins)
"""Words that begin a statement or a declaration, behind which an expression stands."""

PREFIXES = frozenset(word.word for word in OPERATORS if word.takes == "operand")
"""Operators in front of their only operand."""

JOINING: tuple[str, ...] = tuple(word.word for word in GRAMMAR if word.joins)
"""Words between two operands, or that go on with an expression."""

# ---- the checker's

LOCK_METHODS: dict[str, dict[str, tuple[Role, str]]] = {
    kind.word: {
        method.word: (method.role, method.mode) for method in LOCK_OPERATIONS if kind.word in method.of
    }
    for kind in TYPES
    if any(kind.word in method.of for method in LOCK_OPERATIONS)
}
"""By kind of lock: the word, what it does, and in which mode."""

SET_METHODS: dict[str, str] = {
    method.word: {"insert": "|", "take_out": "minus"}[method.role] for method in METHODS if "set" in method.of
}
"""What changes a set: the operator between the set and `{x}`. Taking out what is not there does nothing."""

LOCK_FUNCTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    **{word.word: (word.means, word.of) for word in LOCK_CALLS},
    **{word.word: (word.word, word.of) for word in LOCK_OPERATIONS if "_" in word.word},
}
"""Operations of locks as functions: the method, and the kinds of lock."""

OPERATION_NAMES = frozenset((*SET_METHODS, *(method.word for method in LOCK_OPERATIONS)))
"""The methods that change something."""

PLAIN_VERBS = with_role("pause", "barrier")
"""Verbs that take nothing."""

BARRIERS = with_role("barrier")
QUEUE_VERBS = with_role("queue", "wake")
WAKING = with_role("wake", "wake_call")
ASSERTING = with_role("bug", "warn", "held")
CHOICES = with_role("choice")
ACTIONS = with_role("choice", "outcome")
"""What is done where a value is needed: by itself, or in a condition under `and`, `or` and `not`."""
TASK_VERBS = with_role("task")
FREEING = with_role("free", "free_later")
"""Verbs that free an object, at once or after a grace period."""
LOADS = with_role("load")
STORES = with_role("store")
TESTS = with_role("test")

RCU_VERBS: dict[str, tuple[Role, str]] = {
    verb.word: (verb.role, verb.of[0])
    for verb in VERBS
    if verb.role in ("read_lock", "read_unlock", "synchronize", "drain")
}
"""What each does, and of which: `rcu`, or an `srcu` that it takes."""

MASK_VERBS: dict[str, tuple[Role, str]] = {
    verb.word: (verb.role, verb.of[0])
    for verb in VERBS
    if verb.role in ("disable", "enable", "save", "restore")
}
"""What each does, and which level of interrupts it masks, or lets come; or `preempt`, for being preempted."""

SETTING_VALUES: dict[str, tuple[str, ...]] = {
    setting.word: tuple(value.word for value in SETTINGS if setting.word in value.of)
    for setting in SETTINGS
    if not setting.of
}
"""What a scenario sets, apart from constants: the words for its values."""
