"""Values in the plan that only the run knows, such as the ARN of a load balancer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

import jmespath


@dataclass(frozen=True)
class Answer:
    """A part of an earlier step's answer, by a JMESPath expression."""

    step: str
    path: str


@dataclass(frozen=True)
class Joined:
    """Text made of several values."""

    parts: tuple[Value, ...]


@dataclass(frozen=True)
class Json:
    """A JSON document as text, such as a bucket policy."""

    document: Value


@dataclass(frozen=True)
class Local:
    """What a step on this machine produced, such as a private key. It is never printed."""

    step: str
    name: str


Value = Union[str, int, bool, bytes, None, Answer, Joined, Json, Local, "Mapping[str, Value]", "Sequence[Value]"]


class Missing(Exception):
    """An earlier answer lacks a value that a later call needs."""


def resolve(value: Value, answers: Mapping[str, Any]) -> Any:
    """Returns the value with all parts of earlier answers filled in."""
    if isinstance(value, Answer):
        found = jmespath.search(value.path, answers.get(value.step))
        if found is None:
            raise Missing(f"the answer of `{value.step}` has no `{value.path}`")
        return found
    if isinstance(value, Local):
        return answers[value.step][value.name]
    if isinstance(value, Joined):
        return "".join(str(resolve(part, answers)) for part in value.parts)
    if isinstance(value, Json):
        return json.dumps(resolve(value.document, answers))
    if isinstance(value, Mapping):
        return {key: resolve(inside, answers) for key, inside in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve(inside, answers) for inside in value]
    return value


def shown(value: Value) -> Any:
    """Returns the value for people: unknown parts as `<step: path>`, documents without quotes, no secrets."""
    if isinstance(value, Answer):
        return f"<{value.step}: {value.path}>"
    if isinstance(value, Local):
        return f"<{value.step}: {value.name}>"
    if isinstance(value, Joined):
        return "".join(str(shown(part)) for part in value.parts)
    if isinstance(value, Json):
        return shown(value.document)
    if isinstance(value, Mapping):
        return {key: shown(inside) for key, inside in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(inside) for inside in value]
    return value
