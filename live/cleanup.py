"""Deletes what a run made, also if its journal or its answers are lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from .aws import Aws
from .made import KINDS, Found, Kind, code_of

# What something else still uses can be deleted a little later.
IN_USE = {"ConflictException", "ResourceInUse", "ResourceInUseException", "OperationNotPermitted"}


@dataclass
class Cleaned:
    """What a cleanup deleted and what is left, with the reason."""

    deleted: list[Found] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def find(aws: Aws, region: str, kind: Kind, wanted: Callable[[Found], bool]) -> list[Found]:
    return [found for found in kind.find(aws, region) if wanted(found)]


def find_all(aws: Aws, region: str, wanted: Callable[[Found], bool]) -> list[Found]:
    """Finds what runs made, without deleting anything."""
    return [found for kind in KINDS for found in find(aws, region, kind, wanted)]


def clean(
    aws: Aws,
    region: str,
    wanted: Callable[[Found], bool],
    say: Callable[[str], None],
    kinds: Iterable[str] | None = None,
    patience: float = 600,
) -> Cleaned:
    """Deletes everything that is wanted, kind by kind. A kind that can't be read or deleted doesn't stop the others.

    Flow logs and load balancers write to the buckets, so they come first.
    """
    cleaned = Cleaned()
    for kind in KINDS:
        if kinds is not None and kind.name not in kinds:
            continue
        try:
            all_found = find(aws, region, kind, wanted)
        except Exception as error:
            cleaned.left.append((f"every {kind.name}", f"could not be listed: {error}"))
            continue
        # The source bucket first: it logs to others.
        for found in sorted(all_found, key=lambda one: (not one.name.endswith("-src"), one.name)):
            # What is left may use this one. Waiting doesn't help then.
            reason = _delete(aws, kind, found, 0 if cleaned.left else patience)
            if reason:
                cleaned.left.append((f"{found.kind} {found.name}", reason))
                say(f"left    {found.kind} {found.name}: {reason}")
            else:
                cleaned.deleted.append(found)
                say(f"deleted {found.kind} {found.name}")
    return cleaned


def _delete(aws: Aws, kind: Kind, found: Found, patience: float) -> str:
    """Returns the reason if it can't be deleted."""
    begun, again = time.monotonic(), 2
    while True:
        try:
            kind.delete(aws, found)
            return ""
        except ClientError as error:
            if code_of(error) not in IN_USE or time.monotonic() - begun > patience:
                return str(error)
        except BotoCoreError as error:
            again -= 1
            if again < 0:
                return str(error)
        except Exception as error:
            return str(error)
        time.sleep(5)
