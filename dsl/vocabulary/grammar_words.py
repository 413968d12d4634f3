"""The words that `syntax/grammar.lark` knows; those that begin a declaration in the order of a file."""

from __future__ import annotations

from .word import Word


def _declares(
    word: str, doc: str, snippet: str, opens: str = "", names: bool = True, takes: str = "name"
) -> Word:
    return Word(
        word, "declaration", doc, snippet=snippet, reserved=False, begins=True,
        opens=opens, takes=takes, names=names, modifies=word in ("daemon", "unfair"),  # type: ignore[arg-type]
    )  # fmt: skip


def _clause(word: str, doc: str, names: bool = False) -> Word:
    return Word(word, "declaration", doc, reserved=False, names=names)


DECLARATIONS: tuple[Word, ...] = (
    _declares("model", "Names the model; the first line of a file.", "model ${1:name}"),
    _declares(
        "const", "A constant, which a scenario or `--const` may change.", "const ${1:NAME}: int = ${2:2}"
    ),
    _declares("type", "A name for a type.", "type ${1:Name} = range(${2:2})"),
    _declares("enum", "A type of named values.", "enum ${1:Name}: ${2:one}, ${3:two}", "lines"),
    _declares("class", "A type with fields.", "class ${1:Name}:\n    ${2:field}: ${3:bool}", "lines"),
    _declares(
        "word",
        "A class whose fields are one location.",
        "word ${1:Name}:\n    ${2:field}: ${3:bool}",
        "lines",
    ),
    _declares("shared", "Memory that all tasks see; each access is a step.", "shared ${1:name}: ${2:bool}"),
    _declares("ghost", "State of the specification, which code cannot read.", "ghost ${1:name}: ${2:bool}"),
    _declares("process", "Tasks that run one body.", "process ${1:name}[${2:2}]:\n    $0", "code"),
    _declares(
        "daemon",
        "A process that may be left waiting when all others have ended.",
        "daemon process ${1:name}:\n    while True:\n        $0",
        "code",
    ),
    _declares("unfair", "A process whose tasks may stop anywhere.", "", "code"),
    _declares(
        "work", "Code that is run once each time that it is queued.", "work ${1:name}:\n    $0", "code"
    ),
    _declares(
        "timer", "Code that is run at any time after it was armed.", "timer ${1:name}:\n    $0", "code"
    ),
    _declares(
        "interrupt",
        "A handler that interrupts each task of a process on its CPU.",
        "interrupt ${1:name} on ${2:process}:\n    $0",
        "code",
    ),
    _declares("softirq", "A handler that interrupts tasks, and that interrupts come before.", "", "code"),
    _declares("nmi", "A handler that nothing masks.", "", "code"),
    _declares(
        "ipi",
        "An interrupt that arrives when another task sends it: `smp_call_function_single(P[i], NAME, WAIT)`.",
        "ipi ${1:name} on ${2:process}:\n    $0",
        "code",
    ),
    _declares("def", "Code that is inlined where it is called.", "def ${1:name}(${2}):\n    $0", "code"),
    _declares("policy", "A way to wait.", "policy ${1:name}:\n    while not cond:\n        $0", "code"),
    _declares("policies", "The ways to wait that are checked.", "policies ${1:spin}", names=False),
    _declares("invariant", "What holds in every state.", "invariant ${1:name}: $0", "lines"),
    _declares("property", "What holds of every fair behaviour.", "property ${1:name}: $0", "lines"),
    _declares("sometimes", "What holds in some state that is reached.", "sometimes ${1:name}: $0", "lines"),
    _declares(
        "assume",
        "Behaviours that leave it are not followed, and each verdict says so.",
        "assume $0",
        names=False,
        takes="operand",
    ),
    _declares(
        "measure",
        "What `pfnspec cost` times.",
        "measure ${1:name}: ${2:process} at ${3:label} until ${2:process} at ${4:label}",
    ),
    _declares(
        "scenario",
        "Settings under which the model is checked.",
        "scenario ${1:name}:\n    ${2:cpus = 1}",
        "lines",
    ),
    _declares("expect", "Which verdict is expected.", "expect $1 ${2|holds,violated|}", names=False),
    _declares("accept", "Lets something pass, with a reason.", 'accept weaker $1 "${2:reason}"', names=False),
    _declares(
        "recording",
        "How events of a running kernel are read, for `pfnspec validate`.",
        "recording ${1:name}:\n    part ${2:process}\n    event ${3:event}: ${2:process} at ${4:label}",
        "lines",
    ),
    _clause("part", "In a `recording`: a process whose tasks threads play."),
    _clause("threads", "In a `part`: the names or numbers of these threads."),
    _clause("event", "In a `recording`: which label an event is recorded at."),
    _clause("ignore", "In a `recording`: events that say nothing of the model."),
    _clause("probe", "In a `recording`: how a kernel is asked for an event."),
    _clause("from", "In a `recording`: the event that a stretch begins with."),
    _clause("to", "In a `recording`: the event that a stretch ends with."),
    _clause("where", "In an `event`: what its fields say of the model."),
    _clause("varies", "Behind `model NAME`: the file of which this one is a variant."),
    _clause("cpu", "Behind `on`: the CPU of a process' tasks.", names=True),
    _clause("under", "In `expect`: under these wait policies only."),
    _clause("weaker", "Behind `accept`: a change that makes the specification weaker."),
    _clause("unlocked", "Behind `accept`: locations without a common lock."),
)


def _statement(
    word: str, doc: str, snippet: str, opens: str = "", takes: str = "", within: bool = False
) -> Word:
    return Word(
        word, "statement", doc, snippet=snippet, begins=True, opens=opens, takes=takes, within=within,  # type: ignore[arg-type]
        joins=word in ("if", "for"),
    )  # fmt: skip


STATEMENTS: tuple[Word, ...] = (
    _statement(
        "if", "Runs its block if the condition holds.", "if ${1:condition}:\n    $0", "code", "operand", True
    ),
    _statement(
        "elif",
        "Another condition, if none above it holds.",
        "elif ${1:condition}:\n    $0",
        "code",
        "operand",
        True,
    ),
    _statement("else", "What is run if no condition above it holds.", "else:\n    $0", "code", within=True),
    _statement(
        "while",
        "Repeats its block as long as the condition holds.",
        "while ${1:condition}:\n    $0",
        "code",
        "operand",
    ),
    _statement(
        "for",
        "Repeats its block for each value, in order.",
        "for ${1:i} in range(${2:N}):\n    $0",
        "code",
        "operand",
        True,
    ),
    _statement("with", "Holds a lock in its block.", "with ${1:lock}:\n    $0", "code", "operand"),
    _statement(
        "either", "Takes any of the alternatives.", "either:\n    ${1:pass}\nor:\n    ${2:pass}", "code"
    ),
    _statement("atomic", "Makes its block one step.", "atomic:\n    $0", "code"),
    _statement(
        "assert",
        "States what holds as long as the task stands here.",
        'assert ${1:condition}, "${2:why}"',
        takes="operand",
    ),
    _statement(
        "await", "Waits until a condition, read as a whole, holds.", "await ${1:condition}", takes="operand"
    ),
    _statement(
        "label",
        "Names the place, for `at`; with a block a region, for `in`.",
        "label ${1:name}",
        takes="name",
    ),
    _statement(
        "wait",
        "Waits for a condition on a waitqueue, by the policy of the run.",
        "wait until ${1:condition} on ${2:queue}",
        takes="operand",
    ),
    _statement("goto", "Goes on at a label below.", "goto ${1:out}", takes="name"),
    _statement("return", "Leaves the process or `def`.", "return", takes="operand"),
    _statement("break", "Leaves the loop.", "break"),
    _statement("continue", "Goes on with the next round of the loop.", "continue"),
    _statement("pass", "Nothing.", "pass"),
    Word("on", "statement", "Behind `wait until C`: the waitqueue.", reserved=False, joins=True),
    Word("timeout", "statement", "In a `wait until`, behind `or`: the wait may end before.", reserved=False),
    Word(
        "holding",
        "statement",
        "In a `wait until`: the lock that is held at the site.",
        reserved=False,
        joins=True,
    ),
)

OPERATORS: tuple[Word, ...] = (
    Word(
        "and",
        "operator",
        "Whether both sides hold; the right one counts only if the left one holds.",
        joins=True,
    ),
    Word(
        "or",
        "operator",
        "Whether one of the sides holds; `or:` is another alternative of an `either:`.",
        snippet="or:\n    $0",
        begins=True,
        opens="code",
        joins=True,
        within=True,
    ),
    Word("not", "operator", "Whether what follows does not hold.", takes="operand", joins=True),
    Word("in", "operator", "Whether a value is an element of a set.", joins=True),
    Word("implies", "operator", "Whether the right side holds if the left one does.", joins=True),
    Word("always", "operator", "Whether it holds from now on.", takes="operand"),
    Word("eventually", "operator", "Whether it holds now or later.", takes="operand"),
    Word(
        "leads_to",
        "operator",
        "Whether the right side holds whenever the left one does, then or later.",
        joins=True,
    ),
    Word(
        "until",
        "operator",
        "Whether the left side holds until the right one does, and the right one does.",
        joins=True,
    ),
    Word("at", "operator", "Whether a task stands at a label.", joins=True),
)

CONSTANTS: tuple[Word, ...] = (
    Word("True", "constant", "What holds."),
    Word("False", "constant", "What does not hold."),
    Word("None", "constant", "No value, of a `T | None`."),
    Word("violated", "verdict", "In `expect`: some behaviour violates it.", reserved=False),
    Word("holds", "verdict", "In `expect`: no behaviour violates it.", reserved=False),
)
"""Values and verdicts."""

GRAMMAR: tuple[Word, ...] = (*DECLARATIONS, *STATEMENTS, *OPERATORS, *CONSTANTS)
"""All of them."""
