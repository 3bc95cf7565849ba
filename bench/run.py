#!/usr/bin/env python3
"""Compares logbucket with what people use instead, each against a fresh simulated AWS: `just bench`.

Prints a Markdown table; `--write` puts it into docs/benchmarks.md. No figure makes it fail: figures depend on the
machine, so only those from the same run are compared, and only the ratios matter. The tools that logbucket is compared
with are installed at pinned versions in the target folder, which must also contain the release build.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
LOGBUCKET = TARGET / "release" / "logbucket"
SANDBOX = TARGET / "release" / "sandbox"

#: How long a request takes if the network should count, in milliseconds.
LATENCY = 50
MANY, SHORT, LONG = 20, 5, 3
CHECKS = ["elbv2_logging_enabled", "s3_bucket_server_access_logging_enabled", "s3_bucket_kms_encryption"]
BUCKET = "bench-alb-logs"
# The producers whose sources are load balancers.
BALANCERS = ("alb", "nlb", "clb")
COLUMNS = ["", "logbucket", "boto3, 16 threads", "Prowler, three checks", "AWS CLI"]
BEGIN, END = "<!-- table: bench -->\n", "<!-- end -->"


Command = Sequence[str | Path]


@dataclass(frozen=True)
class Run:
    """One run of a command: what it used, and what the server saw of it."""

    wall: float
    cpu: float
    memory: int
    said: str
    requests: int = 0
    at_once: int = 0
    latency: int = 0

    @property
    def mean_at_once(self) -> float:
        """The average number of requests in progress, as if the server itself took no time."""
        return self.requests * self.latency / 1000 / self.wall

    @property
    def over_ideal(self) -> float:
        """The time, divided by the time it would take with the maximum number of requests in progress throughout."""
        return self.at_once / self.mean_at_once


@dataclass(frozen=True)
class Runs:
    """Several runs of one command: medians of times, since other programs run meanwhile, and maximums of the rest."""

    of: list[Run]

    def median(self, figure: Callable[[Run], float]) -> float:
        return statistics.median(figure(run) for run in self.of)

    @cached_property
    def wall(self) -> float:
        return self.median(lambda run: run.wall)

    @cached_property
    def cpu(self) -> float:
        return self.median(lambda run: run.cpu)

    @cached_property
    def memory(self) -> int:
        return max(run.memory for run in self.of)

    @cached_property
    def requests(self) -> int:
        return max(run.requests for run in self.of)

    @cached_property
    def at_once(self) -> int:
        return max(run.at_once for run in self.of)


class Server:
    """A separate simulated AWS for each run, so that nothing one run leaves behind affects the next."""

    def __init__(self, *options: str) -> None:
        self.options = options
        self.requests = 0
        self.at_once = 0

    def __enter__(self) -> Server:
        command = [str(SANDBOX), "serve", "0", *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        lines = [self.process.stdout.readline() for _ in range(6)]
        pairs = [line.removeprefix("export ").strip().partition("=") for line in lines]
        self.environment = {name: value for name, _, value in pairs}
        # Each run has its own home folder and keeps its receipts there.
        self.environment.pop("XDG_STATE_HOME", None)
        if "AWS_ENDPOINT_URL" not in self.environment:
            sys.exit(f"the sandbox did not start: {self.process.communicate()[1]}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=60)
        if kind is None:
            served = re.search(r"served (\d+) requests, at most (\d+) at once", said)
            if served is None:
                sys.exit(f"the sandbox did not report the number of requests: {said}")
            self.requests, self.at_once = int(served[1]), int(served[2])


def measured(command: Command, environment: dict[str, str], exits: tuple[int, ...]) -> Run:
    """Runs a command without access to the caller's own AWS configuration.

    Memory is that of its largest process. The kernel also counts what the process was before it became the command, so
    a figure can't be smaller than this program's own memory.
    """
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        surroundings = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": home} | environment
        began = time.monotonic()
        process = subprocess.Popen(
            command, env=surroundings, cwd=home, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode()
        if process.returncode not in exits:
            err.seek(0)
            told = said[-2000:] + err.read().decode()[-4000:]
            sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{told}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, said)


def against_aws(
    times: int,
    what: str,
    command: Command,
    latency: int,
    *options: str,
    exits: tuple[int, ...] = (0,),
    path: Path | None = None,
) -> Runs:
    """Runs a command this many times, each time against its own server."""
    runs = []
    for turn in range(1, times + 1):
        with Server("--latency", str(latency), *options) as server:
            environment = dict(server.environment)
            if path:
                environment["PATH"] = f"{path}:{os.environ['PATH']}"
            run = measured(command, environment, exits)
        run = Run(run.wall, run.cpu, run.memory, run.said, server.requests, server.at_once, latency)
        runs.append(run)
        progress(
            f"{what}, {turn} of {times}: {run.wall:.2f} s, {run.cpu:.2f} s of CPU, {megabytes(run.memory)}, "
            f"{run.requests} requests, at most {run.at_once} at once"
        )
    return Runs(runs)


def alone(times: int, what: str, command: list[str | Path]) -> Runs:
    runs = Runs([measured(command, {}, (0,)) for _ in range(times)])
    progress(f"{what}: {runs.wall * 1000:.1f} ms")
    return runs


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def installed(name: str) -> Path:
    """The programs in a virtual environment, which is recreated when its requirements change."""
    requirements = HERE / f"requirements-{name}.txt"
    folder = TARGET / "bench" / name
    stamp = folder / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        progress(f"installing {requirements.name}")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run(
            [folder / "bin" / "pip", "install", "--quiet", "-r", requirements], check=True, stdout=sys.stderr
        )
        shutil.copy(requirements, stamp)
    return folder / "bin"


def pins(name: str) -> dict[str, str]:
    lines = (HERE / f"requirements-{name}.txt").read_text().split()
    return dict(line.split("==") for line in lines)


def needed(document: dict[str, Any]) -> int:
    """The number of requests that a scan needs, computed from what it found.

    The test `a_big_account_is_scanned_without_unneeded_requests` counts the same way: one for each
    load balancer's attributes, two for each bucket, the listings, and thirteen for each destination (its Region, nine
    settings, its ACL, its key and the key's policy).
    """
    logs = document["logs"]
    balancers = {(log["region"], log["producer"], log["source"]) for log in logs if log["producer"] in BALANCERS}
    buckets = len([log for log in logs if log["producer"] == "s3-access"])
    places = {(log["bucket"], log["region"]) for log in logs if "bucket" in log}
    # The caller, the Regions, the buckets in pages of a thousand, and each Region's load balancers through both of their APIs.
    listings = 2 + math.ceil(buckets / 1000) + 2 * len(document["regions"])
    return len(balancers) + 2 * buckets + listings + 13 * len(places)


def megabytes(size: float) -> str:
    floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return f"{'at most ' if size <= floor else ''}{size / 1e6:.0f} MB"


def seconds(time: float) -> str:
    if time < 0.01:
        return f"{time * 1000:.1f} ms"
    return f"{time * 1000:.0f} ms" if time < 1 else f"{time:.1f} s"


def compared(mine: float, other: float, show: Callable[[float], str]) -> str:
    """The other tool's figure, and how many times logbucket's it is."""
    times = other / mine
    return f"{show(other)} ({times:.0f} times)" if times >= 10 else f"{show(other)} ({times:.1f} times)"


def row(what: str, *cells: str) -> str:
    blank = [""] * (len(COLUMNS) - 1 - len(cells))
    return f"| {' | '.join([what, *cells, *blank])} |"


def scans(boto3: Path, prowler: Path | None) -> list[str]:
    """The rows on `scan`, compared with tools that read the same settings."""
    mine = against_aws(LONG, "scan", [LOGBUCKET, "scan", "--output", "json"], LATENCY, "--crowd", exits=(3,))
    script = against_aws(LONG, "boto3", [boto3 / "python", HERE / "scan_boto3.py"], LATENCY, "--crowd")
    document = json.loads(mine.of[0].said)
    on = sum("bucket" in log for log in document["logs"])
    on_by_script = sum(bool(log["bucket"]) for log in json.loads(script.of[0].said)["logs"])
    if on != on_by_script:
        sys.exit(f"scan found {on} enabled logs, the boto3 script {on_by_script}: they did not do the same work")
    others = [script]
    if prowler:
        # Prowler gets the Regions from EC2, which is not simulated, or else tries all of them, so they are named here.
        checks = ["--region", *document["regions"], "--checks", *CHECKS]
        output = ["--no-banner", "--output-formats", "csv", "--output-directory", "found"]
        command = [prowler / "prowler", "aws", *checks, *output, "--ignore-exit-code-3"]
        others.append(against_aws(1, "Prowler", command, LATENCY, "--crowd"))
    needs = needed(document)
    every = [mine, *others]

    def beside(what: str, figure: Callable[[Runs], float], show: Callable[[float], str]) -> str:
        return row(what, show(figure(mine)), *(compared(figure(mine), figure(other), show) for other in others))

    return [
        beside(f"`scan`, {LATENCY} ms a request", lambda runs: runs.wall, seconds),
        row("`scan`: requests", *(str(runs.requests) for runs in every)),
        row(f"... for each of the {needs} needed", *(f"{runs.requests / needs:.2f}" for runs in every)),
        row("... under way at once, at most", *(str(runs.at_once) for runs in every)),
        row("... on average", *(f"{runs.median(lambda run: run.mean_at_once):.0f}" for runs in every)),
        row(
            f"`scan`: time over requests × {LATENCY} ms / at once",
            *(f"{runs.median(lambda run: run.over_ideal):.2f}" for runs in every),
        ),
        beside("`scan`: CPU time", lambda runs: runs.cpu, seconds),
        beside("`scan`: peak memory", lambda runs: runs.memory, megabytes),
    ]


def inits(cli: Path) -> list[str]:
    """The rows on `init alb`, compared with the same steps in the AWS CLI."""
    command: Command = [LOGBUCKET, "init", "alb", "--source", "web", "--bucket", BUCKET, "--yes"]
    script: Command = ["sh", HERE / "init_alb.sh", "web", BUCKET]

    def both(latency: int) -> tuple[Runs, Runs]:
        mine = against_aws(SHORT, f"init, {latency} ms", command, latency)
        return mine, against_aws(SHORT, f"AWS CLI, {latency} ms", script, latency, path=cli)

    near, near_typed = both(0)
    far, far_typed = both(LATENCY)

    def beside(what: str, mine: float, typed: float, show: Callable[[float], str]) -> str:
        return row(what, show(mine), "", "", compared(mine, typed, show))

    return [
        beside("`init alb`, 0 ms a request", near.wall, near_typed.wall, seconds),
        beside(f"`init alb`, {LATENCY} ms a request", far.wall, far_typed.wall, seconds),
        row("`init alb`: requests", str(far.requests), "", "", str(far_typed.requests)),
        beside("`init alb`: CPU time", far.cpu, far_typed.cpu, seconds),
        beside("`init alb`: peak memory", far.memory, far_typed.memory, megabytes),
    ]


def programs(cli: Path, prowler: Path | None) -> list[str]:
    """The rows on the programs themselves."""
    mine = alone(MANY, "logbucket --version", [LOGBUCKET, "--version"])
    aws = alone(MANY, "aws --version", [cli / "aws", "--version"])
    auditor = alone(SHORT, "prowler --version", [prowler / "prowler", "--version"]) if prowler else None
    of_auditor = compared(mine.wall, auditor.wall, seconds) if auditor else ""
    return [
        row("`--version`", seconds(mine.wall), "", of_auditor, compared(mine.wall, aws.wall, seconds)),
        row("size of the program", f"{LOGBUCKET.stat().st_size / 1e6:.1f} MB"),
    ]


def table(prowler_too: bool) -> str:
    boto3 = installed("boto3")
    prowler = installed("prowler") if prowler_too else None
    # What needs the least memory comes first: no figure is smaller than this program's memory, which grows with the
    # output that it reads.
    of_programs, of_inits = programs(boto3, prowler), inits(boto3)
    rows = [*scans(boto3, prowler), *of_inits, *of_programs]
    pinned = pins("boto3") | (pins("prowler") if prowler else {})
    versions = ", ".join(f"{name} {version}" for name, version in pinned.items())
    note = (
        f"Medians of {SHORT} runs ({MANY} for `--version`, {LONG} for `scan` and the boto3 script; Prowler ran once), "
        f"on {os.cpu_count()} cores ({processor()}) shared with the simulated AWS; "
        f"Python {platform.python_version()}, {versions}."
    )
    return "\n".join([row(*COLUMNS), "|---|---|---|---|---|", *rows, "", note, ""])


def processor() -> str:
    try:
        named = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        named = None
    return named[1] if named else platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="replace the table in docs/benchmarks.md")
    parser.add_argument("--no-prowler", action="store_true", help="leave out Prowler, which takes minutes")
    given = parser.parse_args()
    for program in (LOGBUCKET, SANDBOX):
        if not program.exists():
            sys.exit(f"{program} does not exist; build it: cargo build --release --workspace")
    text = table(not given.no_prowler)
    print(text, end="")
    if given.write:
        page = ROOT / "docs" / "benchmarks.md"
        before, found, rest = page.read_text().partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (found and end):
            sys.exit(f"{page} has no table to replace: {BEGIN}{END}")
        page.write_text(before + BEGIN + text + END + after)


if __name__ == "__main__":
    main()
