from __future__ import annotations

import pickle
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from lifecycle_model import PRESETS, Policy
from lifecycle_model.errors import InvalidPolicy, Problem

if TYPE_CHECKING:
    from pathlib import Path

DEFAULTS = {
    "window_days": 365,
    "regular_days": 3,
    "keep_regular_days": 2,
    "preferred_days": 6,
    "keep_preferred_days": 4,
    "preferred_revenue": Decimal(0),
    "keep_preferred_revenue": Decimal(0),
    "detractor_score": 6,
    "satisfied_score": 7,
    "complaints_tolerated": 0,
    "recovery_needs_confirmation": False,
    "max_positions_skipped": 2,
    "recovery_days": 7,
    "cold_days": 90,
    "lapsed_days": 395,
    "at_risk_days": 330,
    "lost_days": 180,
    "implementation_days": 30,
    "stale_days": 90,
    "follow_up_days": 60,
    "currency": None,
    "correction_holds_days": 180,
    "day_offset_minutes": 0,
    "renewal_grace_days": 60,
    "qualifying_behaviours": {"free_trial", "demo_request", "quote_request", "fitting_room"},
}

PRESET_DIFFERENCES: dict[str, dict[str, Any]] = {
    "default": {},
    "clothing_store": {
        "qualifying_behaviours": {"fitting_room"},
        "lapsed_days": 274,
        "at_risk_days": 219,
        "implementation_days": 2,
    },
    "business_software": {
        "qualifying_behaviours": {"free_trial", "demo_request"},
        "window_days": 1095,
        "regular_days": 2,
        "keep_regular_days": 2,
        "preferred_days": 3,
        "keep_preferred_days": 2,
        "lapsed_days": 400,
        "at_risk_days": 330,
        "cold_days": 60,
        "implementation_days": 90,
        "stale_days": 120,
    },
    "online_media": {"lapsed_days": 182, "at_risk_days": 146, "implementation_days": 2},
    "grocery": {
        "window_days": 90,
        "regular_days": 4,
        "keep_regular_days": 2,
        "preferred_days": 10,
        "keep_preferred_days": 6,
        "lapsed_days": 90,
        "at_risk_days": 60,
        "implementation_days": 2,
        "follow_up_days": 7,
    },
    "durables": {
        "window_days": 1095,
        "regular_days": 2,
        "keep_regular_days": 2,
        "preferred_days": 4,
        "keep_preferred_days": 3,
        "lapsed_days": 1095,
        "at_risk_days": 876,
    },
}

# Beside a bound: what else must be set so that nothing but the bound speaks.
BOUNDS = [
    ("window_days", 1, 0, {}),
    ("regular_days", 1, 0, {"keep_regular_days": 1}),
    ("keep_regular_days", 1, 0, {}),
    (
        "preferred_days",
        1,
        0,
        {"keep_preferred_days": 1, "regular_days": 1, "keep_regular_days": 1},
    ),
    ("keep_preferred_days", 1, 0, {}),
    ("preferred_revenue", 0, "-0.0001", {}),
    ("preferred_revenue", 10**11, 10**11 + 1, {}),
    ("preferred_revenue", "0.0001", "0.00001", {}),
    ("keep_preferred_revenue", 0, "-0.0001", {}),
    ("detractor_score", 0, -1, {}),
    ("detractor_score", 9, 11, {"satisfied_score": 10}),
    ("satisfied_score", 1, -1, {"detractor_score": 0}),
    ("satisfied_score", 10, 11, {}),
    ("complaints_tolerated", 0, -1, {}),
    ("max_positions_skipped", 0, -1, {}),
    ("max_positions_skipped", 2, 3, {}),
    ("recovery_days", 0, -1, {}),
    ("cold_days", 1, 0, {}),
    ("lapsed_days", 1, 0, {"at_risk_days": 1}),
    ("at_risk_days", 1, 0, {}),
    ("lost_days", 1, 0, {}),
    ("implementation_days", 1, 0, {}),
    ("stale_days", 1, 0, {}),
    ("follow_up_days", 0, -1, {}),
    ("correction_holds_days", 0, -1, {}),
    ("renewal_grace_days", 0, -1, {}),
    ("day_offset_minutes", -720, -721, {}),
    ("day_offset_minutes", 840, 841, {}),
    ("name", "n", "", {}),
    ("version", "1", "", {}),
    ("currency", "E", "", {}),
    ("qualifying_behaviours", [], [""], {}),
]

# A pair of thresholds: allowed as they stand, a contradiction one step further.
PAIRS = [
    ("keep_regular_days", 3, 4, "regular_days", 3),
    ("keep_preferred_days", 6, 7, "preferred_days", 6),
    ("keep_preferred_revenue", "5.5", "5.5001", "preferred_revenue", "5.5"),
    ("regular_days", 6, 7, "preferred_days", 6),
    ("at_risk_days", 395, 396, "lapsed_days", 395),
]


def problems(source: str | Path) -> list[tuple[str, str]]:
    """Return place and value of everything that is wrong with a TOML policy."""
    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_toml(source)
    return [(one.place, one.value) for one in caught.value.problems]


def thresholds(policy: Policy) -> dict[str, Any]:
    """Return all but the name and the version."""
    return policy.model_dump(exclude={"name", "version"})


def test_defaults() -> None:
    """The default policy is the table's; a changed default changes users' numbers."""
    assert thresholds(Policy()) == DEFAULTS


def test_presets_are_all_known() -> None:
    """Every preset of the table can be asked for by name."""
    assert list(PRESETS) == list(PRESET_DIFFERENCES)


@pytest.mark.parametrize("name", PRESET_DIFFERENCES)
def test_preset(name: str) -> None:
    """A preset differs from the default in its row of the table and in nothing else."""
    policy = Policy.preset(name)

    assert thresholds(policy) == DEFAULTS | PRESET_DIFFERENCES[name]
    # Also what equals the default is its own: another default would not change it.
    assert policy.model_fields_set - {"name"} == {*PRESET_DIFFERENCES[name]}
    assert (name, "1") == (policy.name, policy.version)


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("groceri", "did you mean 'grocery'?"),
        (
            "xyz",
            "use one of: default, clothing_store, business_software, online_media, grocery, ",
        ),
        ("preset", "use one of: default, clothing_store"),
    ],
)
def test_unknown_preset(name: str, mend: str) -> None:
    """An unknown preset is named with the nearest one; methods of the class are no presets."""
    with pytest.raises(InvalidPolicy) as caught:
        Policy.preset(name)

    (problem,) = caught.value.problems
    assert ("name", repr(name)) == (problem.place, problem.value)
    assert problem.mend.startswith(mend)
    assert str(caught.value).startswith("preset is not valid:\n")


@pytest.mark.parametrize(("name", "allowed", "refused", "beside"), BOUNDS)
def test_bound(name: str, allowed: Any, refused: Any, beside: dict[str, Any]) -> None:
    """A threshold is allowed at its bound and refused one step beyond it, by its name."""
    Policy(**beside, **{name: allowed})

    with pytest.raises(ValidationError) as caught:
        Policy(**beside, **{name: refused})
    assert name in [detail["loc"][0] for detail in caught.value.errors()]


@pytest.mark.parametrize(("low", "allowed", "refused", "high", "bound"), PAIRS)
def test_contradiction(low: str, allowed: Any, refused: Any, high: str, bound: Any) -> None:
    """Two thresholds may be equal; the lower one above the higher one is a contradiction."""
    Policy(**{low: allowed, high: bound})

    with pytest.raises(ValidationError, match=f"{low}: {refused}: is above {high}={bound}"):
        Policy(**{low: refused, high: bound})


def test_scores_must_differ() -> None:
    """A score cannot make a detractor and a satisfied customer at once."""
    Policy(detractor_score=6, satisfied_score=7)

    with pytest.raises(
        ValidationError, match="satisfied_score: 6: is not above detractor_score=6"
    ):
        Policy(detractor_score=6, satisfied_score=6)


def test_contradictions_together() -> None:
    """All contradictions are told in one error."""
    with pytest.raises(ValidationError) as caught:
        Policy(keep_regular_days=4, keep_preferred_days=7, at_risk_days=400, satisfied_score=5)

    text = str(caught.value)
    for name in ("keep_regular_days", "keep_preferred_days", "at_risk_days", "satisfied_score"):
        assert f"{name}: " in text


@pytest.mark.parametrize("value", [True, "3", 3.0, None])
def test_days_are_whole_numbers(value: object) -> None:
    """Days are neither text nor truth values nor fractions."""
    with pytest.raises(ValidationError):
        Policy(regular_days=value)


def test_frozen() -> None:
    """A policy cannot change under a model that was built with it."""
    with pytest.raises(ValidationError, match="frozen"):
        Policy().lapsed_days = 1


CHANGED: dict[str, Any] = {
    **{name: 5 for name, value in DEFAULTS.items() if type(value) in {int, Decimal}},
    "regular_days": 5,
    "preferred_days": 7,
    "keep_regular_days": 3,
    "keep_preferred_revenue": "0.0001",
    "satisfied_score": 8,
    "max_positions_skipped": 1,
    "lapsed_days": 394,
    "recovery_needs_confirmation": True,
    "currency": "EUR",
    "qualifying_behaviours": ["free_trial"],
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_digest_tells_every_threshold(name: str) -> None:
    """A changed threshold changes the digest, so no decision record lies about its policy."""
    beside = {"preferred_revenue": 1} if name == "keep_preferred_revenue" else {}

    assert Policy(**beside).digest != Policy(**beside, **{name: CHANGED[name]}).digest


def test_digest_is_of_the_thresholds() -> None:
    """Neither name nor version nor the way a number is written changes the digest."""
    same = Policy(
        name="shop",
        version="2",
        preferred_revenue="0.00",
        qualifying_behaviours=["fitting_room", "demo_request", "free_trial", "quote_request"],
    )

    assert Policy().digest == same.digest
    assert len(same.digest) == 12
    assert same.ref == ("shop", "2", same.digest)


def test_digest_of_a_copy() -> None:
    """A copy with another threshold has its own digest."""
    policy = Policy()
    before = policy.digest

    assert before != policy.model_copy(update={"lapsed_days": 500}).digest


def test_digests_of_the_presets_differ() -> None:
    """No two presets can be mistaken for each other."""
    assert len({Policy.preset(name).digest for name in PRESETS}) == len(PRESETS)


def test_pickle() -> None:
    """A policy travels with its digest, computed before or not."""
    policy = Policy.grocery()
    copies = [pickle.loads(pickle.dumps(policy))]  # noqa: S301
    digest = policy.digest
    copies.append(pickle.loads(pickle.dumps(policy)))  # noqa: S301

    assert copies == [policy, policy]
    assert [digest, digest] == [copy.digest for copy in copies]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Policy()),
        ('name = "shop"\nversion = "3"', Policy(name="shop", version="3")),
        ("lapsed_days = 500", Policy(lapsed_days=500)),
        ('preset = "grocery"', Policy.grocery()),
        ('preset = "default"', Policy()),
        (
            'preset = "durables"\nname = "cars"\nlapsed_days = 2000',
            Policy(**{**thresholds(Policy.durables()), "name": "cars", "lapsed_days": 2000}),
        ),
        ("preferred_revenue = 0.1", Policy(preferred_revenue=Decimal("0.1"))),
        ('qualifying_behaviours = ["trial"]', Policy(qualifying_behaviours={"trial"})),
        ("qualifying_behaviours = []", Policy(qualifying_behaviours=set())),
        ('currency = "EUR"', Policy(currency="EUR")),
    ],
)
def test_toml(text: str, expected: Policy) -> None:
    """TOML overrides a preset, or the default; decimals are exact."""
    assert expected == Policy.from_toml(text)


def test_toml_file(tmp_path: Path) -> None:
    """A path is read as a file in UTF-8."""
    file = tmp_path / "shop.toml"
    file.write_text('name = "Käse"\nlapsed_days = 100\nat_risk_days = 90', encoding="utf-8")

    assert Policy(name="Käse", lapsed_days=100, at_risk_days=90) == Policy.from_toml(file)


def test_toml_with_several_mistakes(tmp_path: Path) -> None:
    """Every mistake of a file is told at once: the file, the key, the value and the mend."""
    file = tmp_path / "shop.toml"
    file.write_text(
        'laspsed_days = 100\nregular_days = 0\ndetractor_score = 8\ncurrency = ""\n'
        "at_risk_days = 400\nstale_days = true",
        encoding="utf-8",
    )

    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_toml(file)

    found = {one.place: one for one in caught.value.problems}
    assert str(file) == caught.value.name
    assert sorted(found) == [
        "at_risk_days",
        "currency",
        "laspsed_days",
        "regular_days",
        "satisfied_score",
        "stale_days",
    ]
    assert found["laspsed_days"] == Problem(
        "laspsed_days", "100", "is not a threshold: did you mean 'lapsed_days'?"
    )
    assert found["at_risk_days"] == Problem(
        "at_risk_days", "400", "is above lapsed_days=395: lower it or raise lapsed_days"
    )
    assert found["satisfied_score"] == Problem(
        "satisfied_score",
        "7",
        "is not above detractor_score=8: raise it or lower detractor_score",
    )


def test_toml_contradictions_only() -> None:
    """Contradictions are told one by one where every key is sound in itself."""
    text = "keep_regular_days = 5\nkeep_preferred_days = 7"

    assert problems(text) == [("keep_regular_days", "5"), ("keep_preferred_days", "7")]


def test_toml_broken_key_contradicts_nothing() -> None:
    """A key that is broken itself is not told a second time as a contradiction."""
    assert problems("regular_days = 0") == [("regular_days", "0")]
    assert problems("satisfied_score = -1") == [("satisfied_score", "-1")]
    assert problems("detractor_score = 11") == [("detractor_score", "11")]


@pytest.mark.parametrize("text", ["lapsed_days", "a = 1\na = 2", "= 3"])
def test_toml_that_is_none(text: str) -> None:
    """Text that is no TOML is refused with the place where the parser stopped."""
    with pytest.raises(
        InvalidPolicy,
        match=r"policy is not valid:\n  TOML: .*\(at (line \d+, column \d+|end of)",
    ) as caught:
        Policy.from_toml(text)

    assert [one.value for one in caught.value.problems] == [""]


def test_toml_path_given_as_text() -> None:
    """The name of a file as plain text is told how to be a path."""
    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_toml("pol.toml")

    assert str(caught.value) == (
        "policy is not valid:\n"
        "  TOML: 'pol.toml': is read as text: to read a file, pass Path('pol.toml')"
    )
    assert Policy.from_toml("# see pol.toml") == Policy()


def test_toml_behaviours_that_are_no_list() -> None:
    """Behaviours as one text are told to be a list."""
    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_toml('qualifying_behaviours = "wish_list"')

    mend = "Input should be a list of texts"
    assert caught.value.problems == (Problem("qualifying_behaviours", "'wish_list'", mend),)


def test_toml_that_is_no_text(tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused by its name."""
    file = tmp_path / "shop.toml"
    file.write_bytes(b"\xff\xfe")

    with pytest.raises(InvalidPolicy, match=r"shop\.toml is not valid"):
        Policy.from_toml(file)


def test_toml_file_that_is_missing(tmp_path: Path) -> None:
    """A missing file is the system's own error."""
    with pytest.raises(FileNotFoundError):
        Policy.from_toml(tmp_path / "none.toml")


def test_toml_with_an_unknown_preset() -> None:
    """A misspelt preset in a file is told with the nearest one."""
    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_toml('preset = "groceri"')

    assert str(caught.value) == (
        "policy is not valid:\n  preset: 'groceri': is not a preset: did you mean 'grocery'?"
    )


def test_toml_amount_as_text() -> None:
    """An amount written as text is an amount, beside a mistake too."""
    text = 'keep_preferred_revenue = "5"\nlapsed_days = 0'

    assert problems(text) == [("lapsed_days", "0"), ("keep_preferred_revenue", "5")]


def test_toml_with_an_unknown_preset_and_a_mistake(tmp_path: Path) -> None:
    """A misspelt preset is one mistake of the file among others."""
    file = tmp_path / "shop.toml"
    file.write_text('preset = "groceri"\nlapsed_days = 0', encoding="utf-8")

    with pytest.raises(InvalidPolicy) as caught:
        Policy.from_toml(file)

    assert str(file) == caught.value.name
    assert [one.place for one in caught.value.problems] == ["preset", "lapsed_days"]
