"""The rules as a neutral graph: what every renderer reads, and nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from lifecycle_model.export.counting import Counts
from lifecycle_model.export.labels import Labels
from lifecycle_model.policy import Policy, PolicyRef
from lifecycle_model.rules import GIVEN, RESTORED, Rule, RuleTable
from lifecycle_model.rules.bounds import threshold_value
from lifecycle_model.rules.targets import STATES, targets_of
from lifecycle_model.states import Axis


@dataclass(frozen=True, slots=True)
class Condition:
    """A fact compared with a number, or with a state's name."""

    fact: str
    operator: str
    threshold: int | Decimal | str
    name: str | None = None
    """The policy field that gave the threshold."""

    def __str__(self) -> str:
        named = f" ({self.name})" if self.name else ""
        return f"{self.fact} {self.operator} {self.threshold}{named}"


@dataclass(frozen=True, slots=True)
class Target:
    """A state that a row may lead to."""

    state: str
    choice: Condition | None = None
    """What tells it from the row's other targets, where there are several."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    id: str
    label: str
    sources: tuple[str, ...]
    kind: str
    kind_label: str
    guards: tuple[Condition, ...]
    targets: tuple[Target, ...]
    target_label: str
    moves: tuple[tuple[str, str, int], ...] | None
    """From, to, how often; None where nothing was counted."""

    @property
    def is_correction(self) -> bool:
        """Whether a person decides: left out of pictures, where it would hide the rest."""
        return self.kind == "manual_correction"

    @property
    def count(self) -> int | None:
        """How often the row moved somebody."""
        return None if self.moves is None else sum(count for _, _, count in self.moves)


@dataclass(frozen=True, slots=True)
class StateNode:
    """One state of an axis."""

    name: str
    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Region:
    """One axis; the first state is the initial one."""

    axis: Axis
    label: str
    states: tuple[StateNode, ...]
    rows: tuple[Row, ...]

    def arrows(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield the arrows of a picture: from, to, and one line for each row."""
        lines: dict[tuple[str, str], list[str]] = {}
        for row in self.rows:
            if row.is_correction:
                continue
            counted = {(before, after): n for before, after, n in row.moves or ()}
            for source in row.sources:
                for target in row.targets:
                    way = source, target.state
                    count = "" if row.moves is None else f" ({counted.get(way, 0):,})"
                    if source != target.state:
                        lines.setdefault(way, []).append(f"{row.label}{count}")
        for (before, after), labels in lines.items():
            yield before, after, tuple(labels)

    def bundles(self) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
        """Yield the rows that lead the same ways together: from, to, and one line for each."""
        lines: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
        for row in self.rows:
            if not row.is_correction:
                targets = tuple(target.state for target in row.targets)
                sources = tuple(source for source in row.sources if (source,) != targets)
                count = "" if row.count is None else f" ({row.count:,})"
                lines.setdefault((sources, targets), []).append(f"{row.label}{count}")
        for (sources, targets), labels in lines.items():
            yield sources, targets, tuple(labels)


@dataclass(frozen=True, slots=True)
class Graph:
    """The axes side by side, under one policy, in one language."""

    regions: tuple[Region, ...]
    labels: Labels
    policy: PolicyRef
    rules: str
    """The table's digest."""


def build_graph(
    rules: RuleTable,
    policy: Policy,
    axes: Iterable[Axis],
    labels: Labels,
    counts: Counts | None = None,
) -> Graph:
    """Return the graph of a table's axes under a policy."""
    regions = tuple(_region(rules, policy, axis, labels, counts) for axis in axes)
    return Graph(regions, labels, policy.ref, rules.digest)


def _region(
    rules: RuleTable, policy: Policy, axis: Axis, labels: Labels, counts: Counts | None
) -> Region:
    return Region(
        axis,
        labels.word(axis),
        tuple(
            StateNode(
                str(state),
                labels.state(axis, state),
                None if counts is None else counts.states.get((axis, state), 0),
            )
            for state in STATES[axis]
        ),
        tuple(_row(rule, policy, labels, counts) for rule in rules if rule.axis == axis),
    )


def _row(rule: Rule, policy: Policy, labels: Labels, counts: Counts | None) -> Row:
    guards = tuple(
        Condition(
            guard.fact,
            guard.operator,
            value if isinstance(value, Decimal) else int(value),
            guard.threshold if isinstance(guard.threshold, str) else None,
        )
        for guard in rule.guards
        for value in [threshold_value(guard, policy)]
    )
    moves = None
    if counts is not None:
        moves = tuple(
            sorted(
                (before, after, count)
                for (axis, rule_id, before, after), count in counts.moves.items()
                if (axis, rule_id) == (rule.axis, rule.id)
            )
        )
    return Row(
        rule.id,
        labels.rule(rule.axis, rule.id),
        tuple(map(str, rule.sources)),
        rule.kind,
        labels.kind(rule.kind),
        guards,
        tuple(_targets(rule)),
        labels.word(rule.target)
        if rule.target in {GIVEN, RESTORED}
        else labels.state(rule.axis, rule.target),
        moves,
    )


def _targets(rule: Rule) -> Iterator[Target]:
    if rule.target == GIVEN:
        for state in STATES[rule.axis]:
            yield Target(str(state), Condition("given", "==", str(state)))
    elif rule.target == RESTORED:
        for name in targets_of(rule):
            yield Target(str(name), Condition("restores_to", "==", str(name)))
    else:
        yield Target(str(rule.target))
