"""Small pieces of HTML. Everything that is not made here is escaped."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlencode

from dashboards.words import Word


class Html(str):
    """HTML made by this package, so not escaped again."""

    __slots__ = ()


def safe(value: object) -> str:
    """`value` as HTML: escaped unless it is `Html` already."""
    return value if isinstance(value, Html) else escape(str(value))


def plain_text(value: object) -> str:
    """`value` without tags, for exports."""
    if not isinstance(value, Html):
        return str(value)
    return " ".join(re.sub(r"<[^>]+>", " ", value).split())


def chip(word: Word, note: str = "") -> Html:
    """A status word with its mark; the mark is hidden from screen readers, the word is not."""
    mark = f'<span class="mark" aria-hidden="true">{escape(word.mark)}</span>' if word.mark else ""
    more = f"<small>{escape(note)}</small>" if note else ""
    return Html(f'<span class="cics-chip cics-{word.tone}">{mark}{escape(word.text)}{more}</span>')


def dot(word: Word, label: str) -> Html:
    """A mark alone, its word for screen readers and as a tooltip."""
    return Html(
        f'<span class="dot cics-{word.tone}" title="{escape(label)}">'
        f'<span aria-hidden="true">{escape(word.mark) or "&nbsp;"}</span>'
        f'<span class="cics-hidden">{escape(label)}. </span></span>'
    )


def bar(value: float, threshold: float | None) -> Html:
    """A percentage as a bar with its threshold as a tick: decoration beside the number."""
    tick = (
        f'<span class="tick" style="left:calc({min(threshold, 100):.1f}% - 1px)"></span>'
        if threshold is not None
        else ""
    )
    width = max(0.0, min(value, 100.0))
    return Html(
        f'<span class="cics-bar" aria-hidden="true"><span class="fill" style="width:{width:.1f}%">'
        f"</span>{tick}</span>"
    )


def link(text: str, parameters: dict[str, str]) -> Html:
    """A link within this page: the address says everything a reader chose."""
    return Html(f'<a href="?{escape(urlencode(parameters))}" target="_self">{escape(text)}</a>')


def paragraphs(lines: list[str], css: str) -> Html:
    """Lines of text in a block."""
    inner = "".join(f"<p>{safe(line)}</p>" for line in lines)
    return Html(f'<div class="{css}">{inner}</div>')


def facts(pairs: list[tuple[str, object, str]]) -> Html:
    """Terms with their value and a small note."""
    inner = "".join(
        f"<div><dt>{escape(term)}</dt><dd>{safe(value)}"
        + (f"<small>{escape(note)}</small>" if note else "")
        + "</dd></div>"
        for term, value, note in pairs
    )
    return Html(f'<dl class="cics-facts">{inner}</dl>')
