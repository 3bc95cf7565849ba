#!/bin/sh
# Tests the live kit against a served sandbox. PYTHON needs boto3 (live/requirements.txt). LIVE_SANDBOX and LIVE_LOGBUCKET
# name programs that are already built, and LIVE_BUDGET is the time for each series of failures, in seconds.
set -eu
cd "$(dirname "$0")/.."
[ -n "${LIVE_SANDBOX:-}" ] || cargo build -p sandbox
[ -n "${LIVE_LOGBUCKET:-}" ] || cargo build -p logbucket
exec "${PYTHON:-python3}" -m unittest -v "${@:-live.tests.test_live}"
