"""The plan: every call of a run, as data. The dry run, the run, the permissions and the cleanup read the same plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Union

from .values import Value


@dataclass(frozen=True)
class Call:
    """One AWS call. `operation` is the name in the API reference."""

    service: str
    operation: str
    parameters: Mapping[str, Value]
    region: str

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Made:
    """Something that a step creates. `made.KINDS` says how its kind is found and deleted."""

    kind: str
    name: str
    region: str
    # It stays for `--later` if the run was started with `--keep`.
    slow: bool = False


@dataclass(frozen=True)
class Until:
    """Repeats a call until a JMESPath expression about its answer is true."""

    expression: str
    seconds: int
    every: float


@dataclass(frozen=True)
class Send:
    """A step that makes one AWS call."""

    id: str
    call: Call
    makes: Made | None = None
    until: Until | None = None
    # A refusal is an answer, too.
    asks: bool = False
    # A refusal with one of these texts may mean that a change has not propagated. The call is then repeated.
    retried: tuple[str, ...] = ()


@dataclass(frozen=True)
class Logbucket:
    """A step that runs logbucket. Its calls are logbucket's own."""

    id: str
    words: tuple[Value, ...]
    makes: tuple[Made, ...] = ()
    accepts: frozenset[int] = frozenset({0})


@dataclass(frozen=True)
class Local:
    """A step on this machine, such as making a certificate, or opening TLS connections. `local.run` has the actions."""

    id: str
    action: str
    arguments: Mapping[str, Value] = field(default_factory=dict)


Step = Union[Send, Logbucket, Local]


@dataclass(frozen=True)
class Reading:
    """What an answer means: `yes` if the expression about the step's record is true, else `no`.

    With `same_as`, the expression's value must be the same for both steps.
    """

    step: str
    expression: str
    yes: str
    no: str
    same_as: str | None = None


@dataclass(frozen=True)
class Question:
    """Something that AWS does not document."""

    text: str
    # The step whose answer is the fact, and the case that its request is an example of.
    step: str
    case: str
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Section:
    """Steps that belong together. A failed step ends its section, but not the run."""

    name: str
    title: str
    steps: tuple[Step, ...]
    # Sections without which this one is skipped.
    needs: tuple[str, ...] = ()
    # Steps that also run after a failure or an interruption, if the section began.
    finally_: tuple[Step, ...] = ()
    question: Question | None = None


@dataclass(frozen=True)
class Plan:
    sections: tuple[Section, ...]

    def steps(self) -> list[Step]:
        return [step for section in self.sections for step in (*section.steps, *section.finally_)]

    def made(self) -> list[Made]:
        found: list[Made] = []
        for step in self.steps():
            if isinstance(step, Send) and step.makes:
                found.append(step.makes)
            elif isinstance(step, Logbucket):
                found.extend(step.makes)
        return found
