"""What dbt's DuckDB connection needs beyond its profile: httpfs, the encrypted file, the hash keys.

Keys come from the environment of the dbt process and go straight into DuckDB, so that neither the
profile, the manifest, compiled SQL nor a log ever holds one. dbt runs this module in its own
process; it is the one place besides settings that reads os.environ.
"""

from __future__ import annotations

import os
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from orchestration.identity.keyed_hash import HashSecrets

# dbt scrubs the values of variables with this prefix from everything it prints
WAREHOUSE_KEY = "DBT_ENV_SECRET_CICS_WAREHOUSE_KEY"
PSEUDONYM_KEY = "DBT_ENV_SECRET_CICS_PSEUDONYM_KEY"
BUILD_FILE = "CICS_DBT_BUILD_FILE"
HTTPFS = "CICS_DBT_HTTPFS"
WAREHOUSE_ALIAS = "warehouse"


class Plugin(BasePlugin):
    """Loaded by dbt-duckdb under the name the profile gives."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Read the pseudonym key once."""
        self._secrets = HashSecrets.from_key(bytes.fromhex(os.environ[PSEUDONYM_KEY]))

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Attach the build file; the profile's own ATTACH IF NOT EXISTS then finds it."""
        conn.load_extension(os.environ[HTTPFS])
        path, key = os.environ[BUILD_FILE], os.environ[WAREHOUSE_KEY]
        try:
            conn.execute(
                f"ATTACH {_quote(path)} AS {WAREHOUSE_ALIAS} (ENCRYPTION_KEY {_quote(key)})"
            )
        except duckdb.Error as error:
            reason = str(error).split("\n", 1)[0].replace(key, "***")
            raise RuntimeError(f"cannot open the build file: {reason}") from None

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        """Give each cursor the hash keys: DuckDB variables do not pass from one to another."""
        self._secrets.set_on(cursor)


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
