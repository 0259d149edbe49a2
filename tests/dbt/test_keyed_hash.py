"""The hashes SQL computes are the ones Python's hmac does."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

import duckdb
import pytest

from orchestration import duck
from orchestration.identity.keyed_hash import HashSecrets, child_key

from .conftest import Story

ANCHOR = "nhs|9990000018|2019-02-03"
# the body of the macro hmac_sha256
HMAC_SQL = """
select left(sha256(
    getvariable('hmac_outer') || unhex(sha256(getvariable('hmac_inner') || (?)::blob))), 32)::uuid
"""


@pytest.mark.parametrize("key", [b"k" * 32, b"short", b"long" * 40])
def test_hmac_in_sql_equals_hmac_in_python(key: bytes) -> None:
    con = duckdb.connect()
    HashSecrets.from_key(key).set_on(con)
    found = con.execute(HMAC_SQL, [ANCHOR]).fetchone()
    expected = UUID(hmac.new(key, ANCHOR.encode(), hashlib.sha256).hexdigest()[:32])
    assert found == (expected,)
    assert child_key(key, ANCHOR) == expected


def test_the_warehouse_keys_children_by_it(story: Story) -> None:
    alliance = story.alliance
    con = duck.connect(alliance.settings)
    duck.attach(con, alliance.settings.build_file, "w", alliance.keys.warehouse, read_only=True)
    rows = con.execute("select anchor, child_key from w.identity.identity__child").fetchall()
    con.close()
    assert len(rows) == 73
    assert all(child_key(alliance.keys.pseudonym, anchor) == key for anchor, key in rows)


def test_secrets_do_not_show_themselves() -> None:
    secrets = HashSecrets.from_key(b"k" * 32)
    assert secrets.record_secret not in repr(secrets)
