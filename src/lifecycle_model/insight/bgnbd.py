"""BG/NBD: how many purchase days a customer will have, by a published model of buying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1, psi

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BOUND: Final = 10.0
"""The logarithm of a parameter is looked for from minus to plus this."""

_STARTS: Final = ((0.0, 1.0, 0.0, 1.0), (-1.0, 1.0, -1.0, 1.0))


@dataclass(frozen=True, slots=True)
class BGNBD:
    """The beta-geometric/NBD model of repeat buying.

    While a customer is active, purchases come at a rate that varies between customers like a
    gamma distribution (`r`, `alpha`); after each, the customer drops out with a probability
    that varies like a beta distribution (`a`, `b`): P. S. Fader, B. G. S. Hardie and K. L. Lee,
    "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model", Marketing
    Science 24 (2005).
    """

    r: float
    alpha: float
    a: float
    b: float
    unit_days: int = 7
    """How many days one unit of time has; `alpha` depends on it."""

    def expected(
        self,
        frequency: NDArray[np.float64],
        recency: NDArray[np.float64],
        age: NDArray[np.float64],
        horizon: float,
    ) -> NDArray[np.float64]:
        """Return the expected purchases in the time to come, equation 10 of the paper.

        Its 2F1(r+x, b+x; a+b+x-1; z) equals (1-z)^(a-1-r-x) 2F1(a+b-1-r, a-1; a+b+x-1; z)
        (Euler). Of both, the one is taken that stays small as z nears 1.

        Args:
            frequency: x, the repeat purchases of each customer.
            recency: t_x, when the last of them was, in units since the first purchase.
            age: T, the units since the first purchase.
            horizon: t, the units to come.

        >>> paper = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> one = np.array([2.0]), np.array([30.43]), np.array([38.86])
        >>> round(float(paper.expected(*one, 39.0)[0]), 3)
        1.226
        """
        r, alpha, b = self.r, self.alpha, self.b
        # At a = 1 both factors below vanish; next to it they are right.
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6  # noqa: PLR2004
        x = frequency
        left = (alpha + age) / (alpha + age + horizon)
        plain = a - 1 > r + x
        first = np.where(plain, r + x, a - 1)
        second = np.where(plain, b + x, a + b - 1 - r)
        tail = left**first * hyp2f1(first, second, a + b + x - 1, 1 - left)
        bought = (a + b + x - 1) / (a - 1) * (1 - tail)
        odds = np.log(a / (b + np.maximum(x, 1) - 1)) + (r + x) * np.log(
            (alpha + age) / (alpha + recency)
        )
        dropped = np.where(x > 0, np.exp(np.minimum(odds, 700.0)), 0.0)
        found: NDArray[np.float64] = bought / (1 + dropped)
        return found

    def log_likelihood(
        self,
        frequency: NDArray[np.float64],
        recency: NDArray[np.float64],
        age: NDArray[np.float64],
        customers: NDArray[np.float64],
    ) -> float:
        """Return the logarithm of the likelihood, equation 6 of the paper.

        Args:
            frequency: x, the repeat purchases.
            recency: t_x, when the last of them was, in units since the first purchase.
            age: T, the units since the first purchase.
            customers: how many customers have these three.
        """
        likelihood = _Likelihood(frequency, recency, age, customers)
        value, _ = likelihood(np.log([self.r, self.alpha, self.a, self.b]))
        return -value * float(customers.sum())


def fit_bgnbd(
    frequency: NDArray[np.float64],
    recency: NDArray[np.float64],
    age: NDArray[np.float64],
    customers: NDArray[np.float64],
    unit_days: int = 7,
) -> BGNBD | None:
    """Return the model of greatest likelihood.

    Args:
        frequency: x, the repeat purchases.
        recency: t_x, when the last of them was, in units since the first purchase.
        age: T, the units since the first purchase.
        customers: how many customers have these three.
        unit_days: how many days one unit has.

    Returns:
        None where nobody bought again: then every model without purchases fits.

    >>> ones = np.ones(2)
    >>> fit_bgnbd(0 * ones, 0 * ones, 10 * ones, ones) is None
    True
    """
    if not (customers * frequency).sum() > 0:
        return None
    likelihood = _Likelihood(frequency, recency, age, customers)
    found = [
        minimize(likelihood, start, jac=True, method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * 4)
        for start in _STARTS
    ]
    best = min(found, key=lambda one: float(one.fun))
    r, alpha, a, b = np.exp(best.x).tolist()
    return BGNBD(r, alpha, a, b, unit_days)


class _Likelihood:
    """The mean negative log-likelihood and its slope, over the logarithms of the parameters."""

    def __init__(
        self,
        frequency: NDArray[np.float64],
        recency: NDArray[np.float64],
        age: NDArray[np.float64],
        customers: NDArray[np.float64],
    ) -> None:
        self.x, self.recency, self.age = frequency, recency, age
        self.weight = customers / customers.sum()
        # The gamma functions depend on x alone, which takes few values.
        self.values, self.place = np.unique(frequency, return_inverse=True)
        self.repeated = frequency > 0

    def __call__(self, logarithms: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        r, alpha, a, b = np.exp(logarithms)
        x, some = self.x, self.values
        whole, last = np.log(alpha + self.age), np.log(alpha + self.recency)
        before = np.where(self.repeated, b + x - 1, 1.0)
        alive = -(r + x) * whole
        gone = np.where(self.repeated, np.log(a / before) - (r + x) * last, -np.inf)
        both = np.logaddexp(alive, gone)
        left = np.exp(gone - both)
        by_count = (
            gammaln(r + some)
            - gammaln(r)
            + gammaln(a + b)
            + gammaln(b + some)
            - gammaln(b)
            - gammaln(a + b + some)
        )
        value = by_count[self.place] + r * np.log(alpha) + both
        shared = psi(a + b) - psi(a + b + some)
        slopes = (
            (psi(r + some) - psi(r))[self.place]
            + np.log(alpha)
            - (1 - left) * whole
            - left * last,
            r / alpha
            - (r + x) * ((1 - left) / (alpha + self.age) + left / (alpha + self.recency)),
            shared[self.place] + left / a,
            (shared + psi(b + some) - psi(b))[self.place] - left / before,
        )
        slope = np.array([(self.weight * one).sum() for one in slopes])
        return -float((self.weight * value).sum()), -slope * np.exp(logarithms)
