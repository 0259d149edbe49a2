"""Homes with a published snapshot per scenario, and the app run against one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboards.access.roles import DEMO_ROLES
from dashboards.access.scope import Scope
from dashboards.published import operations, snapshot
from dashboards.settings import Audience, Settings, load_settings
from tests.unit.dashboards.snapshots import make_home

APP = Path(snapshot.__file__).parents[1] / "app.py"
VIEWS = {"KPI results": "views/kpi_results.py", "Returns": "views/returns.py"}

HomeOf = Callable[[str], Path]
Opener = Callable[..., AppTest]


@pytest.fixture(scope="session")
def home_of(tmp_path_factory: pytest.TempPathFactory) -> HomeOf:
    """The home of a scenario, made once and only read."""
    root = tmp_path_factory.mktemp("homes")
    made: dict[str, Path] = {}

    def home(scenario: str) -> Path:
        if scenario not in made:
            made[scenario] = make_home(root, scenario)
        return made[scenario]

    return home


@pytest.fixture
def cold() -> Iterator[None]:
    """A server just started. Other tests share caches, as readers do: homes tell them apart."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    for held in [*snapshot._open.values(), *operations._open.values()]:
        held.lender.retire()
    snapshot._open.clear()
    operations._open.clear()
    st.cache_data.clear()


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, Audience], Settings]:
    """Settings of a home for an audience, through the environment as a server gets them."""

    def settings(home: Path, audience: Audience) -> Settings:
        monkeypatch.setenv("CICS_HOME", str(home))
        monkeypatch.setenv("CICS_AUDIENCE", audience)
        return load_settings()

    return settings


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch, settings_of: Callable[..., Settings]) -> Opener:
    """Run the app as one audience and, where asked, one role and address."""

    def opened(
        home: Path, audience: Audience, view: str = "KPI results", **address: str
    ) -> AppTest:
        settings_of(home, audience)
        config.set_option("server.address", "127.0.0.1")
        app = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        if VIEWS[view] != VIEWS["KPI results"]:
            app.switch_page(VIEWS[view])
            for name, value in address.items():
                app.query_params[name] = value
            app.run()
        return app

    return opened


def words(app: AppTest) -> str:
    """Everything a reader can read on the page, as one line."""
    parts = [
        *(one.value for one in app.title),
        *(one.value for one in app.header),
        *(one.value for one in app.html if "<style>" not in one.value),
        *(one.value for one in app.markdown),
        *(one.value for one in [*app.info, *app.warning, *app.error]),
    ]
    text = unescape(re.sub(r"<[^>]+>", " ", " ".join(parts)))
    return " ".join(text.split())


def everyone(audience: Audience) -> Scope:
    """The widest scope of an audience."""
    return DEMO_ROLES[audience][0].scope(audience)
