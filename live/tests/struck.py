"""Runs the kit and records its calls. `LIVE_STRIKE=N:EFFECT` hits the Nth call:

refused   AWS refuses it                       lost        AWS carries it out, but the answer is lost
killed    the process dies before the call     died        the process dies after it
signaled  SIGINT arrives before the call
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectionClosedError

from live.__main__ import main

NTH, _, EFFECT = os.environ.get("LIVE_STRIKE", "").partition(":")
RECORD = os.environ.get("LIVE_RECORD", "")
count = 0
send = BaseClient._make_api_call  # type: ignore[attr-defined]


def struck(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
    global count
    count += 1
    if RECORD:
        with open(RECORD, "a", encoding="utf-8") as file:
            file.write(f"{self.meta.service_model.service_name}:{operation}\n")
    if not NTH or count != int(NTH):
        return send(self, operation, parameters)
    if EFFECT == "killed":
        os._exit(137)
    if EFFECT == "signaled":
        os.kill(os.getpid(), signal.SIGINT)
    if EFFECT == "refused":
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "struck"}}, operation)
    answer = send(self, operation, parameters)
    if EFFECT == "died":
        os._exit(137)
    if EFFECT == "lost":
        raise ConnectionClosedError(endpoint_url="struck")
    return answer


BaseClient._make_api_call = struck  # type: ignore[attr-defined]
sys.exit(main())
