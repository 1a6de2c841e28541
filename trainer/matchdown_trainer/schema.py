"""The one place of keys and defaults: ``schemas/model_scheme.schema.json``, as the editor and the compiler read it.

``canonical`` gives a valid value the one form that everything behind it sees: aliases replaced by what they mean, every default
filled in, one number for both axes written as two, a bare name of an activation or optimizer as an object. Beside JSON Schema's
own keywords the file has ``aliases``, ``defaultFrom`` and ``defaultBy``, which its description explains.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Sequence

Schema = Mapping[str, Any]


@functools.lru_cache(maxsize=None)
def root_schema() -> Schema:
    """
    The extension's own file where it stands beside the trainer's folder. On a target there is the trainer alone, with its copy of
    it, which a test keeps the same.
    """
    here = Path(__file__).resolve()
    name = "model_scheme.schema.json"
    original = here.parents[2] / "schemas" / name
    file = original if original.is_file() else here.parent / name
    return json.loads(file.read_text(encoding="utf-8"))


def resolve(schema: Schema) -> Schema:
    """A schema with its ``$ref`` followed; what stands beside the ``$ref`` has precedence."""
    if "$ref" not in schema:
        return schema
    own = {key: value for key, value in schema.items() if key != "$ref"}
    return {**resolve(root_schema()["$defs"][_definition(schema)]), **own}


def form_for(schema: Schema, value: Any) -> Optional[Schema]:
    """The form that a value is meant to have; ``None`` where a discriminating key is missing or unknown."""
    whole = resolve(schema)
    if "if" in whole:
        return form_for(whole["then"] if _kind(value) == whole["if"]["type"] else whole["else"], value)
    if "discriminator" in whole:
        key = whole["discriminator"]["propertyName"]
        tag = value.get(key) if isinstance(value, dict) else None
        return next((form for form in map(resolve, whole["oneOf"]) if tag in tag_values(form, key)), None)
    return whole


def tag_values(form: Schema, key: str) -> Sequence[Any]:
    """The values of a discriminating key that lead to a form, the proper one first."""
    tag = resolve(form["properties"][key])
    return tag["enum"] if "enum" in tag else [tag["const"]]


def canonical(schema: Schema, value: Any, top: Any) -> Any:
    """``top`` is the whole document's value, on which some defaults depend."""
    form = form_for(schema, value)
    if form is None:
        return value
    unified = _unify(schema, _without_alias(form, value))
    if isinstance(unified, dict) and not isinstance(value, dict):
        return canonical(schema, unified, top)
    if isinstance(unified, dict):
        return _with_defaults(form, unified, top)
    if isinstance(unified, list) and "items" in form:
        return [canonical(form["items"], item, top) for item in unified]
    return unified


def missing_keys(form: Schema, value: Mapping[str, Any]) -> Sequence[str]:
    return [key for key in form.get("required", []) if key not in value]


def _with_defaults(form: Schema, value: Dict[str, Any], top: Any) -> Dict[str, Any]:
    result: Dict[str, Any] = {}
    for key, schema in form.get("properties", {}).items():
        filled = canonical(schema, value[key], top) if key in value else _default(schema, value, top)
        if filled is not None:
            result[key] = filled
    for key in value:
        if key not in result and form.get("additionalProperties"):
            result[key] = canonical(form["additionalProperties"], value[key], top)
    return result


def _default(schema: Schema, siblings: Mapping[str, Any], top: Any) -> Any:
    whole = resolve(schema)
    value = whole.get("default")
    if value is None and "defaultFrom" in whole:
        value = siblings.get(whole["defaultFrom"])
    if value is None and "defaultBy" in whole:
        value = _dependent_default(whole["defaultBy"], siblings, top)
    return None if value is None else canonical(schema, value, top)


def _dependent_default(rule: Mapping[str, Any], siblings: Any, top: Any) -> Any:
    value = siblings if len(rule["key"]) == 1 else top
    for key in rule["key"]:
        value = value.get(key) if isinstance(value, dict) else None
    # The key that it depends on may be left out as well: then the first case is that key's default.
    return next(iter(rule["values"].values())) if value is None else rule["values"].get(value)


def _without_alias(form: Schema, value: Any) -> Any:
    return form["aliases"].get(value, value) if "aliases" in form and isinstance(value, str) else value


def _unify(schema: Schema, value: Any) -> Any:
    """The definitions whose values have a short form, and what it stands for."""
    return _LONG_FORMS.get(_definition(schema), lambda same: same)(value)


def _definition(schema: Schema) -> str:
    return schema.get("$ref", "").replace("#/$defs/", "")


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", str: "string", list: "array", dict: "object", type(None): "null"}
    return kinds.get(type(value), "number")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _one_axis(value: Any) -> Any:
    return [value] if _is_number(value) else value


def _twice(value: Any) -> Any:
    return [value, value] if _is_number(value) else value


def _named_type(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


def _padding_sides(value: Any) -> Any:
    """Explicit padding as top, left, bottom, right."""
    if _is_number(value):
        return [value] * 4
    return value + value if isinstance(value, list) and len(value) == 2 else value


_LONG_FORMS: Mapping[str, Callable[[Any], Any]] = {
    "size1": _one_axis,
    "size2": _twice,
    "poolingSize": _twice,
    "poolingStride": _twice,
    "optimizer": _named_type,
    "padding": _padding_sides,
    "croppedPadding": _padding_sides,
    "zeroPadding": _padding_sides,
    "padding1": _twice,
    "activation": _named_type,
    "tail_activation": _named_type,
    "tail_batch_normalization": lambda value: {} if value is True else value,
}
