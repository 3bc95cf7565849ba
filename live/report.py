"""The report: what was asked, sent and answered, as Markdown and JSON, to paste into the code's sources."""

from __future__ import annotations

import json
import re
import textwrap
import time
from pathlib import Path
from typing import Any

import jmespath

from .aws import Seen
from .cleanup import Cleaned
from .plan import Question, Reading
from .questions import NOT_ASKED
from .run import Outcome
from .settings import Settings


class Report:
    """Account IDs and the run's ID are masked, so the text can be published."""

    def __init__(
        self,
        settings: Settings,
        account: str,
        endpoint: str | None,
        version: str,
        outcomes: list[Outcome],
        cleaned: Cleaned,
    ) -> None:
        self.settings, self.account, self.version = settings, account, version
        self.outcomes, self.cleaned = outcomes, cleaned
        self.date = time.strftime("%Y-%m-%d", time.gmtime())
        self.simulated = endpoint

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "schema": "logbucket.live/1",
            "run": self.settings.id,
            "date": self.date,
            "region": self.settings.region,
            "aws": self.simulated is None,
            "endpoint": self.simulated,
            "logbucket": self.version,
            "sections": [self._section(outcome) for outcome in self.outcomes],
            "facts": [self.fact(one) for one in self.outcomes if one.section.question],
            "not_asked": [{"question": text, "reason": reason} for text, reason in NOT_ASKED],
            "deleted": [f"{found.kind} {found.name}" for found in self.cleaned.deleted],
            "left": [{"what": what, "reason": reason} for what, reason in self.cleaned.left],
        }
        masked = self.mask(json.dumps(found, default=_plain))
        return {**json.loads(masked), "run": self.settings.id}

    def _section(self, outcome: Outcome) -> dict[str, Any]:
        return {
            "name": outcome.section.name,
            "title": outcome.section.title,
            "state": outcome.state,
            "reason": outcome.reason,
            "seconds": outcome.seconds,
            "connections": outcome.connections,
            "calls": [_call(seen) for seen in outcome.seen],
            "logbucket": [
                {
                    "words": list(ran.words),
                    "exit_code": ran.code,
                    "seconds": ran.seconds,
                    "health": _health(ran.document),
                    "document": ran.document,
                    "errors": ran.errors,
                }
                for ran in outcome.ran
            ],
        }

    def fact(self, outcome: Outcome) -> dict[str, Any]:
        question = outcome.section.question
        assert question is not None
        seen = next((one for one in outcome.seen if one.step == question.step), None)
        fact: dict[str, Any] = {
            "question": question.text,
            "state": outcome.state if seen is None or outcome.state == "failed" else "answered",
            "reason": outcome.reason,
            "region": self.settings.region,
            "date": self.date,
            "meaning": self.meaning(question, outcome),
        }
        if seen is not None:
            fact["sent"] = {"call": f"{seen.service}:{seen.operation}", "parameters": seen.parameters}
            fact["answer"] = {
                "status": seen.status,
                "code": seen.code,
                "message": seen.message,
                "request_id": seen.request_id,
                "tries": seen.tries,
                "seconds": seen.seconds,
            }
            fact["source"] = self.source(question, seen, fact["meaning"])
        return fact

    def meaning(self, question: Question, outcome: Outcome) -> list[str]:
        by_step = {seen.step: seen for seen in outcome.seen}
        return [text for reading in question.readings if (text := meaning(reading, by_step))]

    def source(self, question: Question, seen: Seen, meant: list[str]) -> str:
        """Returns the lines for the code. A simulated AWS proves nothing, and the lines say so."""
        where = (
            f"Seen in {self.settings.region} on {self.date}" if self.simulated is None else "Simulated, not seen in AWS"
        )
        answer = str(seen.status) if seen.accepted else f'{seen.status} `{seen.code}`, "{seen.message}"'
        text = f"{where}: `{seen.operation}` with {question.case} returns {answer}."
        # What only repeats the answer is left out.
        more = [one for one in meant if one not in ("AWS accepts it", "AWS refuses it")]
        if more:
            text = f"{text[:-1]}; {'; '.join(more)}."
        return "\n".join(
            textwrap.wrap(
                self.mask(text),
                116,
                initial_indent="/// ",
                subsequent_indent="/// ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        )

    def mask(self, text: str) -> str:
        text = text.replace(self.settings.id, "ID")
        if self.account:
            text = text.replace(self.account, "111122223333")
        # S3's canonical user IDs identify accounts, too, and a session's name can be a person's.
        text = re.sub(r"\b[0-9a-f]{64}\b", "CANONICAL-ID", text)
        return re.sub(r"(assumed-role/[^/\"\s]+/)[^\"\s]+", r"\1SESSION", text)

    def markdown(self) -> str:
        document = self.document()
        lines = [f"# Live run {self.settings.id}", ""]
        if self.simulated:
            lines += [f"> **Not AWS.** The calls went to `{self.simulated}`. Nothing here is a fact about AWS.", ""]
        lines += [f"{self.version}, {self.settings.region}, {self.date}", "", "## Log services", ""]
        lines += ["| section | state | logs | reason |", "|---|---|---|---|"]
        for section in document["sections"]:
            if section["logbucket"] or section["state"] == "failed":
                health = next((one["health"] for one in reversed(section["logbucket"]) if one["health"]), "")
                lines.append(f"| `{section['name']}` | {section['state']} | {health} | {_cell(section['reason'])} |")
        lines += ["", "## Facts", ""]
        for fact in document["facts"]:
            lines += [f"### {fact['question']}", ""]
            if "answer" not in fact:
                lines += [f"Not answered: {fact['state']}, {fact['reason']}", ""]
                continue
            answer = fact["answer"]
            lines += [
                f"* sent: `{fact['sent']['call']}` `{json.dumps(fact['sent']['parameters'])}`",
                f"* answer: {answer['status']}"
                + (f" `{answer['code']}`: {answer['message']}" if answer["code"] else ""),
                f"* after {answer['seconds']} seconds and {answer['tries']} calls",
                f"* in {fact['region']}, on {fact['date']}",
                *(f"* {meant}" for meant in fact["meaning"]),
                *([f"* then: {fact['reason']}"] if fact["reason"] else []),
                "",
                "```rust",
                fact["source"],
                "```",
                "",
            ]
        lines += ["## Not asked", ""]
        lines += [f"* {one['question']} ({one['reason']})" for one in document["not_asked"]]
        lines += ["", "## Cleanup", "", f"Deleted: {len(document['deleted'])}. Left: {len(document['left'])}."]
        lines += [f"* {one['what']}: {one['reason']}" for one in document["left"]]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path, name: str = "report") -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        written = [folder / f"{name}.md", folder / f"{name}.json"]
        written[0].write_text(self.markdown(), encoding="utf-8")
        written[1].write_text(json.dumps(self.document(), indent=2) + "\n", encoding="utf-8")
        return written


def meaning(reading: Reading, by_step: dict[str, Seen]) -> str:
    """Returns what an answer means, or nothing if it is missing."""
    seen = by_step.get(reading.step)
    if seen is None:
        return ""
    value = jmespath.search(reading.expression, seen.record())
    if reading.same_as is not None:
        other = by_step.get(reading.same_as)
        if other is None:
            return ""
        value = value == jmespath.search(reading.expression, other.record())
    text = reading.yes if value else reading.no
    return text.replace("{seconds}", str(seen.seconds)).replace("{tries}", str(seen.tries))


def _health(document: Any) -> str:
    logs = document.get("logs") if isinstance(document, dict) else None
    return ", ".join(sorted({str(log.get("health")) for log in logs})) if logs else ""


def _call(seen: Seen) -> dict[str, Any]:
    return {
        "step": seen.step,
        "call": f"{seen.service}:{seen.operation}",
        "region": seen.region,
        "status": seen.status,
        "code": seen.code,
        "message": seen.message,
        "tries": seen.tries,
    }


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _plain(value: Any) -> str:
    return "(bytes)" if isinstance(value, bytes) else str(value)
