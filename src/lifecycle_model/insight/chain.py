"""A Markov chain of the situations, estimated from what customers did period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl
from scipy.special import betaincinv

from lifecycle_model.errors import InvalidChain, Problem
from lifecycle_model.insight.cells import UNITS, money
from lifecycle_model.insight.dense import last_upto
from lifecycle_model.insight.markov import expected_numbers, expected_steps, lifetime_value
from lifecycle_model.insight.periods import index_of
from lifecycle_model.insight.stays import standing_at_end, stays
from lifecycle_model.insight.tables import Ratio, Table, with_ratios
from lifecycle_model.states import Situation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_model.insight.book import Book

REVENUE: Final = Ratio(
    "revenue_each",
    "revenue",
    "customer_periods",
    "customers who stood there when a period began, once for each period",
    "nobody stood there when a period began",
)


@dataclass(frozen=True, slots=True)
class Chain:
    """How customers move from one period's end to the next, and what they bring meanwhile."""

    period: str
    states: tuple[str, ...]
    """The situations in which somebody stood at the end of a period, or stands now."""
    absent: tuple[str, ...]
    """Those in which nobody ever did; they have no place in the chain."""
    moves: pl.DataFrame
    """`before`, `after`, `moved` (how often), `of` (customers in `before` when a period began,
    once for each period), `probability` with `low` and `high`, and `reason`: where nothing was
    observed, the prior alone."""
    rewards: Table
    """`state`, `revenue` (net, in all), `customer_periods`, and `revenue_each`."""
    standing: pl.DataFrame
    """`state` and `customers`: who stands where at the end of the book."""

    @property
    def probabilities(self) -> tuple[tuple[float, ...], ...]:
        """The matrix, in the order of `states`."""
        of = {(row[0], row[1]): row[2] for row in _pairs(self.moves)}
        return tuple(
            tuple(of[before, after] for after in self.states) for before in self.states
        )

    def forecast(self, periods: int) -> pl.DataFrame:
        """Return how many of today's customers are expected in each situation.

        Args:
            periods: how far to look.

        Returns:
            `step` (0 is now), `state` and `customers`. New customers are not foreseen.
        """
        now = dict(self.standing.iter_rows())
        numbers = expected_numbers(
            self.probabilities, [now.get(state, 0) for state in self.states], periods
        )
        return pl.DataFrame(
            [
                (step, state, number)
                for step, row in enumerate(numbers)
                for state, number in zip(self.states, row, strict=True)
            ],
            {"step": pl.Int64, "state": pl.String, "customers": pl.Float64},
            orient="row",
        )

    def time_to_loss(self) -> pl.DataFrame:
        """Return after how many periods a customer is first found to be lost, on average.

        Lost is who is a non-customer at a period's end.

        Returns:
            `state`, `periods`, and `reason` where there is none.
        """
        lost = Situation.NON_CUSTOMER.value
        if lost not in self.states:
            found: tuple[float | None, ...] = (None,) * len(self.states)
        else:
            found = expected_steps(self.probabilities, [self.states.index(lost)])
        return pl.DataFrame(
            {"state": self.states, "periods": found},
            {"state": pl.String, "periods": pl.Float64},
        ).with_columns(
            reason=pl.when(pl.col("periods").is_null()).then(
                pl.lit("nobody was a non-customer at the end of a period")
            )
        )

    def value(
        self,
        *,
        discount: float,
        margin: float = 1.0,
        costs: Mapping[str, float] | None = None,
        horizon: int | None = None,
    ) -> pl.DataFrame:
        """Return what a customer in each situation is worth; see `lifetime_value`.

        Args:
            discount: for one period; a yearly rate y is (1 + y)^(1/12) - 1 a month.
            margin: the share of the revenue that is earned.
            costs: what a customer costs in one period, by situation; 0 where not given.
            horizon: how many further periods count; without it all do.

        Returns:
            `state`, `reward` (of one period) and `value`; `reason` says where no reward was
            observed, and 0 was taken.

        Raises:
            InvalidChain: the discount or the horizon cannot be.
        """
        paid = costs or {}
        frame = self.rewards.frame.select(
            "state",
            reward=pl.col("revenue_each").fill_null(0) * margin
            - pl.col("state").replace_strict(paid, default=0.0, return_dtype=pl.Float64),
            reason="revenue_each_reason",
        )
        value = lifetime_value(
            self.probabilities, frame["reward"].to_list(), discount=discount, horizon=horizon
        )
        return frame.select("state", "reward", pl.Series("value", value, pl.Float64), "reason")


def value(book: Book, period: str = "month", *, prior: float = 1.0) -> Chain:
    """Return the Markov chain of the situations, with what each brings.

    Counted is where a customer stands at the end of each complete period and of the next. The
    probabilities are the mean of a Dirichlet posterior: each row begins with `prior` moves,
    spread evenly over the states (1 in all is the prior of W. Perks, "Some Observations on
    Inverse Probability", Journal of the Institute of Actuaries 73, 1947). So
    p = (moved + prior / K) / (of + prior), with K states; `low` and `high` are the 2.5 % and
    97.5 % points of its Beta distribution. A chain knows the situation held and nothing else:
    who has just become regular and who always was one move alike.

    Args:
        book: a folded log, with amounts in one currency.
        period: `day`, `week` or `month`.
        prior: how many moves each row begins with; above 0.

    Raises:
        UnknownName: `period` is no day, week or month.
        InvalidChain: `prior` is not above 0.
        MixedCurrencies: the amounts are in several currencies.

    >>> from lifecycle_model import Lifecycle
    >>> from lifecycle_model.insight.histories import of_histories
    >>> value(of_histories([], Lifecycle())).states
    ()
    """
    if not prior > 0:
        mend = "is not above 0: a row without moves would have no probabilities"
        raise InvalidChain("chain", (Problem("prior", str(prior), mend),))
    book.require_one_currency()
    last: int = max(book.periods(period).filter("complete")["index"], default=0)
    found = standing_at_end(
        stays(book),
        index_of(pl.col("since_day"), period),
        index_of(pl.col("until_day"), period).fill_null(last + 1).clip(upper_bound=last + 1),
    )
    standing = (
        book.customers.filter(pl.col("first_event_at").is_not_null())
        .group_by(state=pl.col("situation").cast(pl.String))
        .agg(customers=pl.len().cast(pl.Int64))
        .sort("state")
    )
    met = {*found["state"], *standing["state"]}
    states = tuple(one.value for one in Situation if one.value in met)
    moves = _smoothed(_counts(found), states, prior)
    return Chain(
        period,
        states,
        tuple(one.value for one in Situation if one.value not in met),
        moves,
        _rewards(_booked(book, period, last), found, moves, states),
        standing,
    )


def _counts(found: pl.DataFrame) -> pl.DataFrame:
    """Return how often each state followed each, from one period's end to the next."""
    same = pl.col("customer") == pl.col("customer").shift(-1)
    stayed = found.group_by(before="state", after="state").agg(moved=(pl.col("ends") - 1).sum())
    left = (
        found.select(before="state", after=pl.when(same).then(pl.col("state").shift(-1)))
        .filter(pl.col("after").is_not_null())
        .group_by("before", "after")
        .agg(moved=pl.len())
    )
    both = pl.concat([stayed, left], how="vertical_relaxed")
    return (
        both.group_by("before", "after")
        .agg(pl.col("moved").sum().cast(pl.Int64))
        .with_columns(pl.col("before", "after").cast(pl.String))
    )


def _smoothed(counts: pl.DataFrame, states: tuple[str, ...], prior: float) -> pl.DataFrame:
    """Return every pair of states with its probability."""
    names = pl.Series("before", states, pl.String).to_frame()
    each = prior / max(len(states), 1)
    frame = (
        names.join(names.rename({"before": "after"}), how="cross")
        .join(counts, on=["before", "after"], how="left", maintain_order="left")
        .with_columns(pl.col("moved").fill_null(0))
        .with_columns(of=pl.col("moved").sum().over("before"))
    )
    alpha = frame["moved"].to_numpy() + each
    beta = frame["of"].to_numpy() + prior - alpha
    # A chain of one state is sure of it: its row has no other probability to share with.
    return frame.with_columns(
        probability=alpha / (alpha + beta),
        low=betaincinv(alpha, beta, 0.025) if len(states) > 1 else 1.0,
        high=betaincinv(alpha, beta, 0.975) if len(states) > 1 else 1.0,
        reason=pl.when(pl.col("of") == 0).then(pl.lit("the prior alone: " + REVENUE.none)),
    )


def _booked(book: Book, period: str, last: int) -> pl.DataFrame:
    """Return the net amount of each event, with the period before its own."""
    events = book.events("purchase_completed", "purchase_reversed", also=("amount",))
    sign = pl.when(pl.col("kind") == "purchase_reversed").then(-1).otherwise(1)
    index = index_of(pl.col("day"), period)
    return events.select("customer", index=index - 1, units=money(events) * sign).filter(
        pl.col("index") < last
    )


def _rewards(
    booked: pl.DataFrame, found: pl.DataFrame, moves: pl.DataFrame, states: tuple[str, ...]
) -> Table:
    """Return the net revenue of the periods, by the situation in which they began."""
    row = last_upto(found["customer"], found["from_index"], booked["customer"], booked["index"])
    stood = found.select(
        pl.col("state").cast(pl.String), until=pl.col("from_index") + pl.col("ends")
    )
    revenue = (
        booked.select("index", "units")
        .with_columns(one.gather(row) for one in stood)
        .filter(pl.col("index") < pl.col("until"))
        .group_by("state")
        .agg(revenue=pl.col("units").sum() / UNITS)
    )
    periods = moves.group_by(state="before").agg(customer_periods=pl.col("moved").sum())
    frame = pl.Series("state", states, pl.String).to_frame()
    for one in (revenue, periods):
        frame = frame.join(one, on="state", how="left", maintain_order="left")
    return with_ratios(frame.with_columns(pl.col("revenue").fill_null(0)), REVENUE)


def _pairs(moves: pl.DataFrame) -> list[tuple[str, str, float]]:
    return moves.select("before", "after", "probability").rows()
