"""YAML into strict models; every mistake is named by file, line, field and reason.

Shared by the partnership and the contracts. What the fields mean is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

Location = tuple[int | str, ...]
"""Field names and places in lists, from the top of the file."""
Model = TypeVar("Model", bound=BaseModel)


def mistake(location: Location, reason: str) -> PydanticCustomError:
    """What a model's own check raises: the place is under the model, which `Document` completes."""
    return PydanticCustomError("located", "{reason}", {"reason": reason, "location": location})


class Document:
    """One YAML file. Every error is a `raising`, one message line per mistake."""

    def __init__(self, path: Path, raising: type[ValueError], shown_as: str | None = None) -> None:
        self._raising = raising
        self._name = shown_as or path.name
        try:
            text = path.read_text(encoding="utf-8")
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            self._content = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise raising(f"{self._name}, line {line}: not YAML: {error.problem}") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise raising(f"{self._name}, line 1: not YAML in UTF-8") from error
        if not isinstance(root, yaml.MappingNode):
            raise raising(f"{self._name}, line 1: the file holds no mapping of fields")
        self._root = root
        twice = [f"{self._name}, line {n}: {f}: given twice" for f, n in _given_twice(self._root)]
        if twice:
            raise raising("\n".join(twice))

    def as_model(self, model: type[Model]) -> Model:
        """The file's content as a model."""
        try:
            return model.model_validate(self._content)
        except ValidationError as error:
            lines = []
            for each in _own_mistakes(error.errors()):
                location = (*each["loc"], *each.get("ctx", {}).get("location", ()))
                lines.append(self._line(location, each["msg"]))
            raise self._raising("\n".join(lines)) from error

    def error(self, location: Location, reason: str) -> ValueError:
        """An error to raise about a place in the file that only a comparison of files shows."""
        return self._raising(self._line(location, reason))

    def _line(self, location: Location, reason: str) -> str:
        field = ".".join(str(part) for part in location)
        return f"{self._name}, line {_line_of(self._root, location)}: {field}: {reason}"


def _own_mistakes(mistakes: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without the lists that only look too short because their rows are wrong."""
    return [
        m
        for m in mistakes
        if m["type"] != "too_short"
        or not any(other["loc"][: len(m["loc"])] == m["loc"] != other["loc"] for other in mistakes)
    ]


def _given_twice(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Name and line of each repeated field: YAML would keep the last and forget the others."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _given_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _given_twice(value)


def _line_of(node: yaml.Node, location: Location) -> int:
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
