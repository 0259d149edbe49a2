"""An accessible table: a caption, column headers, and a header for every row.

Streamlit's own tables have neither caption nor row headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from dashboards.components.html import Html, safe


@dataclass(frozen=True)
class Table:
    """`rows` hold one cell per column, the first of each being the row's header.

    `numeric` names the columns set flush right. `sheet` is what an export holds when that is not
    what the screen shows: raw values, and why one is empty.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    numeric: frozenset[str] = frozenset()
    css: str = ""
    row_css: Sequence[str] = ()
    sheet: Sequence[Sequence[object]] = ()
    sheet_columns: Sequence[str] = field(default=())


def table_html(table: Table) -> Html:
    """The table in a region that scrolls, and can be scrolled by keyboard, where it is too wide."""
    head = "".join(
        f'<th scope="col" class="num">{safe(column)}</th>'
        if column in table.numeric
        else f'<th scope="col">{safe(column)}</th>'
        for column in table.columns
    )
    body = "".join(
        _row(table, cells, table.row_css[index] if table.row_css else "")
        for index, cells in enumerate(table.rows)
    )
    return Html(
        f'<div class="cics-scroll" role="region" tabindex="0" aria-label="{safe(table.caption)}">'
        f'<table class="cics {safe(table.css)}"><caption>{safe(table.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def show_table(table: Table) -> None:
    """Draw the table."""
    st.html(table_html(table))


def _row(table: Table, cells: Sequence[object], css: str) -> str:
    first, *rest = cells
    data = "".join(
        f'<td class="num">{safe(cell)}</td>'
        if column in table.numeric
        else f"<td>{safe(cell)}</td>"
        for column, cell in zip(table.columns[1:], rest, strict=True)
    )
    return f'<tr class="{safe(css)}"><th scope="row">{safe(first)}</th>{data}</tr>'
