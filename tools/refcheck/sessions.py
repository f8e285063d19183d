"""Access sessions (METHOD.md 7): runs of one mailbox's accesses by one actor and token session, cut at the idle gap."""

from .attribution import context_key, lower, strongest
from .instant import MINUTE


def of_mailbox(case, read, accesses, unseen):
    """The sessions of one mailbox. `unseen`: spans in which it may have gone on unrecorded (source gaps, blind
    periods, what lies outside the window)."""
    groups = {}
    for access in accesses:
        if access.in_window:
            groups.setdefault(session_key(access), []).append(access)
    gap = case.rules["idle_gap_minutes"] * MINUTE
    rows = []
    for (basis, token, _), group in groups.items():
        group.sort(key=lambda a: (a.created, a.source, a.row))
        runs = [[group[0]]]
        for access in group[1:]:
            if access.created - runs[-1][-1].created > gap:
                runs.append([])
            runs[-1].append(access)
        rows += [row(run, basis, token, gap, unseen) for run in runs]
    return rows


def session_key(access):
    """What holds a session together: the actor with the token session, else the context without addresses."""
    if access.aad_session_id:
        return "aad-session", access.aad_session_id, lower(access.user_id)
    if access.session_id:
        return "session-id", access.session_id, lower(access.user_id)
    return "context", None, context_key(access)


def row(run, basis, token, gap, unseen):
    first, last = run[0].created, run[-1].created
    sizes = {}
    for access in run:
        for item in access.items:
            if item["message"] and item["size"] is not None:
                sizes[item["message"]] = max(sizes.get(item["message"], 0), item["size"])
    addresses = sorted({access.address for access in run if access.address})
    return {
        "mailbox": run[0].mailbox, "context": context_key(run[0]), "basis": basis, "token_session": token,
        "first_utc": first, "last_utc": last,
        "open_start": any(start <= first and first - end < gap for start, end in unseen),
        "open_end": any(start - last <= gap and end > last for start, end in unseen),
        "attribution": strongest(run), "records": len(run), "binds": sum(a.kind == "Bind" for a in run),
        "syncs": sum(a.kind == "Sync" for a in run), "items": sum(len(a.items) for a in run),
        "messages": len(set().union(*(a.messages for a in run))),
        "folders": len(set().union(*(a.folder_ids for a in run))),
        "size_bytes": sum(sizes.values()) if sizes else None, "throttled_records": sum(a.throttled is True for a in run),
        "address_count": len(addresses), "addresses": " ".join(addresses[:20]),
    }
