"""The policy: every threshold of the rules, in one frozen record with a name and a digest."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from lifecycle_model.errors import InvalidPolicy, Problem, did_you_mean, problems_of, shown
from lifecycle_model.events import Money, Score, money_units
from lifecycle_model.toml import NotToml, read_toml

_MOST: Final = 10**18

Days = Annotated[int, Field(strict=True, ge=1, le=_MOST)]
DaysOrNone = Annotated[int, Field(strict=True, ge=0, le=_MOST)]
Count = Annotated[int, Field(strict=True, ge=0, le=_MOST)]
Word = Annotated[str, StringConstraints(min_length=1)]


class PolicyRef(NamedTuple):
    """Which policy decided: carried by every decision record."""

    name: str
    version: str
    digest: str


class Policy(BaseModel):
    """Every threshold that the rules read.

    All days are calendar dates at `day_offset_minutes` from UTC. A convention, not a finding:
    the defaults and presets are starting points, to be tuned with the user's own data.

    Raises:
        pydantic.ValidationError: a threshold is out of its range, or two contradict each other.

    >>> Policy(regular_days=4, keep_regular_days=3).ref.name
    'default'
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: Word = "default"
    """What the policy is called; it stands in every transition and refusal."""
    version: Word = "1"
    """Yours to change when you change a threshold."""

    window_days: Days = 365
    """Purchase days and revenue count within this many days."""
    regular_days: Days = 3
    """Purchase days in the window that make a regular customer."""
    keep_regular_days: Days = 2
    """Purchase days in the window that a regular one needs to stay."""
    preferred_days: Days = 6
    """Purchase days in the window that make a preferred customer."""
    keep_preferred_days: Days = 4
    """Purchase days in the window that a preferred one needs to stay."""
    preferred_revenue: Money = Decimal(0)
    """Revenue in the window that a preferred customer needs besides."""
    keep_preferred_revenue: Money = Decimal(0)
    """Revenue in the window that a preferred one needs to stay."""
    detractor_score: Score = 6
    """A survey score of this or less means dissatisfied."""
    satisfied_score: Score = 7
    """A survey score of this or more ends a dissatisfaction."""
    complaints_tolerated: Count = 0
    """Open complaints that do not yet mean dissatisfied."""
    recovery_needs_confirmation: bool = False
    """True where only a survey ends a dissatisfaction."""
    max_positions_skipped: Annotated[int, Field(strict=True, ge=0, le=2)] = 2
    """How many buying positions one forward move may jump over."""
    recovery_days: DaysOrNone = 7
    """Days after which a purchase ends a dissatisfaction."""
    cold_days: Days = 90
    """Days without a sign of life after which a lead has gone cold."""
    lapsed_days: Days = 395
    """Idle days after which a customer is lost; over a year, so that yearly buyers stay."""
    at_risk_days: Days = 330
    """Idle days after which the stage is retention."""
    lost_days: Days = 180
    """Days of dissatisfaction and silence after which the customer is given up."""
    implementation_days: Days = 30
    """Days in implementation after which the opportunity is settled."""
    stale_days: Days = 90
    """Days without a touch after which an open opportunity has stalled."""
    follow_up_days: DaysOrNone = 60
    """Days after a purchase in which the sales step is follow_up."""
    currency: Word | None = None
    """The only currency allowed; None for each customer's first."""
    correction_holds_days: DaysOrNone = 180
    """Days for which time does not undo a person's correction."""
    day_offset_minutes: Annotated[int, Field(strict=True, ge=-720, le=840)] = 0
    """Where the calendar's midnight lies: minutes east of UTC, no daylight saving."""
    renewal_grace_days: DaysOrNone = 60
    """Days after the end of a cover in which a renewal is awaited."""
    qualifying_behaviours: frozenset[Word] = frozenset(
        {"free_trial", "demo_request", "quote_request", "fitting_room"}
    )
    """Behaviours of `interest_shown` that turn a suspect into a prospect. Source: S1."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if faults := _contradictions(
            {name: getattr(self, name) for name in type(self).model_fields}
        ):
            raise ValueError("; ".join(map(str, faults)))
        return self

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that change when any threshold changes."""
        fields = {
            name: _plain(getattr(self, name))
            for name in type(self).model_fields
            if name not in {"name", "version"}
        }
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def ref(self) -> PolicyRef:
        """Name, version and digest."""
        return PolicyRef(self.name, self.version, self.digest)

    @classmethod
    def clothing_store(cls) -> Self:
        """Trying on qualifies; a season without a purchase is a risk. Source: S1."""
        return cls(
            name="clothing_store",
            qualifying_behaviours=frozenset({"fitting_room"}),
            lapsed_days=274,
            at_risk_days=219,
            implementation_days=2,
        )

    @classmethod
    def business_software(cls) -> Self:
        """The free trial qualifies; yearly contracts count over three years. Source: S1."""
        return cls(
            name="business_software",
            qualifying_behaviours=frozenset({"free_trial", "demo_request"}),
            window_days=1095,
            regular_days=2,
            keep_regular_days=2,
            preferred_days=3,
            keep_preferred_days=2,
            lapsed_days=400,
            at_risk_days=330,
            cold_days=60,
            implementation_days=90,
            stale_days=120,
        )

    @classmethod
    def online_media(cls) -> Self:
        """Music, films, books: half a year of silence is a loss."""
        return cls(
            name="online_media", lapsed_days=182, at_risk_days=146, implementation_days=2
        )

    @classmethod
    def grocery(cls) -> Self:
        """Weekly habits: everything counts within one quarter."""
        return cls(
            name="grocery",
            window_days=90,
            regular_days=4,
            keep_regular_days=2,
            preferred_days=10,
            keep_preferred_days=6,
            lapsed_days=90,
            at_risk_days=60,
            implementation_days=2,
            follow_up_days=7,
        )

    @classmethod
    def durables(cls) -> Self:
        """Furniture, appliances, cars: years lie between purchases."""
        return cls(
            name="durables",
            window_days=1095,
            regular_days=2,
            keep_regular_days=2,
            preferred_days=4,
            keep_preferred_days=3,
            lapsed_days=1095,
            at_risk_days=876,
        )

    @classmethod
    def preset(cls, name: str) -> Self:
        """Return the preset of that name; `default` is `Policy()`.

        Raises:
            InvalidPolicy: no preset has that name.

        >>> Policy.preset("grocery").window_days
        90
        """
        if name not in PRESETS:
            raise InvalidPolicy(
                "preset", (Problem("name", repr(name), did_you_mean(name, PRESETS)),)
            )
        return cls() if name == "default" else getattr(cls, name)()

    @classmethod
    def from_toml(cls, source: str | Path) -> Self:
        r"""Return the policy of a TOML file, or of TOML text.

        Args:
            source: a `Path` to read, or the text itself. The key `preset` names what the other
                keys override.

        Raises:
            InvalidPolicy: with every mistake: the key, the value and the mend.
            OSError: the file cannot be read.

        >>> Policy.from_toml('name = "shop"\npreset = "grocery"\nlapsed_days = 120').lapsed_days
        120
        """
        where = str(source) if isinstance(source, Path) else "policy"
        try:
            data = read_toml(source)
        except NotToml as error:
            problem = Problem("TOML", "", str(error))
            if isinstance(source, str) and source.lower().endswith(".toml"):
                name = shown(source)
                problem = Problem(
                    "TOML", name, f"is read as text: to read a file, pass Path({name})"
                )
            raise InvalidPolicy(where, (problem,)) from error
        named_preset = data.pop("preset", "default")
        unknown = named_preset not in PRESETS
        base = cls() if unknown else cls.preset(named_preset)
        values = {**base.model_dump(), **data}
        problems: list[Problem] = []
        if unknown:
            mend = f"is not a preset: {did_you_mean(named_preset, PRESETS)}"
            problems.append(Problem("preset", shown(named_preset), mend))
        try:
            policy = cls.model_validate(values)
        except ValidationError as error:
            problems += _policy_problems(error, values)
            raise InvalidPolicy(where, tuple(problems)) from error
        if problems:
            raise InvalidPolicy(where, tuple(problems))
        return policy


ORDERED: Final = (
    ("keep_regular_days", "regular_days"),
    ("keep_preferred_days", "preferred_days"),
    ("keep_preferred_revenue", "preferred_revenue"),
    ("regular_days", "preferred_days"),
    ("at_risk_days", "lapsed_days"),
)
"""Which threshold may not be above which."""

PRESETS: Final = (
    "default",
    "clothing_store",
    "business_software",
    "online_media",
    "grocery",
    "durables",
)
"""The names that `Policy.preset` knows."""


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return money_units(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def _contradictions(values: Mapping[str, Any]) -> tuple[Problem, ...]:
    numbers = {name: _number(value) for name, value in values.items()}
    values = {name: number for name, number in numbers.items() if number is not None}
    found = [
        Problem(
            lower,
            str(values[lower]),
            f"is above {upper}={values[upper]}: lower it or raise {upper}",
        )
        for lower, upper in ORDERED
        if lower in values and upper in values and values[lower] > values[upper]
    ]
    low, high = values.get("detractor_score"), values.get("satisfied_score")
    if low is not None and high is not None and high <= low:
        mend = f"is not above detractor_score={low}: raise it or lower detractor_score"
        found.append(Problem("satisfied_score", str(high), mend))
    return tuple(found)


def _number(value: object) -> int | Decimal | None:
    """Return a threshold's number; TOML may write an amount as text."""
    if isinstance(value, int | Decimal):
        return value
    try:
        return Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None


def _policy_problems(error: ValidationError, values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return every mistake: those of single keys, then contradictions among the sound ones."""
    names = tuple(Policy.model_fields)
    found = []
    for detail, problem in zip(error.errors(), problems_of(error), strict=True):
        if detail["type"] == "extra_forbidden":
            mend = f"is not a threshold: {did_you_mean(problem.place, names)}"
            found.append(Problem(problem.place, problem.value, mend))
        elif detail["loc"]:
            found.append(problem)
    broken = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
    sound = {name: value for name, value in values.items() if name not in broken}
    return (*found, *_contradictions(sound))
