"""Who may see what: denied unless a demonstration on this machine, then by role."""

from __future__ import annotations

import pytest

from dashboards.access.roles import DEMO_ROLES, demo_refusal
from dashboards.navigation import VIEWS
from tests.unit.dashboards.conftest import HomeOf, Opener, words


def test_without_a_demonstration_nobody_comes_in(
    home_of: HomeOf, open_app: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CICS_DEMO", "false")
    app = open_app(home_of("all_good"), "board")
    assert app.title[0].value == "You cannot sign in here yet"
    assert "Whittington" not in words(app)
    assert not app.selectbox


@pytest.mark.parametrize(
    ("is_demo", "address", "headers", "allowed"),
    [
        (True, "127.0.0.1", {}, True),
        (True, "localhost", {}, True),
        (True, None, {}, False),
        (True, "0.0.0.0", {}, False),
        (True, "127.0.0.1", {"X-Forwarded-For": "10.1.1.1"}, False),
        (False, "127.0.0.1", {}, False),
    ],
)
def test_demonstration_roles_work_on_this_machine_only(
    is_demo: bool, address: str | None, headers: dict[str, str], allowed: bool
) -> None:
    refusal = demo_refusal(is_demo=is_demo, address=address, headers=headers)
    assert (refusal is None) == allowed


def test_a_view_a_role_may_not_see_is_not_registered(home_of: HomeOf, open_app: Opener) -> None:
    app = open_app(home_of("all_good"), "operational", "Returns", role="Data engineer")
    assert app.title[0].value == "Returns"
    with pytest.raises(ValueError, match="kpi_results"):
        app.switch_page("views/kpi_results.py")


def test_every_role_opens_views_that_exist() -> None:
    known = {view.key for view in VIEWS}
    assert all(view.script.exists() for view in VIEWS)
    assert all(role.views <= known for roles in DEMO_ROLES.values() for role in roles)


def test_no_folder_is_called_pages() -> None:
    root = VIEWS[0].script.parents[1]
    assert not [folder for folder in root.rglob("pages") if folder.is_dir()]
