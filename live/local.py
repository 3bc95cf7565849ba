"""The steps on this machine: the certificate, TLS connections, pauses, and logbucket itself."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Failed(Exception):
    """A step that can't go on, with the reason."""


def run(action: str, arguments: Mapping[str, Any], hurry: bool) -> dict[str, Any]:
    """Carries out a step. `hurry` leaves out what only a real account needs."""
    if action == "one-vpc":
        if not arguments["vpcs"]:
            raise Failed("there is no default VPC in this Region; choose a VPC with --vpc")
        return {}
    if action == "two-zones":
        return two_zones(arguments["subnets"])
    if action == "certificate":
        return certificate(arguments["name"])
    if action == "handshakes" and not hurry:
        return handshakes(arguments["host"], arguments["count"])
    if action == "pause" and not hurry:
        time.sleep(arguments["seconds"])
    return {}


def two_zones(subnets: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns a subnet in each of two Availability Zones, default subnets first."""
    by_zone: dict[str, str] = {}
    for subnet in sorted(subnets, key=lambda one: (not one.get("DefaultForAz", False), one["AvailabilityZone"])):
        by_zone.setdefault(subnet["AvailabilityZone"], subnet["SubnetId"])
    if len(by_zone) < 2:
        raise Failed("the VPC has no subnets in two Availability Zones; choose another with --vpc")
    return {"subnets": list(by_zone.values())[:2]}


def certificate(name: str) -> dict[str, Any]:
    """Makes a self-signed certificate. Its key exists only in memory and, for a moment, in a private folder."""
    if shutil.which("openssl") is None:
        raise Failed("`openssl` is missing, so there is no certificate for a TLS listener")
    with tempfile.TemporaryDirectory() as folder:
        key, made = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}"]
        done = subprocess.run([*words, "-keyout", str(key), "-out", str(made)], capture_output=True, check=False)
        if done.returncode != 0:
            raise Failed(f"`openssl` failed: {done.stderr.decode(errors='replace').strip()}")
        return {"certificate": made.read_bytes(), "key": key.read_bytes()}


def handshakes(host: str, count: int) -> dict[str, Any]:
    """Opens TLS connections, so that an NLB has something to log. The name of a new NLB may need minutes to resolve."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    done, last, end = 0, "", time.monotonic() + 600
    while done < count and time.monotonic() < end:
        try:
            with socket.create_connection((host, 443), timeout=10) as plain:
                with context.wrap_socket(plain, server_hostname="logbucket-live.invalid"):
                    done += 1
        except OSError as error:
            last = str(error)
            time.sleep(15)
    return {"connections": done, "last_error": last}


@dataclass(frozen=True)
class Ran:
    """A run of logbucket."""

    step: str
    words: tuple[str, ...]
    code: int
    document: Any
    errors: str
    seconds: float


class Program:
    """Runs logbucket with the run's profile and a folder of receipts for each producer."""

    def __init__(self, program: str, profile: str | None, receipts: Path) -> None:
        self.program = program
        self.profile = profile
        self.receipts = receipts
        # Files that logbucket inherits: the journal, whose lock outlives this process if it is killed.
        self.inherited: tuple[int, ...] = ()

    def version(self) -> str:
        try:
            done = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=False)
        except OSError as error:
            raise Failed(f"cannot run `{self.program}`: {error.strerror}") from None
        return done.stdout.strip()

    def run(self, step: str, words: list[str], timeout: float) -> Ran:
        """Runs a command. It has its own session, so an interruption of this process reaches it only from here."""
        full = [*words, "--no-input", "--output", "json"]
        if words[0] in ("init", "undo"):
            full += ["--receipt-dir", str(self.receipts / step.rsplit("-", 1)[0])]
        if self.profile:
            full += ["--profile", self.profile]
        begun = time.monotonic()
        child = subprocess.Popen(
            [self.program, *full],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            pass_fds=self.inherited,
            env=os.environ,
        )
        try:
            out, errors = child.communicate(timeout=timeout)
        except BaseException as error:
            # logbucket stops after the current write, and says what it did.
            child.send_signal(signal.SIGINT)
            try:
                child.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
            if isinstance(error, subprocess.TimeoutExpired):
                raise Failed(f"`logbucket {words[0]}` did not end in {timeout} seconds") from None
            raise
        try:
            document = json.loads(out) if out.strip() else None
        except json.JSONDecodeError:
            document = None
        return Ran(step, tuple(full), child.returncode, document, errors, round(time.monotonic() - begun, 1))
