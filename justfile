# `just` lists the recipes. Each is one thin line; what it does lives in cargo, in .ci/run or in a script.

set shell := ["bash", "-euo", "pipefail", "-c"]

# list the recipes
[private]
default:
    @just --list --unsorted

# format, lints as errors, documentation: run before each commit
[group('check')]
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

# all tests, or those whose name holds WORD: `just test session`
[group('check')]
test *WORD:
    cargo test --workspace --locked {{ WORD }}

# exactly what CI runs
[group('check')]
ci:
    .ci/run

# the pages of a fresh run over the sample, opened in a real browser (installs chromium where it is missing)
[group('check')]
browser:
    cargo run --release --locked -- run sample-data/midnight-blizzard/case.toml --out target/ci-out --quiet
    tools/browser/check target/ci-out

# licences, bans and sources of dependencies (needs cargo-deny)
[group('check')]
deny:
    cargo deny --locked check

# rewrite snapshots; review the diff as code
[group('renew')]
bless *WORD:
    INSTA_UPDATE=always cargo test --workspace --locked {{ WORD }}

# write sample-data/ again from its seed; no diff is the expected outcome
[group('renew')]
sample:
    cargo run --release --locked --package mailtrail-synth -- sample sample-data

# measure the error rates and write docs/ERROR-RATES.md (release; about a quarter of an hour on two quiet cores)
[group('measure')]
error-rates *ARGS:
    cargo run --release --locked --package mailtrail-synth -- evaluate --out docs/ERROR-RATES.md {{ ARGS }}

# renew the README's picture from a fresh run over the sample (needs chromium)
[group('renew')]
screenshot:
    cargo build --release --locked
    tools/screenshot

# fuzz one target for some seconds on stable (needs cargo-fuzz)
[group('measure')]
fuzz TARGET SECONDS='60':
    cargo fuzz run -s none {{ TARGET }} -- -max_total_time={{ SECONDS }}

# every fuzz target until it has had so many CPU-seconds in all; books the runs and renews docs/FUZZING.md
[group('measure')]
fuzz-all CPU_SECONDS='1200':
    python3 tools/fuzz.py run --cpu-seconds {{ CPU_SECONDS }}
    python3 tools/fuzz.py table

# copies of the sample with a thousand random corruptions each: no row lost, no crash (needs python3)
[group('measure')]
damage SEEDS='0..99':
    cargo build --release --locked
    python3 tools/corrupt.py sample-data/midnight-blizzard --seeds {{ SEEDS }}

# measure beside the peers that are installed and write docs/BENCHMARKS.md (needs python3)
[group('measure')]
bench-table:
    cargo build --release --locked --workspace
    python3 benches/table.py

# micro benches of the stages: row cutting to normalizing, columns, sessions, bursts, charts
[group('measure')]
bench *WORD:
    cargo bench --workspace --locked --bench row --bench stages --bench chart -- {{ WORD }}

# tables to timeline at 10 M accesses, written into docs/BENCHMARKS.md (4 GB of disk, minutes)
[group('measure')]
bench-second-half:
    python3 benches/second_half.py

# where ingest's time goes, written into docs/BENCHMARKS.md (needs perf)
[group('measure')]
profile SOURCE:
    cargo build --release --locked --workspace --config 'profile.release.package.mailtrail.strip="none"'
    python3 benches/profile.py {{ SOURCE }}

# measure size and speed of the pages of a thousand mailboxes and write docs/BENCHMARKS.md (needs python3 and chromium)
[group('measure')]
bench-pages:
    cargo build --release --locked --workspace
    python3 benches/pages.py

# the API documentation of the crates, opened in a browser
[group('read')]
docs:
    cargo doc --workspace --no-deps --locked --open
