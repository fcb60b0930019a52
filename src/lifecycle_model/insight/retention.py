"""The value of a customer who stays with a constant probability, in closed form."""

from __future__ import annotations

import math

from lifecycle_model.errors import InvalidChain, Problem


def retention_value(
    *, margin: float, promotion: float, retention: float, discount: float, periods: int
) -> float:
    """Return what a customer is worth who buys once a period and stays with one probability.

    The margin comes at the end of each period, the first now; the promotion is paid in the
    middle of each period. P. D. Berger and N. I. Nasr, "Customer Lifetime Value: Marketing
    Models and Applications", Journal of Interactive Marketing 12 (1998), case 1:
    GC sum_{i=0..n} r^i / (1 + d)^i - M sum_{i=1..n} r^(i-1) / (1 + d)^(i-0.5).

    Args:
        margin: GC, the gross contribution of one period.
        promotion: M, what keeping the customer costs in one period.
        retention: r, the probability to stay from one period to the next.
        discount: d, for one period.
        periods: n, how many further periods count.

    Raises:
        InvalidChain: the retention is no probability, or the discount or the periods are below
            0.

    >>> value = retention_value(
    ...     margin=260, promotion=50, retention=0.75, discount=0.2, periods=10
    ... )
    >>> round(value, 2)
    568.78
    """
    _check(retention, discount)
    if periods < 0:
        raise InvalidChain(
            "value", (Problem("periods", str(periods), "is below 0: give those to come"),)
        )
    kept = retention / (1 + discount)
    earned = margin * sum(kept**step for step in range(periods + 1))
    # The first promotion is paid half a period from now, for certain.
    paid = promotion * sum(kept**step for step in range(periods)) / math.sqrt(1 + discount)
    return earned - paid


def margin_multiple(*, retention: float, discount: float) -> float | None:
    """Return by what a yearly margin is multiplied to give the value of a customer.

    r / (1 + i - r), with the first margin a year from now: S. Gupta and D. R. Lehmann,
    "Customers as Assets", Journal of Interactive Marketing 17 (2003).

    Args:
        retention: r, the probability to stay from one year to the next.
        discount: i, for one year.

    Returns:
        None where nobody ever leaves and nothing is discounted: the sum has no end.

    Raises:
        InvalidChain: the retention is no probability, or the discount is below 0.

    >>> round(margin_multiple(retention=0.8, discount=0.12), 2)
    2.5
    """
    _check(retention, discount)
    below = 1 + discount - retention
    return retention / below if below else None


def _check(retention: float, discount: float) -> None:
    problems = []
    if not 0 <= retention <= 1:
        problems.append(Problem("retention", str(retention), "is no probability from 0 to 1"))
    if not discount >= 0:
        problems.append(Problem("discount", str(discount), "is below 0 or no number"))
    if problems:
        raise InvalidChain("value", tuple(problems))
