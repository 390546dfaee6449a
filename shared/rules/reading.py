"""Reading the files under jurisdictions/ strictly: what is wrong is said with file, line and what to write instead.

Plain YAML only. Numbers with a point become Decimal, never a binary fraction; `yes`, `no`, `on` and `off` stay words;
a key written twice is refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_SCALARS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"~|null|"), lambda _: None),
    (re.compile(r"true|false"), lambda text: text == "true"),
    (re.compile(r"-?(0|[1-9]\d*)"), int),
    (re.compile(r"-?(0|[1-9]\d*)\.\d+"), Decimal),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), date.fromisoformat),
)

_PLAIN_TAGS = frozenset({"map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value"})


class PackError(ValueError):
    """A file under jurisdictions/ is wrong; the text names file, line and what to write instead."""

    def __init__(self, file: Path | str, line: int, problem: str) -> None:
        self.file = Path(file)
        self.line = line
        self.problem = problem
        super().__init__(f"{self.file.name} 第{line}行:{problem}")


@dataclass
class Source:
    """A file as read: plain values, and the line on which each of them stands."""

    file: Path
    value: Any = None
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line_of(self, path: Sequence[str | int]) -> int:
        """The line of the value at this path, or of the nearest value around it."""
        known = tuple(path)
        while known and known not in self.lines:
            known = known[:-1]
        return self.lines.get(known, 1)

    def error_at(self, path: Sequence[str | int], problem: str) -> PackError:
        """A PackError for the value at this path."""
        return PackError(self.file, self.line_of(path), problem)


def read_source(file: Path) -> Source:
    """Read one YAML file into plain values; raises PackError."""
    try:
        node = yaml.compose(file.read_text("utf-8"), Loader=yaml.SafeLoader)
    except OSError as cause:
        raise PackError(file, 1, "文件读不到,请检查路径") from cause
    except UnicodeDecodeError as cause:
        raise PackError(file, 1, "文件不是 UTF-8 编码,请另存为 UTF-8") from cause
    except yaml.MarkedYAMLError as cause:
        line = cause.problem_mark.line + 1 if cause.problem_mark else 1
        raise PackError(file, line, f"不是正确的 YAML({cause.problem}),请检查缩进、冒号后的空格和引号") from cause
    except yaml.YAMLError as cause:
        raise PackError(file, 1, "含有 YAML 不允许的字符,请删去") from cause
    source = Source(file)
    source.value = _build(source, node, ()) if node is not None else None
    return source


def _build(source: Source, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
    source.lines.setdefault(path, node.start_mark.line + 1)
    if node.tag.removeprefix("tag:yaml.org,2002:") not in _PLAIN_TAGS:
        raise PackError(source.file, node.start_mark.line + 1, f"不支持标记 {node.tag},请直接写值")
    if isinstance(node, yaml.MappingNode):
        return _build_mapping(source, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_build(source, item, (*path, index)) for index, item in enumerate(node.value)]
    return _build_scalar(source, node) if isinstance(node, yaml.ScalarNode) else None


def _build_mapping(source: Source, node: yaml.MappingNode, path: tuple[str | int, ...]) -> dict[str | int, Any]:
    built: dict[str | int, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _build_scalar(source, key_node) if isinstance(key_node, yaml.ScalarNode) else None
        if not isinstance(key, str | int) or isinstance(key, bool):
            raise PackError(source.file, line, "键请写成文字或整数")
        if key in built:
            earlier = source.lines[*path, key]
            raise PackError(source.file, line, f"键 {key} 重复(第{earlier}行已写过),请删去其一")
        source.lines[*path, key] = line
        built[key] = _build(source, value_node, (*path, key))
    return built


def _build_scalar(source: Source, node: yaml.ScalarNode) -> Any:
    if node.style is not None:
        return node.value
    for pattern, convert in _SCALARS:
        if pattern.fullmatch(node.value):
            try:
                return convert(node.value)
            except ValueError as cause:
                raise PackError(source.file, node.start_mark.line + 1, f"日期 {node.value} 不存在,请改正") from cause
    return node.value
