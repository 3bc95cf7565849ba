"""SIGINT and SIGTERM: the first one ends the run, and the cleanup still happens."""

from __future__ import annotations

import signal
import sys
from types import FrameType


class Interrupted(BaseException):
    """The user wants to stop."""


class Signals:
    def __init__(self) -> None:
        self.cleaning = False
        self._asked = 0

    def install(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self.cleaning:
            # A second signal during the last steps of a section must not end them.
            self.cleaning = True
            raise Interrupted
        self._asked += 1
        if self._asked > 1:
            raise Interrupted
        print("cleaning up; interrupt again to stop, and run `--cleanup` later", file=sys.stderr, flush=True)
