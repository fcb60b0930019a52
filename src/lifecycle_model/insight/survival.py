"""How long things last where some have not ended yet: the Kaplan-Meier curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from lifecycle_model.insight.intervals import Z

if TYPE_CHECKING:
    from collections.abc import Sequence

QUARTILES: Final = {"lower_quartile": 0.75, "median": 0.5, "upper_quartile": 0.25}
"""The days by which a quarter, a half and three quarters have ended: what is left then."""

_ROUNDING: Final = 1e-9
"""A product of shares that should be one half may miss it by less than this."""


def survival_curve(frame: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return which share still goes on after so many days, for each group.

    E. L. Kaplan and P. Meier, "Nonparametric Estimation from Incomplete Observations", Journal
    of the American Statistical Association 53 (1958). What has not ended counts as going on
    for as long as it was watched, and then leaves the count. The interval is Greenwood's
    variance on the scale of log(-log S), 95 %.

    Args:
        frame: one row a case: `days` (whole, from 0) and `ended` (False where it still goes
            on), and the columns of `by`.
        by: the groups.

    Returns:
        The group, `days`, `at_risk` (cases watched so long), `ended`, `censored`, `survival`,
        and `low` and `high`: null, with `reason`, while none has ended or none is left.

    >>> cases = pl.DataFrame({"days": [1, 2, 2, 3], "ended": [True, True, False, True]})
    >>> survival_curve(cases)["survival"].to_list()
    [0.75, 0.5, 0.0]
    """
    keys = list(by)
    watched = (
        frame.group_by(*keys, "days")
        .agg(
            ended=pl.col("ended").sum().cast(pl.Int64),
            censored=(~pl.col("ended")).sum().cast(pl.Int64),
        )
        .sort(*keys, "days")
    )

    def within(expression: pl.Expr) -> pl.Expr:
        return expression.over(keys) if keys else expression

    cases, ended = pl.col("ended") + pl.col("censored"), pl.col("ended")
    watched = watched.with_columns(at_risk=within(cases.cum_sum(reverse=True)))
    left = pl.col("at_risk") - ended
    survival = within((left / pl.col("at_risk")).cum_prod())
    # Where none is left the curve is 0 and needs no variance.
    step = pl.when(left > 0).then(ended / (pl.col("at_risk") * left)).otherwise(0.0)
    watched = watched.with_columns(survival=survival, _sum=within(step.cum_sum()))
    log = pl.when(pl.col("survival").is_between(0, 1, closed="none")).then(
        pl.col("survival").log()
    )
    reach = Z * pl.col("_sum").sqrt() / log
    return watched.select(
        *keys,
        "days",
        "at_risk",
        "ended",
        "censored",
        "survival",
        low=((-log).log() - reach).exp().neg().exp(),
        high=((-log).log() + reach).exp().neg().exp(),
        reason=pl.when(pl.col("survival") == 1)
        .then(pl.lit("none has ended yet"))
        .when(pl.col("survival") == 0)
        .then(pl.lit("none is left")),
    )


def quartiles(curve: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return the days by which a quarter, a half and three quarters have ended.

    Args:
        curve: as `survival_curve` gives it, with its groups.
        by: the groups.

    Returns:
        The group, `cases`, `ended`, and `lower_quartile`, `median` and `upper_quartile`, each
        null, with its `_reason`, where the curve does not come down so far.

    >>> cases = pl.DataFrame({"days": [1, 2, 9], "ended": [True, True, False]})
    >>> quartiles(survival_curve(cases)).select("median", "upper_quartile_reason").row(0)
    (2, 'fewer than three quarters have ended')
    """
    words = {
        "lower_quartile": "fewer than a quarter have ended",
        "median": "fewer than half have ended",
        "upper_quartile": "fewer than three quarters have ended",
    }
    days = [
        pl.col("days").filter(pl.col("survival") <= left + _ROUNDING).min().alias(name)
        for name, left in QUARTILES.items()
    ]
    cases = pl.col("ended").sum() + pl.col("censored").sum()
    columns = [cases.alias("cases"), pl.col("ended").sum(), *days]
    found = (
        curve.group_by(list(by)).agg(*columns).sort(list(by)) if by else curve.select(columns)
    )
    return found.with_columns(
        pl.when(pl.col(name).is_null()).then(pl.lit(why)).alias(f"{name}_reason")
        for name, why in words.items()
    )
