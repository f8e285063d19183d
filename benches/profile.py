"""Owns the profile in docs/BENCHMARKS.md: where the CPU time of `mailtrail ingest` goes, by stage. No number is typed by hand.

Usage: python3 benches/profile.py SOURCE   (a portal CSV of `mailtrail-synth bulk`; needs `perf`)
Needs a release build that kept its symbols, which links again and compiles nothing twice:
    cargo build --release --locked --workspace --config 'profile.release.package.mailtrail.strip="none"'
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from document import RELEASE, write

# The first that matches counts. Symbols of the standard library are told apart where they can be, else they are "the rest".
STAGES = [
    ("SHA-256 of the source", r"sha256"),
    ("compression (zstd)", r"ZSTD|HUF|HIST|FSE|zstd"),
    ("copying memory", r"memmove|memcpy|memset"),
    ("asking for memory", r"malloc|_int_free|cfree|unlink_chunk|_int_realloc|realloc"),
    ("reading the file, page faults, writing (kernel)", r"^\[k\]"),
    ("cutting rows and cells, UTF-8", r"cut::|sixty_four|simdutf8|memchr"),
    ("reading JSON", r"wire::|serde_json|visit_map|visit_seq|serde_core"),
    ("judging records", r"mailtrail_ingest|mailtrail_model|trim_matches"),
    ("duplicates", r"seen::|record_bytes|foldhash|rustc_entry"),
    ("columns and pages", r"mailtrail_timeline|polars|hashbrown"),
]


def main():
    source = sys.argv[1]
    work = tempfile.mkdtemp(prefix="mailtrail-profile-")
    data = os.path.join(work, "perf.data")
    subprocess.run(["perf", "record", "-q", "-F", "999", "-o", data, f"{RELEASE}/mailtrail", "ingest", source, "--out",
                    os.path.join(work, "out"), "--allow-issues", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    report = subprocess.run(["perf", "report", "-i", data, "--no-children", "-s", "sym", "--stdio"], check=True,
                            capture_output=True, text=True).stdout
    shares, top, whole = {}, [], 0.0
    for line in report.splitlines():
        read = re.match(r"\s*([0-9.]+)%\s+(\[.\].*)", line)
        if not read:
            continue
        share, symbol = float(read[1]), read[2].strip()
        stage = next((name for name, pattern in STAGES if re.search(pattern, symbol)), "the rest")
        shares[stage] = shares.get(stage, 0.0) + share
        whole += share
        top.append((share, symbol))
    shutil.rmtree(work)
    if not any("mailtrail" in symbol for _, symbol in top):
        sys.exit("the build has no symbols; see the usage")
    rows = "\n".join(f"| {name} | {share:.1f} |" for name, share in sorted(shares.items(), key=lambda s: -s[1]))
    most = "\n".join(f"| `{symbol[4:][:90]}` | {share:.1f} |" for share, symbol in top[:12])
    following = max((s for s in shares.items() if s[0] not in ("SHA-256 of the source", "the rest")), key=lambda s: s[1])
    write("profile", "benches/profile.py", "Where the time goes", f"""
CPU time of one run over {os.path.getsize(source) / 1e9:.1f} GB, in percent (`benches/profile.py`; {whole:.0f} % are attributed to symbols). The
digest cannot be spared; the largest stage behind it, and so the next bottleneck, is **{following[0]}**.

| stage | % |
|---|---|
{rows}

| symbol | % |
|---|---|
{most}
""")


if __name__ == "__main__":
    main()
