"""How a named query is made: scope first, cached by scope, build and arguments, shared by readers.

Streamlit's caches are shared between users, so the scope is part of the key and nothing inside a
query may look at the session.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import streamlit as st

from dashboards.access.scope import Scope
from dashboards.published.rows import columns_of
from dashboards.published.snapshot import Source

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row")
S = TypeVar("S", bound=Source)

QUERIES: dict[str, Callable[..., Any]] = {}
"""Every named query: a test holds each to its signature."""


def named_query(
    function: Callable[Concatenate[Scope, S, P], R],
) -> Callable[Concatenate[Scope, S, P], R]:
    """Register `function(scope, source, …)`; cached by scope, version of the file and arguments."""
    name = function.__name__
    QUERIES[name] = function

    @wraps(function)
    def asked(scope: Scope, source: S, *args: P.args, **kwargs: P.kwargs) -> R:
        found: R = _answer(name, scope, source.version, args, kwargs, source)
        return found

    return cast("Callable[Concatenate[Scope, S, P], R]", asked)


@st.cache_data(ttl=3600, max_entries=1000, show_spinner=False)
def _answer(
    name: str,
    scope: Scope,
    version: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    _source: Source,
) -> Any:
    """Streamlit leaves `_source` out of the key; `version` stands for it."""
    return QUERIES[name](scope, _source, *args, **kwargs)


def select(source: Source, row: type[Row], sql: str, **parameters: Any) -> list[Row]:
    """Rows of `sql`, in which `{columns}` stands for the fields of `row`; parameters are bound."""
    return [row(*found) for found in source.rows(sql.format(columns=columns_of(row)), parameters)]
