"""From plain values to typed models, with each mistake told in Chinese beside its line."""

import types
import typing
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.rules.reading import PackError, Source

M = TypeVar("M", bound=BaseModel)

_PROBLEMS = {
    "missing": "缺少 {name},请补上",
    "string_type": "{name} 应为文字,请加引号,例如 '530900'",
    "int_type": "{name} 应为整数",
    "bool_type": "{name} 应为 true 或 false",
    "date_type": "{name} 应为日期,请写成 2025-12-31",
    "date_from_datetime_parsing": "{name} 应为日期,请写成 2025-12-31",
    "tuple_type": "{name} 应为列表,每项前加“- ”",
    "list_type": "{name} 应为列表,每项前加“- ”",
    "dict_type": "{name} 应为“键: 值”的形式",
    "model_type": "{name} 应为“键: 值”的形式",
    "too_short": "{name} 至少要有一项",
    "union_tag_not_found": "{name} 缺少 kind,请写明种类",
}


def validated(model: type[M], source: Source, value: Any) -> M:
    """The model of this value; the first mistake in the file raises PackError."""
    try:
        return model.model_validate(value)
    except ValidationError as cause:
        raise _first_mistake(model, source, value, cause) from cause


def _first_mistake(model: type[BaseModel], source: Source, value: Any, cause: ValidationError) -> PackError:
    # A container of a wrong item also reports itself as too short; the item is the mistake.
    mistakes = [error for error in cause.errors() if error["type"] != "too_short"] or cause.errors()
    placed = [(source.line_of(path := path_in(value, error["loc"])), path, error) for error in mistakes]
    # A misspelt key is also a missing one: telling the misspelling helps more.
    _, path, error = min(placed, key=lambda item: (item[2]["type"] != "extra_forbidden", item[0]))
    return source.error_at(path, _sentence(model, error))


def path_in(value: Any, location: Sequence[str | int]) -> tuple[str | int, ...]:
    """The path of an error in the file: steps that name a branch of a union are no keys and drop out."""
    path: list[str | int] = []
    for step in location:
        inside = isinstance(value, dict) and step in value
        if inside or (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            path.append(step)
            value = value[step]
    return tuple(path)


def _sentence(model: type[BaseModel], error: ErrorDetails) -> str:
    name = str(error["loc"][-1]) if error["loc"] else "文件"
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"不认识的键 {name}{_nearest(name, field_names(model))}"
    if kind in ("enum", "literal_error", "union_tag_invalid"):
        allowed = context.get("expected") or context.get("expected_tags")
        given = error["input"] if kind != "union_tag_invalid" else context.get("tag")
        listed = str(allowed).replace("'", "").replace(" or ", "、").replace(", ", "、")
        return f"{name} 写了 {given},请写其中之一:{listed}"
    if kind == "value_error":
        return f"{name}:{context.get('error')}"
    return _PROBLEMS.get(kind, "{name} 的值不合要求(" + error["msg"] + ")").format(name=name)


def _nearest(name: str, known: list[str]) -> str:
    if not name.isascii():
        return ",文字里有逗号时请给整段文字加引号"
    near = get_close_matches(name, known, n=1)
    return f",是否想写 {near[0]}?" if near else ",请删去或查看字段说明"


def field_names(model: type[BaseModel]) -> list[str]:
    """Every key a file of this model may hold at any depth, for suggestions."""
    seen: set[type[BaseModel]] = set()
    _collect_models(model, seen)
    return sorted({field.alias or name for found in seen for name, field in found.model_fields.items()})


def _collect_models(annotation: Any, seen: set[type[BaseModel]]) -> None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if issubclass(annotation, BaseModel) and annotation not in seen:
            seen.add(annotation)
            for field in annotation.model_fields.values():
                _collect_models(field.annotation, seen)
        return
    for inner in typing.get_args(annotation):
        _collect_models(inner, seen)
