"""Markov chains as plain matrices: value, expected steps and the numbers to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from lifecycle_model.errors import InvalidChain, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_TOLERANCE: Final = 1e-9


def lifetime_value(
    probabilities: Sequence[Sequence[float]],
    rewards: Sequence[float],
    *,
    discount: float,
    horizon: int | None = None,
) -> tuple[float, ...]:
    """Return what a customer who stands in each state is worth.

    The reward of a state is received at the beginning of the period that is spent there, so
    that of the state held now is not discounted. Without a horizon the value is
    V = (I - P / (1 + d))^-1 R, else the sum of (P / (1 + d))^t R over t = 0..horizon:
    P. E. Pfeifer and R. L. Carraway, "Modeling Customer Relationships as Markov Chains",
    Journal of Interactive Marketing 14 (2000), equations 3 and 4.

    Args:
        probabilities: P, one row a state: where a customer stands one period later.
        rewards: R, what each state brings in one period, less what it costs.
        discount: d, for one period.
        horizon: T, how many further periods count; without it all do.

    Raises:
        InvalidChain: the rows are no probabilities, the lengths differ, the horizon is below
            0, or without a horizon the discount is not above 0 (below 0 with one).

    >>> halves = [[0.5, 0.5], [0, 1]]
    >>> [round(one, 4) for one in lifetime_value(halves, [10, 0], discount=0.25)]
    [16.6667, 0.0]
    >>> lifetime_value(halves, [10, 0], discount=0, horizon=1)
    (15.0, 0.0)
    """
    matrix, reward = _checked(probabilities, rewards)
    problems = []
    if horizon is None and not discount > 0:
        mend = "is not above 0: without a horizon the sum has no end, give one"
        problems.append(Problem("discount", str(discount), mend))
    elif not 0 <= discount < np.inf:
        problems.append(Problem("discount", str(discount), "is below 0 or no number"))
    if horizon is not None and horizon < 0:
        problems.append(
            Problem("horizon", str(horizon), "is below 0: give the periods to come")
        )
    if problems:
        raise InvalidChain("chain", tuple(problems))
    step = matrix / (1 + discount)
    if horizon is None:
        value = np.linalg.solve(np.eye(len(reward)) - step, reward)
    else:
        value = reward
        for _ in range(horizon):
            value = reward + step @ value
    return tuple(value.tolist())


def expected_steps(
    probabilities: Sequence[Sequence[float]], targets: Sequence[int]
) -> tuple[float | None, ...]:
    """Return how many periods pass, on average, until one of the targets is first reached.

    The expected time to absorption of a Markov chain, (I - Q)^-1 1, with Q the moves among the
    other states: J. G. Kemeny and J. L. Snell, "Finite Markov Chains" (1960), theorem 3.2.4.

    Args:
        probabilities: one row a state: where a customer stands one period later.
        targets: the places of the states waited for.

    Returns:
        0 for a target itself; None for a state from which the targets may never be reached.

    Raises:
        InvalidChain: the rows are no probabilities.

    >>> expected_steps([[0.75, 0.25], [0, 1]], [1])
    (4.0, 0.0)
    >>> expected_steps([[1, 0], [0, 1]], [1])
    (None, 0.0)
    """
    matrix, _ = _checked(probabilities, [0.0] * len(probabilities))
    size = len(matrix)
    target = np.isin(np.arange(size), list(targets))
    onward = np.where(target[:, None], 0, matrix)
    reach = np.linalg.matrix_power((onward > 0) + np.eye(size), size) > 0
    never = ~reach[:, target].any(axis=1)
    sure = ~reach[:, never].any(axis=1)
    open_ = sure & ~target
    steps: list[float | None] = [0.0 if one else None for one in target]
    inner = np.eye(int(open_.sum())) - matrix[np.ix_(open_, open_)]
    for place, value in zip(
        np.flatnonzero(open_), np.linalg.solve(inner, np.ones(len(inner))), strict=True
    ):
        steps[place] = float(value)
    return tuple(steps)


def expected_numbers(
    probabilities: Sequence[Sequence[float]], numbers: Sequence[float], periods: int
) -> tuple[tuple[float, ...], ...]:
    """Return how many customers are expected in each state, after 0, 1, .. periods.

    Args:
        probabilities: P, one row a state.
        numbers: n, the customers in each state now.
        periods: how far to look; after t periods n P^t are expected.

    Raises:
        InvalidChain: the rows are no probabilities, or the lengths differ.

    >>> expected_numbers([[0.5, 0.5], [0, 1]], [100, 0], 2)
    ((100.0, 0.0), (50.0, 50.0), (25.0, 75.0))
    """
    matrix, number = _checked(probabilities, numbers)
    found = [number]
    for _ in range(periods):
        found.append(found[-1] @ matrix)
    return tuple(tuple(one.tolist()) for one in found)


def _checked(
    probabilities: Sequence[Sequence[float]], column: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a chain as arrays.

    Raises:
        InvalidChain: it is none.
    """
    size = len(probabilities)
    problems = [
        Problem(f"row {place}", str(len(row)), f"has not {size} numbers, one a state")
        for place, row in enumerate(probabilities)
        if len(row) != size
    ]
    if len(column) != size:
        mend = f"are not {size} numbers, one a state"
        problems.append(Problem("rewards or numbers", str(len(column)), mend))
    if problems:
        raise InvalidChain("chain", tuple(problems))
    matrix = np.array(probabilities, dtype=np.float64).reshape(size, size)
    for place, row in enumerate(matrix):
        if not (row >= 0).all() or not abs(row.sum() - 1) <= _TOLERANCE:
            mend = "are no probabilities: none may be below 0, and they add up to 1"
            problems.append(Problem(f"row {place}", str(row.tolist()), mend))
    if problems:
        raise InvalidChain("chain", tuple(problems))
    return matrix, np.array(column, dtype=np.float64)
