"""Where a customer stands at an instant: the six values, the next deadline, what is missing."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from lifecycle_model.customer import Customer
from lifecycle_model.decode import Decoder, fact_number
from lifecycle_model.derived import (
    FUNNEL_LINES,
    SALES_LINES,
    SERVICE_LINES,
    STAGE_LINES,
    conditions,
    first_value,
)
from lifecycle_model.encode import POSITIONS, SITUATIONS, Codes, midnight
from lifecycle_model.engine import Engine
from lifecycle_model.errors import UnknownName
from lifecycle_model.kernel import layout as at
from lifecycle_model.kernel.guards import fact_value
from lifecycle_model.kernel.moves import restored_situation
from lifecycle_model.kernel.program import FACT_CODES
from lifecycle_model.memory import Memory
from lifecycle_model.outcome import Deadline, Number, RuleCheck, State, Status
from lifecycle_model.rules import FACTS, RESTORED
from lifecycle_model.states import Axis, BuyingPosition, Situation

if TYPE_CHECKING:
    from lifecycle_model.kernel.layout import Decision

_CUSTOMER_FACTS: Final = tuple(fact.name for fact in FACTS.values() if fact.scope == "customer")


def find_status(engine: Engine, customer: Customer, as_of: datetime | None) -> Status:
    """Return the six values of a customer; see `Lifecycle.status`."""
    until = engine.until(customer, as_of)
    memory = engine.memory(customer, Codes(customer, engine.policy), until)
    after = memory.pack({})
    day = max(memory.state[at.DAY], 0)
    bits = conditions(engine.program, memory, day)
    return Status(
        as_of=until,
        situation=after.situation,
        position=after.position,
        stage=first_value(STAGE_LINES, bits),
        funnel_group=first_value(FUNNEL_LINES, bits),
        sales_step=first_value(SALES_LINES, bits),
        service_state=first_value(SERVICE_LINES, bits),
        facts={name: _fact(memory, name) for name in _CUSTOMER_FACTS},
    )


def find_deadline(engine: Engine, customer: Customer) -> Deadline | None:
    """Return the next midnight at which something changes; see `Lifecycle.next_deadline`."""
    codes = Codes(customer, engine.policy)
    memory = engine.memory(customer, codes)
    due = memory.due()
    try:
        instant = midnight(due, engine.policy.day_offset_minutes)
    except (OverflowError, ValueError):  # beyond the calendar: never
        return None
    decisions: list[Decision] = []
    memory.state[at.RECORDING] = at.MOVES
    memory.advance(due, decisions)
    decoder = Decoder(engine.program, engine.policy, (), codes.opportunities)
    return Deadline(instant, tuple(decoder.transitions(decisions)))


def known_state(target: State | str) -> State:
    """Return a situation or a buying position, given as such or by its text.

    Raises:
        UnknownName: it is neither.

    >>> known_state("preferred")
    <Situation.PREFERRED: 'preferred'>
    """
    for axis in (Situation, BuyingPosition):
        if str(target) in tuple(axis):
            return axis(str(target))
    raise UnknownName("state", str(target), (*Situation, *BuyingPosition))


def opportunity_of(customer: Customer, opportunity_id: str | None) -> str:
    """Return the opportunity meant: the one named, else the leading one, else "main"."""
    leading = customer.leading_opportunity
    if opportunity_id is not None or leading is None:
        return opportunity_id or "main"
    return leading.id


def find_checks(
    engine: Engine,
    customer: Customer,
    target: State,
    opportunity_id: str | None,
    as_of: datetime | None,
) -> tuple[RuleCheck, ...]:
    """Return every rule that leads to a state; see `Lifecycle.why_not`."""
    codes = Codes(customer, engine.policy)
    target = known_state(target)
    start = at.NO_OPPORTUNITY
    if isinstance(target, BuyingPosition):
        meant = opportunity_of(customer, opportunity_id)
        codes.opportunity(meant)
        codes.order([])
        start = codes.opportunities[meant] * at.OPPORTUNITY_SLOTS
    memory = engine.memory(customer, codes, engine.until(customer, as_of))
    return tuple(_checks(engine, memory, target, start))


def _checks(engine: Engine, memory: Memory, target: State, start: int) -> Iterator[RuleCheck]:
    """Hold every row that leads to the target against the memory."""
    axis = Axis.SITUATION if start < 0 else Axis.POSITION
    if start < 0:
        held: State = SITUATIONS[memory.state[at.SITUATION]]
    else:
        held = POSITIONS[memory.opportunities[start + at.POSITION]]
    restored = restored_situation(memory.state)
    decoder = Decoder(engine.program, engine.policy, (), {})
    for rule in engine.program.rules:
        leads = rule.target == target or (
            rule.target == RESTORED and restored >= 0 and SITUATIONS[restored] == target
        )
        if rule.axis == axis and leads:
            values = [_value(memory, guard.fact, start, target) for guard in rule.guards]
            evidence = decoder.evidence(rule.guards, values)
            yield RuleCheck(rule, evidence, source_holds=held in rule.sources)


def _fact(memory: Memory, name: str) -> Number | None:
    return fact_number(name, _value(memory, name, at.NO_OPPORTUNITY, Situation.NON_CUSTOMER))


def _value(memory: Memory, name: str, start: int, target: State) -> int:
    """Return the kernel's number of a fact today."""
    place = -1 if start < 0 else POSITIONS.index(BuyingPosition(target))
    return fact_value(
        memory,
        start,
        FACT_CODES[name],
        max(memory.state[at.DAY], 0),
        place,
    )
