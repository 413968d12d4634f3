"""What binds how tightly in TLA+, as data, and where a text needs parentheses.

The numbers are those of the table of operators in Lamport's *Specifying Systems* (section 15.2.1), which
TLC's parser follows.  An operator has a range of precedences: of two operators beside each other, the one
whose whole range lies higher binds first; where the ranges overlap there is no reading, and the parser
refuses it ("Precedence conflict"), unless both are the same operator and it associates, which is to the left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """`sign` stands between its operands, or before its only one if `prefix`."""

    sign: str
    low: int
    high: int
    associates: bool = False
    prefix: bool = False


OPERATORS: Mapping[str, Operator] = {
    operator.sign: operator
    for operator in (
        Operator("=>", 1, 1),
        Operator("~>", 2, 2),
        Operator("/\\", 3, 3, associates=True),
        Operator("\\/", 3, 3, associates=True),
        Operator("=", 5, 5), Operator("#", 5, 5),
        Operator("<", 5, 5), Operator("<=", 5, 5), Operator(">", 5, 5), Operator(">=", 5, 5),
        Operator("\\in", 5, 5), Operator("\\subseteq", 5, 5),
        Operator("\\cup", 8, 8, associates=True), Operator("\\cap", 8, 8, associates=True),
        Operator("\\", 8, 8),
        Operator("..", 9, 9),
        Operator("%", 10, 11),
        Operator("+", 10, 10, associates=True), Operator("-", 11, 11, associates=True),
        Operator("*", 13, 13, associates=True), Operator("\\div", 13, 13),
    )
}  # fmt: skip
NOT = Operator("~", 4, 4, prefix=True)
BOX = Operator("[]", 4, 15, prefix=True)
DIAMOND = Operator("<>", 4, 15, prefix=True)
MINUS = Operator("-", 12, 12, prefix=True)

AND = OPERATORS["/\\"]
EQUALS = OPERATORS["="]
IN = OPERATORS["\\in"]
LEADS_TO = OPERATORS["~>"]
INTERVAL = OPERATORS[".."]


@dataclass(frozen=True, slots=True)
class Text:
    """A printed expression and its outermost operator; without one it is a whole by itself, such as a
    name, a call, or what stands in brackets.

    `open`: it goes on for as long as it can, as `IF`, `CHOOSE`, `LET` and quantifiers do.
    """

    text: str
    outer: Operator | None = None
    open: bool = False

    def __str__(self) -> str:
        return self.text

    def inside(self, operator: Operator) -> str:
        """As an operand of another operator, on either side."""
        loose = self.open or (self.outer is not None and self.outer.low <= operator.high)
        return f"({self.text})" if loose else self.text

    def last(self, operator: Operator) -> str:
        """As the right operand where nothing follows: what begins with its operator, or is open, can be
        read in one way only."""
        clear = self.open or self.outer is None or self.outer.prefix
        return self.text if clear else self.inside(operator)

    def whole(self) -> str:
        """Where only a whole may stand."""
        return self.text if self.outer is None and not self.open else f"({self.text})"


def infix(operator: Operator, operands: tuple[Text, ...], *, regroup: bool = False) -> Text:
    """The operands with the sign in between, grouped from the left.

    `regroup`: it makes no difference how they are grouped, so that a chain on the right needs no
    parentheses either.  It makes one to sums and products: what is added first may be too large for TLC.
    """
    texts = [
        operand.text
        if operand.outer is operator and operator.associates and (position == 0 or regroup)
        else operand.inside(operator)
        for position, operand in enumerate(operands)
    ]
    return Text(f" {operator.sign} ".join(texts), operator)
