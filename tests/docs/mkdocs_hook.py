"""Shows the sessions in docstrings as code: named in `mkdocs.yml`, run by mkdocs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A session is fenced before fences are read.
_BEFORE_FENCES = 40


def fenced(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with a fence around each session that has none.

    A session begins with `>>>` and ends before an empty line.

    >>> list(fenced(["Text.", "", ">>> 1 + 1", "2", "", "More."]))
    ['Text.', '', '```pycon', '>>> 1 + 1', '2', '```', '', 'More.']
    """
    in_fence = in_session = False
    for line in lines:
        if line.lstrip().startswith("```"):
            in_fence = not in_fence
        if in_session and not line.strip():
            yield "```"
            in_session = False
        elif not in_fence and not in_session and line.startswith(">>> "):
            yield "```pycon"
            in_session = True
        yield line
    if in_session:
        yield "```"


def on_config(config: Any) -> None:  # noqa: ANN401 - mkdocs is not there when tests run
    """Add the step to the reading of Markdown."""
    from markdown import Extension, Markdown
    from markdown.preprocessors import Preprocessor

    class Fence(Preprocessor):
        def run(self, lines: list[str]) -> list[str]:
            return list(fenced(lines))

    class Sessions(Extension):
        def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is given
            md.preprocessors.register(Fence(md), "sessions", _BEFORE_FENCES)

    config.markdown_extensions.append(Sessions())
