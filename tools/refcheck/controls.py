"""Controls (docs/INPUTS.md): statements from outside the audit log about what the log could see. Not read yet."""

from . import case


def read(_case, entry):
    raise case.Unread(f"refcheck does not read controls ({entry['path']})")
