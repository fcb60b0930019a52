"""Rules as data: guards, rows, and the table that holds both axes."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal, Self

from lifecycle_model.errors import InvalidRules, Problem, did_you_mean
from lifecycle_model.policy import Policy
from lifecycle_model.rules.checks import faults_of
from lifecycle_model.rules.verification import Verification, verify
from lifecycle_model.states import Axis

Operator = Literal[">=", "<=", ">", "<", "=="]


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition: a fact compared with a threshold.

    >>> str(Guard("purchase_days", ">=", "regular_days"))
    'purchase_days >= regular_days'
    """

    fact: str
    operator: Operator
    threshold: str | int | Decimal
    """The name of a policy field, or a constant."""

    def __str__(self) -> str:
        return f"{self.fact} {self.operator} {self.threshold}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: in these states, on this kind, if all guards hold, go there."""

    id: str
    axis: Axis
    sources: tuple[str, ...]
    """The states in which the row applies."""
    kind: str
    target: str
    """A state, `RESTORED` or `GIVEN`."""
    guards: tuple[Guard, ...] = ()
    origin: tuple[str, ...] = ()
    """The source documents, S0 to S4, that the row was built from."""

    def __str__(self) -> str:
        guards = " and ".join(map(str, self.guards))
        condition = f" if {guards}" if guards else ""
        return (
            f"{self.id}: {' | '.join(self.sources)} --{self.kind}{condition}--> {self.target}"
        )


@dataclass(frozen=True)
class RuleTable:
    """The rows of both axes, checked when built.

    Rows of one source and kind are tried in their order; the first whose guards all hold fires.

    Args:
        rules: the rows in their order.
        version: carried beside the digest; change it when you change rows.

    Raises:
        InvalidRules: with every structural fault at once.

    >>> from lifecycle_model import DEFAULT_RULES
    >>> strict = DEFAULT_RULES.without(Axis.SITUATION, "detractor")
    >>> len(DEFAULT_RULES) - len(strict)
    1
    """

    rules: tuple[Rule, ...]
    version: str = "1"

    def __post_init__(self) -> None:
        if faults := faults_of(self.rules):
            raise InvalidRules("rule table", faults)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    @cached_property
    def digest(self) -> str:
        """Twelve hexadecimal digits that change when any row changes."""
        text = "\n".join(f"{rule.axis} {rule}" for rule in self.rules)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def rule(self, axis: Axis, rule_id: str) -> Rule:
        """Return one row.

        Raises:
            InvalidRules: no row of that axis has that id.
        """
        return self.rules[self._index(axis, rule_id)]

    def rows(self, axis: Axis, state: str, kind: str) -> tuple[Rule, ...]:
        """Return the rows that are tried in `state` on `kind`, in their order."""
        return tuple(
            rule
            for rule in self.rules
            if rule.axis == axis and rule.kind == kind and state in rule.sources
        )

    def with_rule(self, rule: Rule, *, before: str | None = None) -> Self:
        """Return a table with one more row, last or before another row of its axis.

        Raises:
            InvalidRules: the new table has faults, or `before` is unknown.
        """
        at = len(self.rules) if before is None else self._index(rule.axis, before)
        return self._with((*self.rules[:at], rule, *self.rules[at:]))

    def without(self, axis: Axis, rule_id: str) -> Self:
        """Return a table without one row.

        Raises:
            InvalidRules: the new table has faults, or the row is unknown.
        """
        at = self._index(axis, rule_id)
        return self._with((*self.rules[:at], *self.rules[at + 1 :]))

    def replace(self, rule: Rule) -> Self:
        """Return a table in which `rule` stands in the place of the row with its axis and id.

        Raises:
            InvalidRules: the new table has faults, or the row is unknown.
        """
        at = self._index(rule.axis, rule.id)
        return self._with((*self.rules[:at], rule, *self.rules[at + 1 :]))

    def verify(self, policy: Policy) -> Verification:
        """Prove what the rows do under a policy, by going through every case.

        Each case has exactly one answer on each axis; every state can be reached and left; no
        two rows undo each other at one instant. Rows that never fire under the policy, and
        guards that always or never hold, are named.

        Raises:
            InvalidRules: the rows of one cell ask so many facts that there are too many cases.

        >>> from lifecycle_model import DEFAULT_RULES, Policy
        >>> proof = DEFAULT_RULES.verify(Policy())
        >>> proof.cases, proof.faults
        (2172, ())
        >>> [rule.id for rule in proof.never_fires]
        ['no-longer-valuable']
        """
        return verify(self, policy)

    def _with(self, rules: Iterable[Rule]) -> Self:
        return type(self)(tuple(rules), self.version)

    def _index(self, axis: Axis, rule_id: str) -> int:
        for at, rule in enumerate(self.rules):
            if (rule.axis, rule.id) == (axis, rule_id):
                return at
        known = tuple(rule.id for rule in self.rules if rule.axis == axis)
        mend = f"is not a rule: {did_you_mean(rule_id, known)}"
        raise InvalidRules("rule id", (Problem(f"{axis} rule", repr(rule_id), mend),))
