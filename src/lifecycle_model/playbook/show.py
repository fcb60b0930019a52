"""A plan as plain text and as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lifecycle_model.playbook.keys import states_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_model.playbook.plan import Plan, Planned
    from lifecycle_model.playbook.strategy import Strategy


def strategy_lines(plan: Plan) -> Iterator[tuple[Strategy, list[tuple[str, str]]]]:
    """Yield what each strategy says besides its actions: headings with texts."""
    phrases = plan.words.phrases
    for one in plan.strategies:
        lines = [
            (phrases[name], getattr(one, name))
            for name in ("question", "result", "handover")
            if getattr(one, name)
        ]
        if one.strategy or lines:
            yield one, lines


def note(plan: Plan, planned: Planned) -> str:
    """Return why an action is in the plan, and what it works towards."""
    words = plan.words
    # One state may stand in several keys; people need to read it once.
    states = dict.fromkeys(state for key in planned.reasons for state in states_of(key))
    reasons = ", ".join(words.states[state] for state in states)
    return words.phrases["note"].format(
        goal=words.goal(planned.action.works_towards), reasons=reasons
    )


def due_line(plan: Plan) -> str:
    """Return what changes if nothing happens."""
    words = plan.words
    if plan.due is None:
        return words.phrases["no_deadline"]
    return words.phrases["due"].format(
        date=words.day(plan.due.on), change=words.rule(plan.due.rule)
    )


def plan_text(plan: Plan) -> str:
    """Return the plan in short lines: who, what, and what waits."""
    words = plan.words
    lines = [words.phrases["plan_title"].format(customer=plan.customer_id), due_line(plan)]
    lines.extend(
        f"- {words.departments[one.action.department]}: {one.action.title}"
        for one in plan.planned
    )
    if plan.held:
        lines.append(f"{words.phrases['held']}:")
        lines.extend(
            f"- {one.action.title} ({'; '.join(plan.why_held(one))})" for one in plan.held
        )
    return "\n".join(lines)


def plan_html(plan: Plan) -> str:
    """Return the plan for a notebook; everything in it is escaped."""
    words = plan.words
    phrases = words.phrases
    parts = [
        f"<h3>{escape(phrases['plan_title'].format(customer=plan.customer_id))}</h3>",
        f"<p>{escape(due_line(plan))}</p>",
        "<dl>",
    ]
    for strategy, lines in strategy_lines(plan):
        parts.append(f"<dt><b>{escape(words.key(strategy.key))}</b></dt>")
        if strategy.strategy:
            parts.append(f"<dd>{escape(strategy.strategy)}</dd>")
        parts.extend(f"<dd><i>{escape(head)}</i>: {escape(text)}</dd>" for head, text in lines)
    parts.append(f"</dl><h4>{escape(phrases['to_do'])}</h4><ol>")
    for one in plan.planned:
        who = escape(words.departments[one.action.department])
        parts.append(
            f"<li>{who}: <b>{escape(one.action.title)}</b><br>{escape(one.action.text)}<br>"
            f"<small>{escape(note(plan, one))}</small></li>"
        )
    parts.append("</ol>")
    if plan.held:
        parts.append(f"<h4>{escape(phrases['held'])}</h4><ul>")
        for held in plan.held:
            why = escape("; ".join(plan.why_held(held)))
            parts.append(f"<li><b>{escape(held.action.title)}</b>: {why}</li>")
        parts.append("</ul>")
    return f"<div>{''.join(parts)}</div>"
