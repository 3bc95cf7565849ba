"""What a run will do, as text: what it makes, what it costs, how long it takes, and every call."""

from __future__ import annotations

import json
from collections.abc import Iterator

from . import values
from .made import KINDS
from .plan import Call, Logbucket, Plan, Send, Step
from .questions import NOT_ASKED
from .settings import Settings

# AWS's pages about the charges that apply. Prices depend on the Region, so this repeats none.
CHARGES = (
    (
        "the hours of one ALB, one NLB and one Classic Load Balancer",
        "https://aws.amazon.com/elasticloadbalancing/pricing/",
    ),
    ("the public IPv4 addresses of the NLB, one in each of two subnets", "https://aws.amazon.com/vpc/pricing/"),
    (
        "one customer managed key until its deletion is scheduled, and requests to it",
        "https://aws.amazon.com/kms/pricing/",
    ),
    (
        "some hundred S3 requests, a few kilobytes of objects, and inventory reports",
        "https://aws.amazon.com/s3/pricing/",
    ),
    ("delivery of the flow logs and NLB logs (vended logs, by size)", "https://aws.amazon.com/cloudwatch/pricing/"),
)


def summary(plan: Plan, settings: Settings, account: str | None = None) -> Iterator[str]:
    """Yields what a run makes, its charges and its time."""
    where = f"account {account}, " if account else ""
    yield f"run {settings.id} in {where}{settings.region} (and a bucket in {settings.other_region})"
    yield ""
    yield "It makes, with the tag " + f"`logbucket-live={settings.id}`:"
    for made in plan.made():
        kept = " (stays for --later)" if made.slow and settings.keep else ""
        yield f"  {made.kind:22} {made.name}{kept}"
    yield ""
    yield "It deletes all of this at the end. The key is scheduled for deletion after 7 days."
    if settings.keep:
        yield "With --keep, the marked buckets stay until `--later` or `--cleanup`."
    yield ""
    yield "At most these charges apply:"
    for what, page in CHARGES:
        yield f"  {what}: {page}"
    yield ""
    yield f"It takes about half an hour, plus at most {2 * settings.wait // 60} minutes of waiting for logs."


def calls(plan: Plan, settings: Settings) -> Iterator[str]:
    """Yields every step, in order."""
    yield "At the start, for runs that did not end:"
    yield from cleanup_calls()
    for section in plan.sections:
        yield ""
        yield f"{section.name}: {section.title}"
        for step in section.steps:
            yield f"  {described(step)}"
        for step in section.finally_:
            yield f"  at the end: {described(step)}"
    yield ""
    yield "At the end, also after a failure:"
    yield from cleanup_calls()
    yield ""
    yield "Not asked:"
    for text, reason in NOT_ASKED:
        yield f"  {text} ({reason})"


def cleanup_calls() -> Iterator[str]:
    for kind in KINDS:
        yield f"  {kind.name}: find with {', '.join(kind.finding)}; delete with {', '.join(kind.deleting)}"


def described(step: Step) -> str:
    if isinstance(step, Send):
        return described_call(step.call) + (f" (until {step.until.expression})" if step.until else "")
    if isinstance(step, Logbucket):
        return "logbucket " + " ".join(str(values.shown(word)) for word in step.words)
    arguments = ", ".join(f"{key}={_text(values.shown(value))}" for key, value in step.arguments.items())
    return f"here: {step.action}({arguments})"


def described_call(call: Call) -> str:
    return f"{call.name} [{call.region}] {_text(values.shown(dict(call.parameters)))}"


def _text(value: object) -> str:
    return json.dumps(value, default=lambda raw: raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw))
