"""The live kit: `python3 -m live`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from . import build, cleanup, journal, listing, permissions, producers
from .arguments import parser
from .aws import Aws
from .cleanup import Cleaned
from .interrupt import Interrupted, Signals
from .journal import Entry, InUse, Journal
from .local import Failed, Program
from .made import Found
from .plan import Plan
from .report import Report
from .run import Outcome, Runner
from .settings import Settings, age_in_hours, is_id, new_id, other_region

# A run without a journal here is someone else's. It may still be in progress for some hours.
HOURS = 6


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(words: list[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    signals = Signals()
    signals.install()
    try:
        return command(arguments, signals)
    except Interrupted:
        say("interrupted")
        return 130
    except InUse as error:
        say(f"error: run {error} is in progress")
        return 1
    except Failed as error:
        say(f"error: {error}")
        return 1
    except (ClientError, BotoCoreError) as error:
        say(f"error: {error}")
        return 1


def command(arguments: Namespace, signals: Signals) -> int:
    state = journal.state_dir(arguments.state)
    if arguments.later or arguments.cleanup:
        named = arguments.later or arguments.cleanup
        if named != "all" and not is_id(named):
            say(f"error: `{named}` is not the ID of a run, such as 2611280322qz")
            return 2
    if arguments.later:
        return later(arguments, signals, state)
    aws = Aws(arguments.profile)
    region = arguments.region or aws.region
    if arguments.cleanup:
        return clean_up(arguments, signals, aws, region, state)
    if not region:
        say("error: no Region; use --region")
        return 2
    other = arguments.other_region or other_region(region)
    if other is None or other == region:
        say("error: --other-region must name another Region")
        return 2
    settings = Settings(
        id=new_id(),
        region=region,
        other_region=other,
        vpc=arguments.vpc,
        profile=arguments.profile,
        keep=arguments.keep,
        only=tuple(arguments.only),
        wait=arguments.wait,
        patience=arguments.patience,
    )
    known = build.names(settings)
    unknown = [name for name in settings.only if name not in known]
    if unknown:
        say(f"error: no section `{unknown[0]}`; there are {', '.join(known)}")
        return 2
    plan = build.plan(settings)
    if arguments.dry_run:
        print("\n".join((*listing.summary(plan, settings), "", *listing.calls(plan, settings))))
        return 0
    if arguments.permissions:
        print(json.dumps(permissions.policy(plan, settings.partition, arguments.logbucket), indent=2))
        return 0
    return run(arguments, signals, aws, settings, plan, state)


def run(arguments: Namespace, signals: Signals, aws: Aws, settings: Settings, plan: Plan, state: Path) -> int:
    folder = state / settings.id
    program = Program(arguments.logbucket, settings.profile, folder / "receipts")
    version = program.version()
    account = aws.call("sts", "GetCallerIdentity", settings.region)["Account"]
    endpoint = aws.elsewhere(settings.region)
    print("\n".join(listing.summary(plan, settings, account)), flush=True)
    if not arguments.yes and not agreed():
        say("not started")
        return 7
    clean_earlier(aws, settings, account, state)
    log = Journal(folder)
    log.begin(settings, account, endpoint)
    runner = Runner(aws, program, log, say, settings.patience, arguments.hurry)
    code = 1
    cleaned = Cleaned()
    try:
        runner.run(plan)
        code = 0 if all(outcome.state == "done" for outcome in runner.outcomes) else 1
    except Interrupted:
        code = 130
    finally:
        signals.cleaning = True
        keep = settings.keep and code != 130
        slow = {made.name for made in plan.made() if made.slow} if keep else set()
        cleaned = clean_run(aws, settings, log.kinds, slow)
        if not cleaned.left:
            log.note("kept" if keep else "done")
        finish(arguments, folder, Report(settings, account, endpoint, version, runner.outcomes, cleaned))
        log.close()
    if settings.keep and code != 130:
        say(f"in some hours or days: --later {settings.id}")
    return 1 if cleaned.left and code == 0 else code


def agreed() -> bool:
    if not sys.stdin.isatty():
        say("error: add --yes to start without a question")
        return False
    return input("Start? Type yes: ").strip().lower() == "yes"


def finish(arguments: Namespace, folder: Path, report: Report, name: str = "report") -> None:
    for path in report.write(Path(arguments.report) if arguments.report else folder, name):
        say(f"report: {path}")
    for what, reason in report.cleaned.left:
        say(f"LEFT: {what}: {reason}")
    if report.cleaned.left:
        say(f"to try again: --cleanup {report.settings.id}")


def clean_run(aws: Aws, settings: Settings, kinds: set[str], keep: set[str]) -> Cleaned:
    """Deletes what a run made, except the names to keep. Its journal knows the kinds."""

    def wanted(found: Found) -> bool:
        return found.run == settings.id and found.name not in keep

    return cleanup.clean(aws, settings.region, wanted, say, kinds)


def clean_earlier(aws: Aws, settings: Settings, account: str, state: Path) -> None:
    """Deletes what runs left that did not end: those with a journal, and others in this Region by their tags."""
    kept: set[str] = set()
    for entry in journal.read_all(state):
        if entry.state != "open" or entry.account != account or entry.endpoint != aws.elsewhere(settings.region):
            kept.update({entry.settings.id} if entry.state == "kept" else set())
            continue
        try:
            log = Journal(entry.folder)
        except InUse:
            kept.add(entry.settings.id)
            continue
        say(f"run {entry.settings.id} did not end; deleting what it left")
        if not clean_run(aws, entry.settings, entry.kinds, set()).left:
            log.note("done")
        log.close()

    def wanted(found: Found) -> bool:
        old = is_id(found.run) and age_in_hours(found.run) > HOURS
        return found.tagged and not found.kept and found.run not in kept and old

    cleanup.clean(aws, settings.region, wanted, say)


def clean_up(arguments: Namespace, signals: Signals, aws: Aws, region: str | None, state: Path) -> int:
    """`--cleanup [ID]`: by journal, and by tag in the Region."""
    account = aws.call("sts", "GetCallerIdentity", region or "us-east-1")["Account"]
    entries = [
        entry
        for entry in journal.read_all(state)
        if entry.account == account
        and entry.endpoint == aws.elsewhere(entry.settings.region)
        and (entry.settings.id == arguments.cleanup or (arguments.cleanup == "all" and entry.state != "done"))
    ]
    if not entries and not region:
        say("error: no Region; use --region")
        return 2
    signals.cleaning = True
    left = 0
    busy: set[str] = set()
    for entry in entries:
        try:
            log = Journal(entry.folder)
        except InUse:
            say(f"run {entry.settings.id} is still in progress")
            busy.add(entry.settings.id)
            left += 1
            continue
        cleaned = clean_run(aws, entry.settings, entry.kinds, set())
        left += len(cleaned.left)
        if not cleaned.left:
            log.note("done")
        log.close()
    regions = {region} - {entry.settings.region for entry in entries if arguments.cleanup != "all"} - {None}
    for one in sorted(str(name) for name in regions):
        # With an ID, untagged things count, too: their names contain it.
        def wanted(found: Found) -> bool:
            if arguments.cleanup == "all":
                return found.tagged and is_id(found.run) and found.run not in busy
            return bool(found.run == arguments.cleanup)

        left += len(cleanup.clean(aws, one, wanted, say).left)
    say("nothing is left" if not left else "something is left; run it again")
    return 1 if left else 0


def later(arguments: Namespace, signals: Signals, state: Path) -> int:
    """`--later ID`: looks for the slow logs. If all have come, it undoes and deletes everything."""
    entry: Entry | None = journal.read(state / arguments.later)
    if entry is None or entry.state != "kept":
        say(f"error: run {arguments.later} has no journal here, or nothing waits for --later")
        return 2
    settings = entry.settings
    aws = Aws(settings.profile)
    account = aws.call("sts", "GetCallerIdentity", settings.region)["Account"]
    if (entry.account, entry.endpoint) != (account, aws.elsewhere(settings.region)):
        say("error: the run was in another account or at another endpoint")
        return 2
    program = Program(arguments.logbucket, settings.profile, entry.folder / "receipts")
    log = Journal(entry.folder)
    runner = Runner(aws, program, log, say, settings.patience, arguments.hurry)
    runner.run(build.later(settings))
    arrived = [delivers(outcome) for outcome in runner.outcomes]
    cleaned = Cleaned()
    if all(arrived):
        signals.cleaning = True
        for producer in ("s3-access", "inventory"):
            undo = producers.undo(producer, settings)
            runner.outcomes[-1].ran.append(program.run(undo.id, [str(word) for word in undo.words], timeout=600))
        cleaned = clean_run(aws, settings, entry.kinds, set())
        if not cleaned.left:
            log.note("done")
    finish(
        arguments,
        entry.folder,
        Report(settings, entry.account, entry.endpoint, program.version(), runner.outcomes, cleaned),
        "later",
    )
    log.close()
    if not all(arrived):
        say(f"not all logs have arrived; come back with --later {settings.id}, or end with --cleanup {settings.id}")
        return 4
    return 1 if cleaned.left else 0


def delivers(outcome: Outcome) -> bool:
    """Returns whether logbucket found the log service's own object."""
    document = outcome.ran[-1].document if outcome.ran else None
    logs = (document.get("logs") if isinstance(document, dict) else None) or []
    return bool(logs) and all(log.get("health") == "delivering" for log in logs)


if __name__ == "__main__":
    sys.exit(main())
