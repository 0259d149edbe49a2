"""Keyed hashes in SQL: the variables behind the macros `hmac_sha256` and `record_key`.

Children are keyed by HMAC-SHA-256. Referrals and contacts are keyed by MD5 over a secret of 256
bits: HMAC of ten million contacts costs 28 s on two cores, this 4 s, and neither lets a reader
without the secret go back to a record number.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from uuid import UUID

from duckdb import DuckDBPyConnection

_BLOCK = 64  # bytes of a SHA-256 block
KEY_BYTES = 16
"""Kept of every key: 128 bits, as RFC 2104 section 5 allows of an HMAC; the warehouse's UUID."""


@dataclass(frozen=True)
class HashSecrets:
    """The pseudonym key as the SQL macros use it."""

    hmac_inner: bytes = field(repr=False)
    hmac_outer: bytes = field(repr=False)
    record_secret: str = field(repr=False)

    @classmethod
    def from_key(cls, key: bytes) -> HashSecrets:
        """Derive the two HMAC pads and the records' secret from one key."""
        block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        return cls(
            hmac_inner=bytes(byte ^ 0x36 for byte in block),
            hmac_outer=bytes(byte ^ 0x5C for byte in block),
            record_secret=hmac.new(key, b"record keys", hashlib.sha256).hexdigest(),
        )

    def set_on(self, con: DuckDBPyConnection) -> None:
        """Set the variables on one connection or cursor."""
        con.execute("SET VARIABLE hmac_inner = ?::BLOB", [self.hmac_inner])
        con.execute("SET VARIABLE hmac_outer = ?::BLOB", [self.hmac_outer])
        con.execute("SET VARIABLE record_secret = ?::VARCHAR", [self.record_secret])


def child_key(key: bytes, anchor: str) -> UUID:
    """`child_key` of an anchor, as the warehouse computes it."""
    return UUID(bytes=hmac.new(key, anchor.encode(), hashlib.sha256).digest()[:KEY_BYTES])
