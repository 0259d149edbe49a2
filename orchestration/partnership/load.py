"""Read a partnership file; a mistake is named by file, line, field and reason."""

from __future__ import annotations

from pathlib import Path

from orchestration.located_yaml import Document
from orchestration.partnership.model import Partnership

SHIPPED = Path(__file__).parent / "camden.yaml"


class PartnershipError(ValueError):
    """The partnership file is wrong; one message line per mistake."""


def load_partnership(path: Path = SHIPPED) -> Partnership:
    """The partnership in `path`; PartnershipError lists every mistake found."""
    return Document(path, PartnershipError).as_model(Partnership)
