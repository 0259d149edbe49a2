"""YAML into strict models; every mistake is named by file, line, field and reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Location = tuple[int | str, ...]
Model = TypeVar("Model", bound=BaseModel)


class SuiteError(ValueError):
    """A file of suites is wrong; a line per mistake names file, line, field and reason."""


class Document:
    """One YAML file, shown in messages under its folder and name."""

    def __init__(self, path: Path) -> None:
        self._name = f"{path.parent.name}/{path.name}"
        try:
            text = path.read_text(encoding="utf-8")
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            self._content = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise SuiteError(f"{self._name}, line {line}: not YAML: {error.problem}") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise SuiteError(f"{self._name}, line 1: not YAML in UTF-8") from error
        if not isinstance(root, yaml.MappingNode):
            raise SuiteError(f"{self._name}, line 1: the file holds no mapping of fields")
        self._root = root
        twice = [f"{self._name}, line {n}: {f}: given twice" for f, n in _given_twice(root)]
        if twice:
            raise SuiteError("\n".join(twice))

    def as_model(self, model: type[Model]) -> Model:
        """The content as a model; SuiteError."""
        try:
            return model.model_validate(self._content)
        except ValidationError as error:
            raise SuiteError(
                "\n".join(self._line(each["loc"], each["msg"]) for each in error.errors())
            ) from error

    def error(self, location: Location, reason: str) -> SuiteError:
        """An error to raise about a place that the model alone cannot judge."""
        return SuiteError(self._line(location, reason))

    def _line(self, location: Location, reason: str) -> str:
        field = ".".join(str(part) for part in location)
        reason = reason.removeprefix("Value error, ")
        return f"{self._name}, line {_line_of(self._root, location)}: {field}: {reason}"


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
