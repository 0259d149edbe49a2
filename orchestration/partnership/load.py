"""Read a partnership file; a mistake is named by file, line, field and reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from orchestration.partnership.model import Partnership

SHIPPED = Path(__file__).parent / "camden.yaml"


class PartnershipError(ValueError):
    """The partnership file is wrong; one message line per mistake."""


def load_partnership(path: Path = SHIPPED) -> Partnership:
    """The partnership in `path`; PartnershipError lists every mistake pydantic found."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise PartnershipError(f"{path.name}, line {line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PartnershipError(f"{path.name}, line 1: not YAML in UTF-8") from error
    if root is None or not isinstance(content, dict):
        raise PartnershipError(f"{path.name}, line 1: the file holds no mapping of fields")
    if twice := list(_fields_given_twice(root)):
        raise PartnershipError(
            "\n".join(f"{path.name}, line {line}: {name}: given twice" for name, line in twice)
        )
    try:
        return Partnership.model_validate(content)
    except ValidationError as error:
        lines = []
        for mistake in _own_mistakes(error.errors()):
            location = (*mistake["loc"], *mistake.get("ctx", {}).get("location", ()))
            field = ".".join(str(part) for part in location)
            lines.append(f"{path.name}, line {_line_of(root, location)}: {field}: {mistake['msg']}")
        raise PartnershipError("\n".join(lines)) from error


def _own_mistakes(mistakes: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without the lists that only look too short because their rows are wrong."""
    return [
        m
        for m in mistakes
        if m["type"] != "too_short"
        or not any(other["loc"][: len(m["loc"])] == m["loc"] != other["loc"] for other in mistakes)
    ]


def _fields_given_twice(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Name and line of each repeated field: YAML would keep the last and forget the others."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _fields_given_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _fields_given_twice(value)


def _line_of(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """The line of the deepest node that `location` still finds: a missing field has none."""
    line = node.start_mark.line
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == part), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return line + 1
