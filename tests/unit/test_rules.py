from __future__ import annotations

import pickle
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lifecycle_model import (
    DEFAULT_RULES,
    FACTS,
    GIVEN,
    KINDS,
    RESTORED,
    Axis,
    BuyingPosition,
    Guard,
    Rule,
    RuleTable,
    Situation,
)
from lifecycle_model.errors import InvalidRules, Problem

# The two tables, row by row: id | from | event | guards | to | sources.
POSITIONS = """
need-recognized | any | need_recognized | | needs_recognition
evaluation-started | any | evaluation_started | positions_skipped <= max_positions_skipped | options_evaluation
supplier-chosen | any | supplier_chosen | positions_skipped <= max_positions_skipped | concerns_resolution
contract-signed | any | purchase_completed | | implementation
competitor-chosen | any | opportunity_lost | | implementation
decision-dropped | needs_recognition, options_evaluation, concerns_resolution | decision_dropped | | status_quo
value-delivered | implementation | value_delivered | | status_quo
account-closed | needs_recognition, options_evaluation, concerns_resolution, implementation | customer_left | | status_quo
contract-cancelled | implementation | purchase_reversed | purchase_taken_off == 1 | status_quo
corrected | any | manual_correction | | given
settled | implementation | time_passed | days_in_position >= implementation_days | status_quo
stalled | needs_recognition, options_evaluation, concerns_resolution | time_passed | days_since_touched >= stale_days | status_quo
"""  # noqa: E501 - one row is one line

SITUATIONS = """
behaviour-qualifies | non_customer | interest_shown | behaviour_qualifies == 1 | potential | S1
lead-qualified | non_customer | lead_qualified | | potential | S1, S3
need-recognized | non_customer | need_recognized | | potential | S0
evaluation-started | non_customer | evaluation_started | | potential | S0
supplier-chosen | non_customer | supplier_chosen | | potential | S0
first-purchase | non_customer, potential | purchase_completed | standing_purchases <= 1 | occasional | S2, S0
won-back | non_customer, potential | purchase_completed | | occasional | S0, S3
disqualified | potential | lead_disqualified | | non_customer | S1
lost-to-competitor | potential | opportunity_lost | open_opportunities <= 0 | non_customer | S0
went-cold | potential | time_passed | days_since_sign >= cold_days; open_opportunities <= 0 | non_customer | S2
became-regular | occasional | purchase_completed | purchase_days >= regular_days | regular | S2
became-preferred | regular | purchase_completed | purchase_days >= preferred_days; revenue >= preferred_revenue | preferred | S2
purchase-cancelled | occasional, regular, preferred | purchase_reversed | purchase_taken_off == 1; standing_purchases <= 0 | potential | S1
complained | occasional, regular, preferred | case_opened | is_complaint == 1; open_complaints > complaints_tolerated | dissatisfied | S2
detractor | occasional, regular, preferred | survey_answered | score <= detractor_score | dissatisfied | S4
left | potential, occasional, regular, preferred, dissatisfied | customer_left | | non_customer | S0
not-renewed | occasional, regular, preferred | time_passed | protected <= 0; days_expired >= renewal_grace_days; open_opportunities <= 0 | non_customer | S0
lapsed | occasional, regular, preferred | time_passed | protected <= 0; days_idle >= lapsed_days; open_opportunities <= 0 | non_customer | S0
no-longer-regular | regular | time_passed | protected <= 0; purchase_days < keep_regular_days | occasional | S2
no-longer-frequent | preferred | time_passed | protected <= 0; purchase_days < keep_preferred_days | regular | S2
no-longer-valuable | preferred | time_passed | protected <= 0; revenue < keep_preferred_revenue | regular | S2
case-resolved | dissatisfied | case_closed | closed_complaint == 1; open_complaints <= complaints_tolerated; confirmation_needed <= 0 | restored | S2, S3
satisfied-again | dissatisfied | survey_answered | score >= satisfied_score; open_complaints <= complaints_tolerated | restored | S2, S3
bought-again | dissatisfied | purchase_completed | open_complaints <= complaints_tolerated; confirmation_needed <= 0; days_dissatisfied >= recovery_days | restored | S2
given-up | dissatisfied | time_passed | protected <= 0; days_dissatisfied >= lost_days; days_since_sign >= lost_days; open_opportunities <= 0 | non_customer | S0
corrected | any | manual_correction | | given |
"""  # noqa: E501 - one row is one line

POTENTIAL, OCCASIONAL = Situation.POTENTIAL, Situation.OCCASIONAL
NEEDS, IMPLEMENTATION = BuyingPosition.NEEDS_RECOGNITION, BuyingPosition.IMPLEMENTATION


def row(rule: Rule) -> str:
    """Return a rule as a line of its table."""
    states = Situation if rule.axis == Axis.SITUATION else BuyingPosition
    sources = "any" if rule.sources == tuple(states) else ", ".join(rule.sources)
    guards = "; ".join(map(str, rule.guards))
    cells = [rule.id, sources, rule.kind, guards, rule.target]
    if rule.axis == Axis.SITUATION:
        cells.append(", ".join(rule.origin))
    return " | ".join(cells).replace("|  |", "| |").rstrip()


def on_situation(**changes: Any) -> Rule:
    """Return a sound extra row of the situation axis, with changes."""
    sound = Rule("extra", Axis.SITUATION, (POTENTIAL,), "offer_made", OCCASIONAL)
    return replace(sound, **changes)


def on_position(**changes: Any) -> Rule:
    """Return a sound extra row of the position axis, with changes."""
    sound = Rule(
        "extra", Axis.POSITION, (NEEDS,), "offer_made", BuyingPosition.OPTIONS_EVALUATION
    )
    return replace(sound, **changes)


def faults(*rules: Rule) -> list[Problem]:
    """Return the faults of the default table with extra rows."""
    with pytest.raises(InvalidRules) as caught:
        RuleTable((*DEFAULT_RULES, *rules))
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("axis", "table"), [(Axis.POSITION, POSITIONS), (Axis.SITUATION, SITUATIONS)]
)
def test_default_table(axis: Axis, table: str) -> None:
    """The default rows are the law's, in its order; a changed row changes users' numbers."""
    assert table.strip().splitlines() == [
        row(rule) for rule in DEFAULT_RULES if rule.axis == axis
    ]


def test_size() -> None:
    """The default tables have no rows beside those told above."""
    assert len(DEFAULT_RULES) == 12 + 26
    assert list(DEFAULT_RULES) == list(DEFAULT_RULES.rules)


def test_facts() -> None:
    """The facts that guards may read are those of the law."""
    assert set(FACTS) == {
        "purchase_days",
        "revenue",
        "standing_purchases",
        "days_since_purchase",
        "days_idle",
        "days_expired",
        "days_since_sign",
        "protected",
        "days_dissatisfied",
        "open_cases",
        "open_complaints",
        "closed_complaint",
        "open_opportunities",
        "payments_overdue",
        "score",
        "behaviour_qualifies",
        "is_complaint",
        "purchase_taken_off",
        "confirmation_needed",
        "days_in_position",
        "days_since_touched",
        "positions_skipped",
    }


def test_extra_rows_are_sound() -> None:
    """The rows that the tests below spoil are sound as they are."""
    assert len(RuleTable((*DEFAULT_RULES, on_situation(), on_position()))) == 40


SITUATION_FAULTS = [
    ({"sources": ()}, "", "has no source: name at least one state"),
    (
        {"sources": ("potental",)},
        "'potental'",
        "is not a situation: did you mean 'potential'?",
    ),
    pytest.param(
        {"sources": (NEEDS,)},
        "'needs_recognition'",
        "is not a situation: use one of: non_customer, potential, occasional, regular, "
        "preferred, dissatisfied",
    ),
    ({"kind": "offer_mad"}, "'offer_mad'", "is not a kind: did you mean 'offer_made'?"),
    (
        {"target": "regulr"},
        "'regulr'",
        "is not a situation: did you mean 'regular'?",
    ),
    ({"target": "restord"}, "'restord'", "is not a situation: did you mean 'restored'?"),
    (
        {"target": GIVEN},
        "'given'",
        "'given' is the target of manual_correction, and only of it",
    ),
    (
        {"kind": "manual_correction", "target": "regular"},
        "'regular'",
        "'given' is the target of manual_correction, and only of it",
    ),
    ({"target": RESTORED}, "'restored'", "is a target from dissatisfied only: split the row"),
    (
        {"target": RESTORED, "sources": (POTENTIAL, Situation.DISSATISFIED)},
        "'restored'",
        "is a target from dissatisfied only: split the row",
    ),
    (
        {
            "kind": "time_passed",
            "target": "regular",
            "sources": (OCCASIONAL, Situation.REGULAR),
        },
        "'regular'",
        "time would fire this row for ever: remove it from the sources",
    ),
]

POSITION_FAULTS = [
    (
        {"sources": ("need_recognition",)},
        "'need_recognition'",
        "is not a position: did you mean 'needs_recognition'?",
    ),
    (
        {"target": RESTORED, "sources": (IMPLEMENTATION,)},
        "'restored'",
        "is a target from dissatisfied only: split the row",
    ),
    (
        {"target": "restord"},
        "'restord'",
        (
            "is not a position: use one of: status_quo, needs_recognition, options_evaluation, "
            "concerns_resolution, implementation"
        ),
    ),
    (
        {"kind": "contacted"},
        "'contacted'",
        "names no opportunity: use a kind with an opportunity_id",
    ),
    (
        {"kind": "customer_left", "sources": (BuyingPosition.STATUS_QUO, NEEDS)},
        "'customer_left'",
        "finds no opportunity at status_quo, which may be forgotten: remove that source",
    ),
    (
        {"kind": "time_passed", "sources": (BuyingPosition.STATUS_QUO,)},
        "'time_passed'",
        "finds no opportunity at status_quo, which may be forgotten: remove that source",
    ),
]

GUARD_FAULTS = [
    (
        on_situation(guards=(Guard("revenue", "=>", 1),)),
        "'=>'",
        "is not an operator: use one of >=, <=, >, <, ==",
    ),
    (
        on_situation(guards=(Guard("revenue", ">=", "regular_day"),)),
        "'regular_day'",
        "is not a threshold: did you mean 'regular_days'?",
    ),
    (
        on_situation(guards=(Guard("revenue", ">=", "name"),)),
        "'name'",
        "is not a threshold: use one of: window_days, ",
    ),
    (
        on_situation(guards=(Guard("revenue", ">=", "currency"),)),
        "'currency'",
        "is not a threshold: use one of: window_days, ",
    ),
    (
        on_situation(guards=(Guard("revenue", ">=", Decimal("0.00001")),)),
        "Decimal('0.00001')",
        "does not fit a fact in money: use a multiple of 0.0001",
    ),
    (
        on_situation(guards=(Guard("revenue", ">=", Decimal("NaN")),)),
        "Decimal('NaN')",
        "is not a threshold: stay within 1,000,000,000,000,000",
    ),
    (
        on_situation(guards=(Guard("revenue", ">=", Decimal("Infinity")),)),
        "Decimal('Infinity')",
        "is not a threshold: stay within 1,000,000,000,000,000",
    ),
    (
        on_situation(guards=(Guard("purchase_days", ">=", Decimal("1.5")),)),
        "Decimal('1.5')",
        "does not fit a fact in count: use a multiple of 1",
    ),
    (
        on_situation(guards=(Guard("revenu", ">=", 1),)),
        "'revenu'",
        "is not a fact: did you mean 'revenue'?",
    ),
    (
        on_situation(guards=(Guard("days_in_position", ">=", 1),)),
        "'days_in_position'",
        "belongs to an opportunity: use it on the position axis",
    ),
    (
        on_situation(guards=(Guard("score", ">=", 1),)),
        "'score'",
        "is set only by survey_answered: change the kind",
    ),
    (
        on_position(kind="time_passed", guards=(Guard("positions_skipped", "<=", 1),)),
        "'positions_skipped'",
        "time skips no position: remove the guard",
    ),
]


@pytest.mark.parametrize(("changes", "value", "mend"), SITUATION_FAULTS)
def test_situation_row(changes: dict[str, Any], value: str, mend: str) -> None:
    """A faulty row of the situation axis is refused: the row, the value, the mend."""
    assert faults(on_situation(**changes)) == [Problem("situation rule 'extra'", value, mend)]


@pytest.mark.parametrize(("changes", "value", "mend"), POSITION_FAULTS)
def test_position_row(changes: dict[str, Any], value: str, mend: str) -> None:
    """A faulty row of the position axis is refused: the row, the value, the mend."""
    assert faults(on_position(**changes)) == [Problem("position rule 'extra'", value, mend)]


@pytest.mark.parametrize(("rule", "value", "mend"), GUARD_FAULTS)
def test_guard(rule: Rule, value: str, mend: str) -> None:
    """A faulty guard is refused by the row it stands in."""
    (problem,) = faults(rule)

    assert (f"{rule.axis} rule 'extra'", value) == (problem.place, problem.value)
    assert problem.mend.startswith(mend)


@pytest.mark.parametrize(
    "guard",
    [
        Guard("revenue", ">=", Decimal("0.0001")),
        Guard("revenue", ">=", 100),
        Guard("purchase_days", ">=", Decimal("2.0")),
        Guard("purchase_days", ">=", "follow_up_days"),
        Guard("confirmation_needed", "==", "recovery_needs_confirmation"),
        Guard("days_idle", ">", 10),
    ],
)
def test_sound_guard(guard: Guard) -> None:
    """A guard compares with a number of its unit, or with any threshold of the policy."""
    assert RuleTable((*DEFAULT_RULES, on_situation(guards=(guard,)))).rules[-1].guards == (
        guard,
    )


@pytest.mark.parametrize("kind", ["case_closed", "customer_left"])
def test_closed_complaint_where_it_is_set(kind: str) -> None:
    """Whether a complaint was closed may be asked where a case closes and where all do."""
    rule = Rule(
        "extra",
        Axis.SITUATION,
        (Situation.NON_CUSTOMER,),
        kind,
        POTENTIAL,
        (Guard("closed_complaint", "==", 1),),
    )

    assert rule in DEFAULT_RULES.with_rule(rule).rules


def test_faults_of_rows_together() -> None:
    """Every fault of every row is told in one error."""
    broken = on_situation(sources=("x",), kind="y", target="z", guards=(Guard("w", "v", "u"),))  # type: ignore[arg-type]

    assert [one.value for one in faults(broken)] == ["'x'", "'y'", "'z'", "'v'", "'w'", "'u'"]
    assert len(faults(broken, on_position(kind="contacted"))) == 7


def test_duplicate() -> None:
    """Two rows of one axis may not share an id; on two axes they may."""
    twin = on_situation(id="left")

    assert faults(twin) == [
        Problem(
            "situation rule 'left'", "", "stands twice: give each row of an axis its own id"
        )
    ]
    assert len(DEFAULT_RULES.with_rule(on_situation(id="settled"))) == 39


@pytest.mark.parametrize(
    "guards",
    [(), (Guard("standing_purchases", "<=", 1), Guard("revenue", ">=", 100))],
)
def test_shadow(guards: tuple[Guard, ...]) -> None:
    """A row that an earlier one always takes away is refused, with both names."""
    hidden = Rule(
        "big-first", Axis.SITUATION, (POTENTIAL,), "purchase_completed", "regular", guards
    )

    (problem, *_) = faults(hidden)

    assert problem.place == "situation rule 'big-first'"
    assert problem.value == "from potential"
    assert problem.mend == (
        "never fires, 'won-back' always comes first: put it before that row"
        if not guards
        else "never fires, 'first-purchase' always comes first: put it before that row"
    )


def test_shadow_in_several_states() -> None:
    """Every state in which a row is hidden is named."""
    hidden = Rule(
        "late", Axis.SITUATION, ("non_customer", "potential"), "purchase_completed", "regular"
    )

    assert [one.value for one in faults(hidden)] == ["from non_customer, potential"]


def test_shadow_is_none_before() -> None:
    """The same row in front of the general one can fire and stands."""
    first = Rule(
        "big-first",
        Axis.SITUATION,
        (POTENTIAL,),
        "purchase_completed",
        "regular",
        (Guard("standing_purchases", "<=", 1), Guard("revenue", ">=", 100)),
    )

    table = DEFAULT_RULES.with_rule(first, before="first-purchase")

    assert [
        rule.id for rule in table.rows(Axis.SITUATION, POTENTIAL, "purchase_completed")
    ] == [
        "big-first",
        "first-purchase",
        "won-back",
    ]


@pytest.mark.parametrize(
    ("axis", "rule_id", "value", "mend"),
    [
        (
            "situation",
            "became-preferred",
            "'preferred'",
            "is unreachable from non_customer: ",
        ),
        (
            "position",
            "need-recognized",
            "'needs_recognition'",
            "is unreachable from status_quo: ",
        ),
    ],
)
def test_unreachable(axis: str, rule_id: str, value: str, mend: str) -> None:
    """A state that no row reaches is refused; a correction does not count as a way."""
    with pytest.raises(InvalidRules) as caught:
        DEFAULT_RULES.without(Axis(axis), rule_id)

    (problem,) = caught.value.problems
    assert value == problem.value
    assert problem.place.startswith(axis)
    assert problem.mend.startswith(mend)


def test_trap() -> None:
    """A state that no row leaves is refused; a correction does not count as a way."""
    rules = [
        replace(rule, sources=tuple(one for one in rule.sources if one != "dissatisfied"))
        for rule in DEFAULT_RULES
        if rule.axis == Axis.POSITION
        or rule.sources != ("dissatisfied",)
        or rule.kind == "manual_correction"
    ]

    with pytest.raises(InvalidRules) as caught:
        RuleTable(tuple(rules))

    (problem,) = caught.value.problems
    assert problem.place.startswith("situation")
    assert (
        problem.value,
        problem.mend,
    ) == ("'dissatisfied'", "is a trap: add a row that leads out")


def test_empty_table() -> None:
    """An empty table is refused: all but the first state are unreachable, all are traps."""
    with pytest.raises(InvalidRules, match=r"^rule table is not valid") as caught:
        RuleTable(())

    assert len(caught.value.problems) == (5 + 6) + (4 + 5)


def test_island() -> None:
    """Two states that only lead to each other are both out of reach."""
    with pytest.raises(InvalidRules) as caught:
        DEFAULT_RULES.without(Axis.SITUATION, "became-regular")

    assert [(one.place, one.value) for one in caught.value.problems] == [
        ("situation", "'regular'"),
        ("situation", "'preferred'"),
    ]


def test_without() -> None:
    """A table without a row is a new table; the old one stays."""
    versioned = RuleTable(DEFAULT_RULES.rules, version="7")
    table = versioned.without(Axis.SITUATION, "corrected")

    assert [rule for rule in DEFAULT_RULES if rule not in table.rules] == [
        DEFAULT_RULES.rule(Axis.SITUATION, "corrected")
    ]
    assert table.version == "7"


def test_with_rule() -> None:
    """A row goes to the end, or before another row of its axis."""
    last = DEFAULT_RULES.with_rule(on_situation())
    before = DEFAULT_RULES.with_rule(on_situation(), before="corrected")

    assert last.rules[-1] == on_situation()
    assert before.rules[-2:] == (on_situation(), DEFAULT_RULES.rules[-1])
    assert before.rules[:10] == DEFAULT_RULES.rules[:10]


def test_replace() -> None:
    """A replaced row stands where the old one stood."""
    old = DEFAULT_RULES.rule(Axis.SITUATION, "detractor")
    new = replace(old, guards=(Guard("score", "<=", 3),))

    table = DEFAULT_RULES.replace(new)

    assert table.rules.index(new) == DEFAULT_RULES.rules.index(old)
    assert len(table) == len(DEFAULT_RULES)


@pytest.mark.parametrize(
    ("axis", "rule_id", "mend"),
    [
        (Axis.SITUATION, "detracter", "is not a rule: did you mean 'detractor'?"),
        (Axis.POSITION, "settle", "is not a rule: did you mean 'settled'?"),
        (Axis.POSITION, "detractor", "is not a rule: use one of: need-recognized, "),
    ],
)
def test_unknown_row(axis: Axis, rule_id: str, mend: str) -> None:
    """A row is looked for on its own axis, and a misspelt id gets the nearest one."""
    with pytest.raises(InvalidRules) as caught:
        DEFAULT_RULES.rule(axis, rule_id)

    (problem,) = caught.value.problems
    assert (f"{axis} rule", repr(rule_id)) == (problem.place, problem.value)
    assert problem.mend.startswith(mend)


@pytest.mark.parametrize("verb", ["without", "replace", "with_rule"])
def test_unknown_row_of_a_change(verb: str) -> None:
    """A change around an unknown row is refused."""
    change = {
        "without": lambda: DEFAULT_RULES.without(Axis.SITUATION, "unknown"),
        "replace": lambda: DEFAULT_RULES.replace(on_situation()),
        "with_rule": lambda: DEFAULT_RULES.with_rule(on_situation(), before="unknown"),
    }[verb]

    with pytest.raises(
        InvalidRules, match=r"^rule id is not valid:\n  situation rule: '\w+': is not a rule: "
    ):
        change()


def test_sources_that_are_one_text() -> None:
    """One state as plain text is one fault, not one for each letter."""
    (problem,) = faults(on_situation(sources="regular"))

    assert (problem.value, problem.mend) == ("'regular'", 'sources is a tuple: ("regular",)')


def test_rows() -> None:
    """The rows of a state and a kind come in their order, of one axis only."""
    rows = DEFAULT_RULES.rows(Axis.SITUATION, "preferred", "time_passed")

    assert [rule.id for rule in rows] == [
        "not-renewed",
        "lapsed",
        "no-longer-frequent",
        "no-longer-valuable",
    ]
    assert DEFAULT_RULES.rows(Axis.SITUATION, "preferred", "contacted") == ()


@pytest.mark.parametrize(
    "change",
    [
        {"id": "other"},
        {"sources": (Situation.OCCASIONAL,)},
        {"kind": "case_opened", "guards": ()},
        {"guards": (Guard("score", "<", "detractor_score"),)},
        {"guards": (Guard("score", "<=", 6),)},
        {"guards": ()},
    ],
)
def test_digest_tells_every_change(change: dict[str, Any]) -> None:
    """A changed row changes the digest of the table."""
    rules = [
        replace(rule, **change) if rule.id == "detractor" else rule
        for rule in DEFAULT_RULES
        if rule.id != "complained"
    ]
    same = DEFAULT_RULES.without(Axis.SITUATION, "complained")

    assert same.digest != RuleTable(tuple(rules)).digest


def test_digest_tells_the_target() -> None:
    """A row that leads elsewhere changes the digest."""
    old = DEFAULT_RULES.rule(Axis.SITUATION, "disqualified")
    elsewhere = DEFAULT_RULES.replace(replace(old, target=OCCASIONAL))

    assert DEFAULT_RULES.digest != elsewhere.digest


def test_digest() -> None:
    """The digest tells the order of the rows too, and survives a copy and pickle."""
    first, second, *rest = DEFAULT_RULES.rules

    assert len(DEFAULT_RULES.digest) == 12
    assert DEFAULT_RULES.digest == RuleTable(tuple(DEFAULT_RULES), version="2").digest
    assert DEFAULT_RULES.digest != RuleTable((second, first, *rest)).digest
    assert pickle.loads(pickle.dumps(DEFAULT_RULES)) == DEFAULT_RULES  # noqa: S301


def test_rule_in_words() -> None:
    """A row reads from its sources over its kind and guards to its target."""
    assert str(DEFAULT_RULES.rule(Axis.SITUATION, "first-purchase")) == (
        "first-purchase: non_customer | potential --purchase_completed if "
        "standing_purchases <= 1--> occasional"
    )
    assert str(DEFAULT_RULES.rule(Axis.POSITION, "value-delivered")) == (
        "value-delivered: implementation --value_delivered--> status_quo"
    )


def test_kinds_of_facts() -> None:
    """The kinds that a fact names are kinds."""
    assert {kind for fact in FACTS.values() for kind in fact.kinds} <= set(KINDS)


def test_empty_id() -> None:
    """An empty id is no row of any axis."""
    with pytest.raises(InvalidRules):
        DEFAULT_RULES.rule(Axis.SITUATION, "")


def test_unknown_axis() -> None:
    """A row of an unknown axis is refused like any other fault."""
    assert faults(on_situation(axis="positon")) == [
        Problem("positon rule 'extra'", "'positon'", "is not an axis: did you mean 'position'?")
    ]


@pytest.mark.parametrize("threshold", [2.5, None])
def test_threshold_of_another_type(threshold: Any) -> None:
    """A threshold is a name, a whole number or a decimal."""
    mend = "is not a threshold: use a policy field, an int or a Decimal"

    assert faults(on_situation(guards=(Guard("purchase_days", ">=", threshold),))) == [
        Problem("situation rule 'extra'", repr(threshold), mend)
    ]


@pytest.mark.parametrize("fact", ["purchase_days", "standing_purchases"])
def test_money_for_a_count(fact: str) -> None:
    """A count is not compared with an amount of money, which would be cut."""
    assert faults(on_situation(guards=(Guard(fact, ">=", "preferred_revenue"),))) == [
        Problem(
            "situation rule 'extra'", "'preferred_revenue'", "is money: compare revenue with it"
        )
    ]


def test_threshold_without_a_fact() -> None:
    """Where the fact is misspelt, its number is held to be a count."""
    found = faults(on_situation(guards=(Guard("purchase_day", ">=", Decimal("0.5")),)))

    assert [one.value for one in found] == ["'purchase_day'", "Decimal('0.5')"]
    assert found[1].mend == "does not fit a fact in count: use a multiple of 1"


@pytest.mark.parametrize("sign", [-1, 1])
def test_largest_threshold(sign: int) -> None:
    """A number of 10 to the 15th is allowed, and none beyond it."""
    most = sign * 10**15

    assert RuleTable((*DEFAULT_RULES, on_situation(guards=(Guard("revenue", ">=", most),))))
    (problem,) = faults(on_situation(guards=(Guard("revenue", ">=", most + sign),)))
    assert problem.mend == "is not a threshold: stay within 1,000,000,000,000,000"


def test_sources_that_are_no_tuple() -> None:
    """One state without its comma is told how to be a tuple."""
    assert faults(on_situation(sources="occasional")) == [
        Problem("situation rule 'extra'", "'occasional'", 'sources is a tuple: ("occasional",)')
    ]


def test_fact_of_several_kinds() -> None:
    """A fact of the event at hand is told with every kind that sets it."""
    (problem,) = faults(on_situation(guards=(Guard("closed_complaint", "==", 1),)))

    assert problem.mend == "is set only by case_closed, customer_left: change the kind"


def test_offer_from_status_quo() -> None:
    """An offer touches no opportunity, so no row can open one by it."""
    told = "position rule 'offered': 'offer_made': touches no opportunity"
    with pytest.raises(InvalidRules, match=told):
        DEFAULT_RULES.with_rule(
            Rule("offered", Axis.POSITION, ("status_quo",), "offer_made", "options_evaluation")
        )
