"""Tables, exports, charts, and the command that starts a server."""

from __future__ import annotations

import csv
import io
import sys
from datetime import date
from pathlib import Path

from dashboards.charts.kpi_month import kpi_month_chart
from dashboards.charts.style import MAX_MARKS
from dashboards.components.download import csv_text
from dashboards.components.html import Html, chip, link
from dashboards.components.table import Table, table_html
from dashboards.published.rows import KpiMonth
from dashboards.serve import APP, server_command
from dashboards.words import NOT_MET


def month(number: int, value: float | None, **changes: object) -> KpiMonth:
    fields = {"numerator": None, "denominator": 50, "status_of_data": "complete", "withheld": False}
    return KpiMonth(date(2026, number, 1), value=value, **(fields | changes))


def test_a_table_has_a_caption_and_a_header_for_every_row_and_column() -> None:
    html = table_html(Table("Waits", ("Wait", "Children"), [("0 to 6 weeks", "40")]))
    assert "<caption>Waits</caption>" in html
    assert '<th scope="row">0 to 6 weeks</th>' in html
    assert html.count('scope="col"') == 2


def test_what_comes_from_data_is_escaped() -> None:
    html = table_html(Table("x", ("a", "b"), [("<script>", Html("<b>made here</b>"))]))
    assert "&lt;script&gt;" in html
    assert "<b>made here</b>" in html
    assert "onclick" not in link("a", {"show": '"><x onclick=1>'}).replace("%3Cx+onclick", "")


def test_a_chip_hides_its_mark_from_readers_who_hear_it() -> None:
    assert '<span class="mark" aria-hidden="true">✕</span>Not met' in chip(NOT_MET)


def test_an_export_opens_with_its_cover_and_cannot_start_a_formula() -> None:
    text = csv_text([("Build", "b1")], ["name", "n"], [("=cmd|x", None), ("-1", 3)])
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["Build", "b1"], [], ["name", "n"], ["'=cmd|x", ""], ["'-1", "3"]]


def test_a_chart_breaks_where_there_is_no_figure_and_says_so() -> None:
    picture = kpi_month_chart(
        [month(4, 92.0), month(5, None, withheld=True), month(6, 80.0)], 90.0, ">=", "KPI, CNWL"
    )
    spec = picture.chart.to_dict()
    values = max(spec["datasets"].values(), key=len)
    assert "No figure: May 2026 (withheld)." in picture.alt
    assert "missed in 1 of 2 months" in picture.alt
    assert [value["value"] for value in values] == [92.0, None, 80.0]
    assert "http" not in str(spec).replace(spec["$schema"], "")


def test_a_chart_stays_small_enough_to_be_read_aloud() -> None:
    months = [month(1 + i % 12, 90.0) for i in range(200)]
    spec = kpi_month_chart(months, 90.0, ">=", "x").chart.to_dict()
    records = max(len(values) for values in spec["datasets"].values())
    assert records * len(spec["layer"]) < MAX_MARKS


def test_a_server_is_told_its_audience_and_home_and_stays_on_this_machine(tmp_path: Path) -> None:
    argv, env = server_command("operational", 8602, tmp_path)
    assert argv[:5] == [sys.executable, "-m", "streamlit", "run", str(APP)]
    assert "--server.address=127.0.0.1" in argv
    assert "--server.port=8602" in argv
    assert env == {"CICS_AUDIENCE": "operational", "CICS_HOME": str(tmp_path.resolve())}


def test_the_settings_of_streamlit_stand_beside_the_app() -> None:
    text = (APP.parent / ".streamlit" / "config.toml").read_text()
    for line in (
        'toolbarMode = "viewer"',
        'showErrorDetails = "none"',
        "disableDataExport = true",
        "gatherUsageStats = false",
        "magicEnabled = false",
        "enableXsrfProtection = true",
        'address = "127.0.0.1"',
        'base = "light"',
    ):
        assert line in text
