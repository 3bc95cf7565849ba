"""Carries out a plan, section by section."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import jmespath
from botocore.exceptions import BotoCoreError

from . import local, values
from .aws import Aws, Seen
from .journal import Journal
from .local import Failed, Program, Ran
from .plan import Local, Logbucket, Plan, Section, Send, Step


@dataclass
class Outcome:
    """What became of a section."""

    section: Section
    # `done`, `failed` or `skipped`.
    state: str = "done"
    reason: str = ""
    seen: list[Seen] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)
    # What the TLS connections came to.
    connections: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


class Runner:
    def __init__(
        self,
        aws: Aws,
        program: Program,
        journal: Journal,
        say: Callable[[str], None],
        patience: int,
        hurry: bool,
        answers: dict[str, Any] | None = None,
    ) -> None:
        self.aws, self.program, self.journal, self.say = aws, program, journal, say
        program.inherited = (journal.fileno(),)
        self.patience, self.hurry = patience, hurry
        self.answers: dict[str, Any] = answers or {}
        self.outcomes: list[Outcome] = []

    def run(self, plan: Plan) -> list[Outcome]:
        """Runs all sections. An interruption propagates after the current section's last steps."""
        for section in plan.sections:
            lacking = [need for need in section.needs if self._state(need) != "done"]
            if lacking:
                outcome = Outcome(section, "skipped", f"needs {', '.join(f'`{need}`' for need in lacking)}")
                self.outcomes.append(outcome)
            else:
                outcome = self._section(section)
            self.say(f"{outcome.state:8}{section.title}" + (f": {outcome.reason}" if outcome.reason else ""))
        return self.outcomes

    def _state(self, name: str) -> str:
        return next((one.state for one in self.outcomes if one.section.name == name), "skipped")

    def _section(self, section: Section) -> Outcome:
        outcome, begun = Outcome(section), time.monotonic()
        self.outcomes.append(outcome)
        try:
            for step in section.steps:
                self._step(outcome, step)
        except (Failed, values.Missing, BotoCoreError, OSError) as error:
            outcome.state, outcome.reason = "failed", str(error)
        except Exception as error:
            # AWS may answer in a way that nobody expected. The other sections can still be tried.
            outcome.state, outcome.reason = "failed", f"{type(error).__name__}: {error}"
        except BaseException:
            outcome.state, outcome.reason = "failed", "interrupted"
            raise
        finally:
            for step in section.finally_:
                self._last(outcome, step)
            outcome.seconds = round(time.monotonic() - begun, 1)
        return outcome

    def _last(self, outcome: Outcome, step: Step) -> None:
        try:
            self._step(outcome, step)
        except values.Missing:
            # What would be ended here was never made.
            pass
        except Exception as error:
            if outcome.state == "done":
                outcome.state, outcome.reason = "failed", str(error)

    def _step(self, outcome: Outcome, step: Step) -> None:
        if isinstance(step, Local):
            arguments = values.resolve(step.arguments, self.answers)
            self.answers[step.id] = local.run(step.action, arguments, self.hurry)
            if step.action == "handshakes":
                outcome.connections = self.answers[step.id]
        elif isinstance(step, Logbucket):
            words = [str(word) for word in values.resolve(list(step.words), self.answers)]
            for made in step.makes:
                self.journal.intend(made)
            ran = self.program.run(step.id, words, timeout=3600)
            outcome.ran.append(ran)
            if ran.code not in step.accepts:
                raise Failed(f"`logbucket {words[0]}` ended with {ran.code}: {why(ran)}")
        else:
            seen = self._send(step)
            outcome.seen.append(seen)
            self.answers[step.id] = seen.answer
            if not seen.accepted and not step.asks:
                raise Failed(f"`{step.call.name}` was refused: {seen.code}: {seen.message}")

    def _send(self, step: Send) -> Seen:
        """Makes a call, and repeats it while its answer is not the one that the step waits for."""
        call = step.call
        parameters = values.resolve(call.parameters, self.answers)
        if step.makes:
            self.journal.intend(step.makes)
        begun, tries = time.monotonic(), 0
        while True:
            tries += 1
            seen = self.aws.send(step.id, call.service, call.operation, call.region, parameters)
            passed = time.monotonic() - begun
            seen = replace(seen, tries=tries, seconds=round(passed, 1))
            if step.until and seen.accepted:
                if jmespath.search(step.until.expression, seen.answer):
                    return seen
                if passed > step.until.seconds:
                    raise Failed(
                        f"`{call.name}` did not answer {step.until.expression} in {step.until.seconds} seconds"
                    )
                time.sleep(step.until.every)
            elif not seen.accepted and any(text in seen.message for text in step.retried) and passed < self.patience:
                time.sleep(2)
            else:
                return seen


def why(ran: Ran) -> str:
    """Returns why logbucket failed: its last message, or the state of the logs."""
    last = ran.errors.strip().splitlines()[-1:]
    document = ran.document if isinstance(ran.document, dict) else {}
    states = [f"{log.get('source')} is {log.get('health')}" for log in document.get("logs") or []]
    return "; ".join(last or states or [str(document.get("error", "no message"))])
