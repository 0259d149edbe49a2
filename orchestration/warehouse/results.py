"""What a dbt run came to: typed results, and rows for `dq_result`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

Kind = Literal["model", "test", "unit_test", "other"]
Status = Literal["pass", "warn", "fail", "error", "skipped"]

_STATUS: dict[str, Status] = {
    "success": "pass",
    "pass": "pass",
    "no-op": "pass",
    "warn": "warn",
    "fail": "fail",
    "error": "error",
    "runtime error": "error",
    "partial success": "error",
    "skipped": "skipped",
}


_KIND: dict[str, Kind] = {"model": "model", "test": "test", "unit_test": "unit_test"}


@dataclass(frozen=True)
class NodeResult:
    """One model or test: how it ended and how long it took."""

    unique_id: str
    name: str
    kind: Kind
    status: Status
    seconds: float
    failures: int
    message: str
    severity: Literal["error", "warn"]
    category: str
    table: str
    marts_affected: str


@dataclass(frozen=True)
class BuildResult:
    """A whole run. Only one that `passed` may be published."""

    nodes: tuple[NodeResult, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every model was built and no test failed; warnings do not stop a build."""
        return not self.failed

    @property
    def failed(self) -> tuple[NodeResult, ...]:
        """What keeps the build from being published."""
        return tuple(n for n in self.nodes if n.status in ("fail", "error"))

    @property
    def warned(self) -> tuple[NodeResult, ...]:
        """Tests that found something and do not block."""
        return tuple(n for n in self.nodes if n.status == "warn")

    @property
    def tests(self) -> tuple[NodeResult, ...]:
        """Every data test that ran."""
        return tuple(n for n in self.nodes if n.kind == "test")

    def slowest(self, count: int = 10) -> tuple[NodeResult, ...]:
        """The nodes that took longest, longest first."""
        return tuple(sorted(self.nodes, key=lambda n: -n.seconds)[:count])

    def dq_rows(self, measured_at: datetime) -> list[dict[str, Any]]:
        """One `dq_result` row for each data test."""
        return [
            {
                "check_id": test.name,
                "partner_code": None,
                "table_name": test.table,
                "kind": "warehouse_test",
                "category": test.category,
                "severity": test.severity,
                "failed": test.failures,
                "total": None,
                "threshold": 0.0,
                "status": {"warn": "fail", "skipped": "not_applicable"}.get(
                    test.status, test.status
                ),
                "marts_affected": test.marts_affected or None,
                "measured_at": measured_at,
                "withheld": False,
            }
            for test in self.tests
        ]


def read_results(results: Path, manifest: Path, seconds: float) -> BuildResult:
    """The results of the run that wrote `run_results.json`, described by its manifest."""
    ran: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))["results"]
    described = json.loads(manifest.read_text(encoding="utf-8"))
    nodes = {**described["nodes"], **described.get("unit_tests", {})}
    children: dict[str, list[str]] = described["child_map"]
    return BuildResult(tuple(_node(r, nodes, children) for r in ran), seconds)


def _node(
    result: dict[str, Any], nodes: dict[str, Any], children: dict[str, list[str]]
) -> NodeResult:
    unique_id: str = result["unique_id"]
    node = nodes.get(unique_id, {})
    config = node.get("config", {})
    tested = node.get("attached_node") or next(
        (n for n in node.get("depends_on", {}).get("nodes", []) if n.startswith("model.")), ""
    )
    kind = unique_id.split(".", 1)[0]
    return NodeResult(
        unique_id=unique_id,
        name=node.get("name", unique_id),
        kind=_KIND.get(kind, "other"),
        status=_STATUS.get(result["status"], "error"),
        seconds=float(result["execution_time"]),
        failures=int(result.get("failures") or 0),
        message=_harmless(result.get("message") or ""),
        severity="warn" if str(config.get("severity", "error")).lower() == "warn" else "error",
        category=config.get("meta", {}).get("category", _category(node)),
        table=nodes.get(tested, {}).get("name", ""),
        marts_affected=", ".join(_marts_after(tested, children)) if kind == "test" else "",
    )


def _category(node: dict[str, Any]) -> str:
    """Kahn's category of a generic test; a singular test names its own."""
    test = (node.get("test_metadata") or {}).get("name", "")
    return {"not_null": "completeness", "unique": "conformance"}.get(test, "conformance")


def _marts_after(unique_id: str, children: dict[str, list[str]]) -> list[str]:
    """The published tables that are built on a model, or are it."""
    found: set[str] = set()
    waiting, seen = [unique_id], set[str]()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        name = current.rsplit(".", 1)[-1]
        if current.startswith("model.") and name.startswith("mart_"):
            found.add(name.removeprefix("mart_"))
        waiting += children.get(current, [])
    return sorted(found)


def _harmless(message: str) -> str:
    """A message without quoted values: an error may repeat what stood in a row."""
    first = " ".join(line.strip() for line in message.splitlines()[:3])
    return re.sub(r"\"[^\"]*\"|'[^']*'", "'…'", first)[:300]
