"""Settings of the test session: Hypothesis profiles, and no silent skips where it counts."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

# Hypothesis would load the package before coverage is measured; a test registers the types.
os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"

import pytest
from hypothesis import Phase, settings

if TYPE_CHECKING:
    from collections.abc import Generator

CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

# Telling why an example fails takes longer than finding it, and examples look for many.
settings.register_profile(
    "quick", deadline=None, phases=[phase for phase in Phase if phase is not Phase.explain]
)
quick = settings.get_profile("quick")
settings.register_profile("dev", quick, max_examples=50)
settings.register_profile("ci", quick, max_examples=100, derandomize=True)
settings.register_profile(
    "deep", quick, max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "5000"))
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if CI else "dev"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage by the examples of pages: tests hold what they show."""
    for item in items:
        if item.path.suffix == ".md":
            item.add_marker("untraced")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI a skipped test fails: what is missing there was forgotten."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _fail_under_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Under CI a skipped module fails, for the same reason."""
    report = yield
    if report.skipped:
        _fail_under_ci(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was compared: the sums of what tests counted with `record_property`."""
    counts: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        counts.update({what: n for what, n in report.user_properties if isinstance(n, int)})
    if counts:
        terminalreporter.section("compared")
        for what, count in sorted(counts.items()):
            terminalreporter.write_line(f"{count:>9,} {what}")


def _fail_under_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if CI:
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} may not be skipped under CI: {reason}"
