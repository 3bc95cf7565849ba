"""The journal of a run: a line for each thing, written before it is created."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .plan import Made
from .settings import Settings


def state_dir(chosen: str | None) -> Path:
    """Returns the folder with a folder for each run."""
    if chosen:
        return Path(chosen)
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "logbucket" / "live"


@dataclass
class Entry:
    """What the journal says about one run."""

    folder: Path
    settings: Settings
    account: str = ""
    endpoint: str | None = None
    # The kinds of things that it was about to create.
    kinds: set[str] = field(default_factory=set)
    # `open`, `kept` (waiting for `--later`) or `done`.
    state: str = "open"


class Journal:
    """Open for one run. Other processes see that it is in use by its lock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.kinds: set[str] = set()
        self._file = open(folder / "journal.jsonl", "a", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise InUse(folder.name) from None

    def begin(self, settings: Settings, account: str, endpoint: str | None) -> None:
        self._write("begin", settings=settings.to_dict(), account=account, endpoint=endpoint)

    def intend(self, made: Made) -> None:
        """Records that something is about to be created. It is on disk when this returns."""
        self.kinds.add(made.kind)
        self._write("intend", kind=made.kind, name=made.name, region=made.region, slow=made.slow)

    def note(self, what: str, **details: Any) -> None:
        self._write(what, **details)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()

    def _write(self, what: str, **details: Any) -> None:
        line = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "what": what, **details}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


class InUse(Exception):
    """Another process has the run."""


def read(folder: Path) -> Entry | None:
    """Returns the entry of a run, or `None` if it has no journal. A line cut off by a crash is ignored."""
    try:
        lines = (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    entry: Entry | None = None
    for text in lines:
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        what = line["what"]
        if what == "begin":
            settings = Settings.from_dict(line["settings"])
            entry = Entry(folder, settings, line["account"], line["endpoint"])
        elif entry is None:
            continue
        elif what == "intend":
            entry.kinds.add(line["kind"])
        elif what in ("kept", "done"):
            entry.state = what
    return entry


def read_all(state: Path) -> list[Entry]:
    """Returns all runs with a journal, the oldest first."""
    folders = sorted(state.iterdir()) if state.is_dir() else []
    return [entry for entry in (read(folder) for folder in folders) if entry is not None]
