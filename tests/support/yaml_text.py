"""Writes plain dicts, lists and scalars as YAML that a person would have written."""

import json


def yaml_text(value, indent: int = 0) -> str:
    """Block style for what nests, one flow line for lists' small entries."""
    if isinstance(value, dict) and value:
        return "".join(_entry(f"{key}:", inner, indent) for key, inner in value.items())
    if isinstance(value, list) and value:
        return "".join(" " * indent + "- " + _flow(inner) + "\n" for inner in value)
    return " " * indent + _flow(value) + "\n"


def _entry(key: str, value, indent: int) -> str:
    pad = " " * indent
    if isinstance(value, dict) and value and any(isinstance(inner, (dict, list)) for inner in value.values()):
        return f"{pad}{key}\n{yaml_text(value, indent + 2)}"
    if isinstance(value, list) and value:
        return f"{pad}{key}\n{yaml_text(value, indent + 2)}"
    return f"{pad}{key} {_flow(value)}\n"


def _flow(value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    plain = text and text[0].isalnum() and all(c.isalnum() or c in "._-/@" for c in text)
    return text if plain else json.dumps(text, ensure_ascii=False)
