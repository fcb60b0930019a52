"""The page in a browser: Chromium, driven by Playwright, without a network."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from lifecycle_model import Lifecycle
from lifecycle_model.insight import of_histories
from lifecycle_model.report import page as page_of
from report.pages_of import HOSTILE, folded, made_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHARTS = ("standing", "funnel", "survival", "deals", "nps", "complaints", "forecast")
NAMES = ("chromium", "chromium-browser", "google-chrome")

pytestmark = pytest.mark.untraced


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser of the system's."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


class Opened:
    """A page that is open, and what it said and asked for meanwhile."""

    def __init__(self, browser: Browser, file: Path, **settings: Any) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page: Page = browser.new_page(**settings)
        self.page.set_default_timeout(20_000)
        self.page.on("console", lambda one: self.said.append(one.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda one: self.asked.append(one.url))
        self.page.goto(file.as_uri())
        self.drawn("en")

    def drawn(self, language: str) -> None:
        """Wait until all is drawn in a language."""
        self.page.wait_for_selector(f"body[data-drawn='{language}']")

    def texts(self, selector: str) -> list[str]:
        """Return what some elements say."""
        return self.page.locator(selector).all_inner_texts()


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Open the page of a log with all kinds of events, 119 of whose 120 customers it holds."""
    file = tmp_path_factory.mktemp("report") / "page.html"
    file.write_text(page_of(folded(made_up()), name="made-up.csv", most=119), encoding="utf-8")
    found = Opened(browser, file)
    yield found
    assert found.said == []
    assert found.asked == [file.as_uri()]


def test_charts_are_drawn(opened: Opened) -> None:
    """Every chart has marks."""
    for name in CHARTS:
        marks = opened.page.locator(f"#chart-{name} svg [class*='mark-'] path")

        assert marks.count() > 3, name


def test_tables_are_filled(opened: Opened) -> None:
    """The figures stand in the page as numbers, and no cell says NaN or undefined."""
    assert opened.texts("#headline .value")[0] == "120"
    assert len(opened.texts("#detail-axes tbody tr")) == 6
    whole = opened.page.inner_text("body")
    for wrong in ("NaN", "undefined", "null", "[object"):
        assert wrong not in whole


def test_hostile_id_shows_as_text(opened: Opened) -> None:
    """An id made of markup is a text in the table and in the timeline."""
    opened.page.fill("#search", "<script>")
    (shown,) = opened.page.locator("#table tbody button").all()

    assert shown.text_content() == HOSTILE
    shown.click()
    assert opened.page.locator("#customer-name").text_content() == HOSTILE
    opened.page.keyboard.press("Escape")
    opened.page.fill("#search", "")


def test_search_filters(opened: Opened) -> None:
    """Only customers that fit stay, by what the table says of them."""
    assert len(opened.texts("#table tbody tr")) == 50
    assert "119" in opened.page.inner_text("#sample")
    opened.page.fill("#search", "OCCASIONAL")
    found = opened.texts("#table tbody tr td:nth-child(2)")
    assert 0 < len(found) < 50
    assert {text.strip() for text in found} == {"Occasional customer"}
    opened.page.fill("#search", "nobody of this name")
    assert opened.page.inner_text("#found") == "No customer fits."
    opened.page.fill("#search", "")
    opened.page.click("#more")
    assert len(opened.texts("#table tbody tr")) == 100


def test_choosing_a_customer_shows_the_timeline(opened: Opened) -> None:
    """A customer's plan and steps come up, by the keyboard alone, and go again."""
    opened.page.focus("#table tbody tr:nth-child(2) button")
    opened.page.keyboard.press("Enter")

    assert opened.page.is_visible("#customer")
    assert len(opened.texts("#customer .story li")) > 1
    assert opened.texts("#customer .story li.move")
    assert opened.texts("#customer .plan li")
    opened.page.keyboard.press("Escape")
    assert not opened.page.is_visible("#customer")


def test_language_is_switched(opened: Opened) -> None:
    """Headings, states, numbers and charts change at once."""
    opened.page.select_option("#language", "pt")
    opened.drawn("pt")

    assert opened.page.evaluate("document.documentElement.lang") == "pt"
    assert opened.page.inner_text("#customers h2") == "Clientes"
    legend = opened.page.locator("#chart-standing svg text").all_text_contents()
    assert "Cliente eventual" in legend
    opened.page.select_option("#language", "en")
    opened.drawn("en")
    assert opened.page.inner_text("#customers h2") == "Customers"


def test_colours_follow_the_system(opened: Opened) -> None:
    """In the dark the paper is dark and the charts are drawn again in light ink."""
    paper = "getComputedStyle(document.body).backgroundColor"
    light = opened.page.evaluate(paper)
    opened.page.emulate_media(color_scheme="dark")
    opened.drawn("en")

    assert opened.page.evaluate(paper) != light
    opened.page.emulate_media(color_scheme="light")


def test_fits_a_phone(opened: Opened) -> None:
    """Nothing but tables is wider than a phone, and those scroll by themselves."""
    opened.page.set_viewport_size({"width": 360, "height": 740})

    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 360
    opened.page.set_viewport_size({"width": 1280, "height": 720})


def test_page_of_nothing_is_whole(browser: Browser, tmp_path: Path) -> None:
    """An empty log gives a page with reasons in place of figures."""
    file = tmp_path / "nothing.html"
    file.write_text(page_of(of_histories([], Lifecycle())), encoding="utf-8")
    opened = Opened(browser, file)

    assert opened.said == []
    assert "no period is complete" in opened.texts("#headline .value")
    assert opened.page.inner_text("#found") == "No customer fits."
    assert json.loads(opened.page.inner_text("#headline .value >> nth=0")) == 0
