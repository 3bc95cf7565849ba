# The recipes, listed.
default:
    @just --list

# What must hold for every commit: format, lints, tests, docs.
[group('check')]
check:
    .ci/run

# The tests whose names contain FILTER.
[group('check')]
test FILTER='':
    cargo test --workspace -- {{ FILTER }}

# The page of `scan --report` in Chromium.
[group('check')]
browser:
    cargo test --workspace --test browser

# Policy cases from another file of the same form.
[group('check')]
policy-cases FILE:
    LOGBUCKET_POLICY_CASES={{ FILE }} cargo test --test policy_cases

# Look for what breaks TARGET (policy, events) for so many seconds, from the corpus (needs cargo-fuzz). What it finds new is in
# fuzz/found, what breaks in fuzz/artifacts.
[group('check')]
fuzz TARGET='policy' SECONDS='600':
    mkdir -p fuzz/found/{{ TARGET }}
    cargo fuzz run --sanitizer none {{ TARGET }} fuzz/found/{{ TARGET }} fuzz/corpus/{{ TARGET }} -- -max_total_time={{ SECONDS }} -dict=fuzz/{{ TARGET }}.dict -max_len=4096 -timeout=60

# Licences, sources and duplicates of the dependencies (needs cargo-deny).
[group('check')]
deny:
    cargo deny check bans licenses sources

# Format everything.
[group('write')]
fmt:
    cargo fmt --all

# Set up and prove an ALB's logs in a simulated AWS.
[group('try')]
demo:
    cargo run -p demo -- init alb --source web --bucket demo-logs --yes

# Keep a simulated AWS up; it prints the variables to export.
[group('try')]
serve PORT='4599':
    cargo run -p sandbox -- serve {{ PORT }}

# Draw the pictures of the README and the docs anew, from the real program.
[group('write')]
pictures:
    LOGBUCKET_DRAW_PICTURES=1 cargo test --test integration pictures

# Measure logbucket beside boto3, Prowler and the AWS CLI, in some minutes; `--write` puts it into docs/benchmarks.md.
[group('measure')]
bench *OPTIONS:
    cargo build --release --workspace
    python3 bench/run.py {{ OPTIONS }}

# The program under every fault at every request, and through 5000 sequences of runs, undos and changes by others, in an hour
# and a half; `--write` puts the tables into docs/reliability.md.
[group('measure')]
faults WRITE='':
    LOGBUCKET_FAULTS={{ if WRITE == "--write" { "write" } else { "all" } }} cargo test --test faults -- --nocapture
