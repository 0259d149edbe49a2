"""Read a partnership file; a mistake is named by file, line, field and reason."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from orchestration.partnership.model import Partnership

SHIPPED = Path(__file__).parent / "camden.yaml"


class PartnershipError(ValueError):
    """The partnership file is wrong; one message line per mistake."""


def load_partnership(path: Path = SHIPPED) -> Partnership:
    """The partnership in `path`; PartnershipError lists every mistake pydantic found."""
    text = path.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PartnershipError(f"{path.name}, line {line}: not YAML: {error.problem}") from error
    if root is None or not isinstance(content, dict):
        raise PartnershipError(f"{path.name}, line 1: the file holds no mapping of fields")
    try:
        return Partnership.model_validate(content)
    except ValidationError as error:
        lines = [
            f"{path.name}, line {_line_of(root, e['loc'])}: "
            f"{'.'.join(str(p) for p in e['loc']) or 'whole file'}: "
            f"{e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        ]
        raise PartnershipError("\n".join(lines)) from error


def _line_of(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """The line of the deepest node that `location` still finds: a missing field has none."""
    line = node.start_mark.line
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == part), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return line + 1
