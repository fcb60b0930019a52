"""The pages for marketing and sales people, one for each language, told by the playbook.

Run as a script it rewrites them; `test_playbook_pages.py` fails where one is out of date.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from lifecycle_model.playbook import AXES, LANGUAGES, Department, Playbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_model.playbook import Action, Strategy

FOLDER: Final = Path(__file__).resolve().parent.parent.parent / "docs" / "playbook"
_NAMES: Final = {"en": "English", "pt": "Português", "es": "Español", "it": "Italiano"}


def path_of(lang: str) -> Path:
    """Return where the page of a language is kept."""
    return FOLDER / f"{lang}.md"


def page(lang: str) -> str:
    """Write the page of a language."""
    playbook = Playbook.default(lang)
    phrases = playbook.words.phrases
    others = " · ".join(
        name if one == lang else f"[{name}]({one}.md)" for one, name in _NAMES.items()
    )
    parts = [
        f"# {phrases['playbook_title']}",
        others,
        phrases["introduction"],
        phrases["service_first"],
    ]
    singles = {strategy.key: strategy for strategy in playbook.strategies}
    for axis, states in AXES.items():
        found = [singles.pop(state) for state in states if state in singles]
        if found:
            parts.append(f"## {phrases[axis]}")
            parts.extend(part for one in found for part in _strategy(playbook, one))
    parts.append(f"## {phrases['combination']}")
    parts.extend(part for one in singles.values() for part in _strategy(playbook, one))
    parts.append(f"*{phrases['credit']} {phrases['sources']}*")
    return "\n\n".join(parts) + "\n"


def _strategy(playbook: Playbook, strategy: Strategy) -> Iterator[str]:
    words, phrases = playbook.words, playbook.words.phrases
    yield f"### {words.key(strategy.key)}"
    if strategy.question:
        yield f"*{phrases['question']}:* **{strategy.question}**"
    if strategy.strategy:
        yield strategy.strategy
    for name in ("result", "handover"):
        if text := getattr(strategy, name):
            yield f"*{phrases[name]}:* {text}"
    if not strategy.actions:
        yield phrases["nothing_to_do"]
    for department in Department:
        if actions := strategy.of(department):
            yield f"**{words.departments[department]}**"
            yield "\n".join(_action(playbook, action) for action in actions)


def _action(playbook: Playbook, action: Action) -> str:
    phrases = playbook.words.phrases
    marks = [
        *([phrases["promotion"]] if action.promotion else []),
        f"{phrases['goal']}: {playbook.words.goal(action.works_towards)}",
        action.source.value,
    ]
    return f"- **{action.title}.** {action.text} *({'; '.join(marks)})*"


def main() -> None:
    """Rewrite all pages."""
    FOLDER.mkdir(exist_ok=True)
    for lang in LANGUAGES:
        path_of(lang).write_text(page(lang), encoding="utf-8")


if __name__ == "__main__":
    main()
