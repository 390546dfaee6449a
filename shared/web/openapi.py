"""The published contract completed: what FastAPI cannot know of our edge (problems, headers, sign-in)."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI

from shared.web.access import IfMatch
from shared.web.bodies import FORMS, MULTIPART
from shared.web.edge import KEY_PATTERN, EdgeRoute
from shared.web.problems import MEDIA_TYPE, Problem
from shared.web.routes import walk_routes

_STATUSES = {
    400: "表单无法读取 / unreadable form",
    401: "未登录 / not signed in",
    403: "无权限 / not allowed",
    404: "没有找到 / not found",
    409: "与当前状态冲突 / conflict",
    412: "版本已变 / stale version",
    413: "内容过大 / body too large",
    415: "不支持的内容类型 / unsupported media type",
    422: "内容有误 / invalid input",
    428: "缺少 If-Match / precondition required",
    503: "暂不可用 / unavailable",
}
_TWO_LANGUAGES = re.compile(r"\s*/ ")
_HEADERS = {401: "WWW-Authenticate", 503: "Retry-After"}
_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "POST {console}/auth/token 取得的访问令牌 / an access token of the issuer (RFC 9068)",
}
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "重发同一请求时沿用同一个键,只生效一次 / repeat a request with its key: it takes effect once",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": KEY_PATTERN},
}


def complete_openapi(app: FastAPI) -> None:
    """Make the application publish the whole contract at /openapi.json."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(generate(), app)
        assert app.openapi_schema is not None  # noqa: S101 - generate() has set it
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: dict[str, Any], app: FastAPI) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for generated in ("HTTPValidationError", "ValidationError"):
        schemas.pop(generated, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    components["responses"] = {f"Problem{status}": _problem(status) for status in _STATUSES}
    components["securitySchemes"] = {"bearer": _BEARER}
    for name in [name for name in schemas if name.startswith("Body_")]:
        fields = schemas[name]["properties"]
        schemas[name]["properties"] = {field: _without_null(schema) for field, schema in fields.items()}
    for route in walk_routes(app):
        for method in route.methods or ():
            operation = document["paths"].get(getattr(route, "path_format", ""), {}).get(method.lower())
            if operation is not None:
                _complete_operation(operation, method, route if isinstance(route, EdgeRoute) else None)
                _close_upload(operation, schemas)


def _close_upload(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Say that an upload takes no other fields: the edge refuses them."""
    upload = operation.get("requestBody", {}).get("content", {}).get(MULTIPART)
    if upload:
        schemas[upload["schema"]["$ref"].rsplit("/", 1)[-1]]["additionalProperties"] = False


def _problem(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": _STATUSES[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _HEADERS:
        response["headers"] = {_HEADERS[status]: {"required": True, "schema": _TEXT}}
    return response


def _complete_operation(operation: dict[str, Any], method: str, route: EdgeRoute | None) -> None:
    if len(texts := _TWO_LANGUAGES.split(operation.get("description", ""), maxsplit=1)) == 2:
        operation["summary"] = texts[0]
    for answer in operation["responses"].values():
        answer["description"] = answer["description"].replace("Successful Response", "成功 / success")
    statuses = _statuses_of(route, method) if route else [503]
    responses = {code: answer for code, answer in operation["responses"].items() if code != "422"}
    operation["responses"] = {**responses, **{str(s): _reference(s) for s in statuses if str(s) not in responses}}
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(parameter["schema"])
    if route is None:
        return
    if method == "POST":
        operation.setdefault("parameters", []).append(_KEY_PARAMETER)
    if route.access.if_match is not None:
        operation.setdefault("parameters", []).append(_if_match(route.access.if_match))
        for code in ("200", "201"):
            if code in operation["responses"]:
                operation["responses"][code]["headers"] = {"ETag": {"required": True, "schema": _TEXT}}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a query parameter or form field without its null: neither can be written there."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) != 1:
        return schema
    return {**{key: value for key, value in schema.items() if key != "anyOf"}, **options[0]}


def _reference(status: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/Problem{status}"}


def _if_match(kind: IfMatch) -> dict[str, Any]:
    return {
        "name": "If-Match",
        "in": "header",
        "required": kind is IfMatch.REQUIRED,
        "description": '所见记录的 ETag,如 "3";已变则 412 / the record\'s ETag as you saw it',
        "schema": {"type": "string", "minLength": 1, "maxLength": 21, "pattern": '^([*]|"[0-9]{1,19}")$'},
    }


def _statuses_of(route: EdgeRoute, method: str) -> list[int]:
    """Return the problems that the edge itself may answer, and those that any change may meet."""
    statuses = {422, 503}
    if not route.access.is_public:
        statuses |= {401, 403, 404}
    if method not in ("GET", "HEAD"):
        statuses |= {409, 413}
    if route.body_media_type is not None:
        statuses.add(415)
    if route.body_media_type in FORMS:
        statuses.add(400)
    if route.access.if_match is not None:
        statuses.add(412)
    if route.access.if_match is IfMatch.REQUIRED:
        statuses.add(428)
    return sorted(statuses)
