"""The command line."""

from __future__ import annotations

import argparse

DESCRIPTION = """\
Try logbucket in a real AWS account: set up every log service with throwaway sources, ask AWS what it does not
document, write a report, and delete everything. docs/live.md explains it."""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="live", description=DESCRIPTION)
    what = made.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="list every call and make none")
    what.add_argument(
        "--later", metavar="ID", help="look for the logs that a run with --keep left, then delete everything"
    )
    what.add_argument("--cleanup", metavar="ID", nargs="?", const="all", help="delete what a run, or every run, left")
    what.add_argument("--permissions", action="store_true", help="print the IAM policy that a run needs")
    made.add_argument("--profile", metavar="NAME", help="AWS profile")
    made.add_argument("--region", metavar="REGION", help="Region of the run [default: the profile's]")
    made.add_argument(
        "--other-region", metavar="REGION", help="Region of one bucket [default: us-west-2, or us-east-1]"
    )
    made.add_argument("--vpc", metavar="ID", help="VPC of the load balancers [default: the default VPC]")
    made.add_argument("--keep", action="store_true", help="keep the buckets of s3-access and inventory for --later")
    made.add_argument(
        "--only", metavar="NAME", action="append", default=[], help="only sections with this name (repeatable)"
    )
    made.add_argument("--wait", metavar="SECONDS", type=int, default=900, help="wait for each log [default: 900]")
    made.add_argument(
        "--patience", metavar="SECONDS", type=int, default=180, help="wait for changes to propagate [default: 180]"
    )
    made.add_argument("--yes", "-y", action="store_true", help="don't ask before the run")
    made.add_argument("--logbucket", metavar="PATH", default="logbucket", help="the program [default: logbucket]")
    made.add_argument(
        "--state", metavar="DIR", help="folder of the journals [default: logbucket/live in $XDG_STATE_HOME]"
    )
    made.add_argument("--report", metavar="DIR", help="folder of the report [default: the run's own in --state]")
    made.add_argument("--hurry", action="store_true", help="leave out pauses, for a simulated AWS")
    return made
