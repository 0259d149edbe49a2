"""Filters: each is part of the address, so a view can be sent to somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

EVERY = "All"


def choose(label: str, options: Sequence[str], key: str, default: str | None = None) -> str:
    """One of `options`. An address that names none of them gets the default."""
    index = options.index(default) if default in options else 0
    return (
        st.selectbox(label, options, index=index, key=key, bind="query-params", filter_mode=None)
        or options[index]
    )


def address(changes: Mapping[str, str | None]) -> dict[str, str]:
    """The present address with `changes`; None removes a choice."""
    present = {**st.query_params.to_dict(), **changes}
    return {name: value for name, value in present.items() if value is not None}
