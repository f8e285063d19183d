"""Owns the check of docs/RECIPES.md: runs every recipe over an output folder; the answers to one question must be equal.

Usage: python3 tools/recipes.py OUT [--install FOLDER]
Needs duckdb, pandas, pyarrow and polars; `--install` puts them into a virtual environment in FOLDER first.
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NEEDED = ["duckdb", "pandas", "pyarrow", "polars"]


def questions(text):
    """(title, [(language, code)]) of each section."""
    for section in text.split("\n## ")[1:]:
        yield section.splitlines()[0], re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)


def plain(rows):
    """Values in one spelling, whatever the engine's types are."""
    def spell(value):
        if hasattr(value, "isoformat"):
            return value.isoformat()
        return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)
    return [tuple(spell(value) for value in row) for row in rows]


def answer(language, code):
    import duckdb
    import pandas
    import polars
    if language == "sql":
        return plain(duckdb.sql(code).fetchall())
    scope = {"pd": pandas, "pl": polars}
    exec(code, scope)
    found = scope["answer"]
    return plain(found.itertuples(index=False) if language == "pandas" else found.rows())


def install(folder):
    """Runs this program again inside an environment that has what it needs."""
    python = pathlib.Path(folder) / "bin" / "python"
    if not python.exists() and subprocess.run([sys.executable, "-m", "venv", folder]).returncode:
        # Debian keeps the module in a package of its own.
        subprocess.run("apt-get update -qq && apt-get install -y -qq python3-venv", shell=True, check=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *NEEDED], check=True)
    return subprocess.run([python, __file__, sys.argv[1]]).returncode


def main():
    if "--install" in sys.argv:
        return install(sys.argv[sys.argv.index("--install") + 1])
    out = pathlib.Path(sys.argv[1]).resolve()
    text = (ROOT / "docs" / "RECIPES.md").read_text().replace("out/tables", f"{out}/tables")
    wrong = run = 0
    for title, recipes in questions(text):
        answers = {language: answer(language, code) for language, code in recipes}
        run += len(answers)
        first = next(iter(answers.values()))
        if not first or any(other != first for other in answers.values()):
            wrong += 1
            print(f"{title}: answers differ or are empty")
            for language, rows in answers.items():
                print(f"  {language}: {len(rows)} rows, {rows[:2]}")
    print(f"recipes: {run} run, {wrong} questions answered differently")
    return 1 if wrong or not run else 0


if __name__ == "__main__":
    os.environ.setdefault("POLARS_MAX_THREADS", "2")
    sys.exit(main())
