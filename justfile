# List the recipes.
default:
    @just --list

# Check what every commit must pass: format, lints, tests, docs.
[group('check')]
check:
    .ci/run

# Run the tests whose names contain FILTER.
[group('check')]
test FILTER='':
    cargo test --workspace -- {{ FILTER }}

# Test the page of `scan --report` in Chromium.
[group('check')]
browser:
    cargo test --workspace --test browser

# Run the policy cases in another file of the same format.
[group('check')]
policy-cases FILE:
    LOGBUCKET_POLICY_CASES={{ FILE }} cargo test --test policy_cases

# Fuzz TARGET (policy, events) for SECONDS, starting from the corpus (needs cargo-fuzz). New inputs go to fuzz/found, failures to
# fuzz/artifacts.
[group('check')]
fuzz TARGET='policy' SECONDS='600':
    mkdir -p fuzz/found/{{ TARGET }}
    cargo fuzz run --sanitizer none {{ TARGET }} fuzz/found/{{ TARGET }} fuzz/corpus/{{ TARGET }} -- -max_total_time={{ SECONDS }} -dict=fuzz/{{ TARGET }}.dict -max_len=4096 -timeout=60

# Check the dependencies' licenses, sources and duplicates (needs cargo-deny).
[group('check')]
deny:
    cargo deny check bans licenses sources

# Build the book in target/book (needs mdbook), and check all links.
[group('check')]
book:
    mdbook build
    .ci/links.py

# Format everything.
[group('write')]
fmt:
    cargo fmt --all

# Set up an ALB's logs in a simulated AWS and verify delivery.
[group('try')]
demo:
    cargo run -p demo -- init alb --source web --bucket demo-logs --yes

# Run a simulated AWS until interrupted; it prints the variables to export.
[group('try')]
serve PORT='4599':
    cargo run -p sandbox -- serve {{ PORT }}

# Try logbucket in a real AWS account, with throwaway sources (needs boto3; docs/live.md). `--dry-run` makes no call.
[group('try')]
live *OPTIONS:
    cargo build -p logbucket
    python3 -m live --logbucket target/debug/logbucket {{ OPTIONS }}

# Test `just live` against the simulated AWS.
[group('check')]
live-test:
    live/try.sh

# Redraw the pictures in the README and the docs from the real program.
[group('write')]
pictures:
    LOGBUCKET_DRAW_PICTURES=1 cargo test --test integration pictures

# Compare logbucket with boto3, Prowler and the AWS CLI; takes some minutes. `--write` puts the table into docs/benchmarks.md.
[group('measure')]
bench *OPTIONS:
    cargo build --release --workspace
    python3 bench/run.py {{ OPTIONS }}

# Test the program with every fault at every request, and with 5000 sequences of runs, undos and changes by others; takes two hours
# and a half. `--write` puts the tables into docs/reliability.md.
[group('measure')]
faults WRITE='':
    LOGBUCKET_FAULTS={{ if WRITE == "--write" { "write" } else { "all" } }} cargo test --profile campaign --test faults -- --nocapture
