"""Ways in (METHOD.md 6) and what the examiner says of each access (METHOD.md 8)."""

import fnmatch
import functools
import ipaddress
import re

from . import case as cases

# The dated list of background services: (AppId, ClientAppId). A record is service noise only if its client string also says
# RESTSystem or names a server assistant.
SERVICES = {
    ("13937bba-652e-4c46-b222-3003f4d1ff97", None), ("b669c6ea-1adf-453f-b8bc-6d526592b419", None),
    ("26abc9a8-24f0-4b11-8234-e86ede698878", None), ("8f0bb7d0-51ef-4c03-8837-ab91cbc1c509", None),
    ("8a18aa92-0a1e-4e06-abd0-e118fa4787b1", "3c8e478f-21ca-493a-b87c-c7366d664d54"),
    ("5a2ee4c5-13b8-465b-88d7-75ecf16830ad", "3c8e478f-21ca-493a-b87c-c7366d664d54"),
    ("f3f64fec-ecee-4e9a-9eed-a36a5e421300", "3c8e478f-21ca-493a-b87c-c7366d664d54"),
}
ASSISTANT = re.compile(r"client=(restsystem|eba|tba|elc|hub transport)", re.I)

STRENGTH = ["unattributed", "accepted", "shared", "provisional", "suspect"]
# Where nobody marked anything, the accesses of unusual windows count as suspect ones.
SUSPECT = ("suspect", "provisional")


@functools.cache
def family(client_info_string):
    """The client family: the last `Client=` word of the client string; for POP and IMAP the protocol."""
    words = re.findall(r"(?:^|;)\s*Client=([^;]*)", client_info_string or "", re.I)
    if not words:
        return None
    return words[-1].strip() or None


def lower(text):
    return text.lower() if text else None


def context_key(access):
    """Actor, UserType, LogonType, AppId, ClientAppId, client family, DeviceId."""
    return (lower(access.user_id), access.user_type, access.logon_type, lower(access.app_id), lower(access.client_app_id),
            family(access.client_info_string), lower(access.device_id))


def is_service(access):
    """A Microsoft background service, recognised positively: its pair stands on the list and the client string says so."""
    return ((lower(access.app_id), lower(access.client_app_id)) in SERVICES
            and bool(ASSISTANT.search(access.client_info_string or "")))


def matches(entry, access, upns):
    """Whether every field of an entry agrees with an access."""
    for name, values in entry.fields.items():
        if name == "address":
            found = in_networks(access.address, tuple(values))
        elif name == "client":
            found = any(whole_text(pattern, text) for pattern in values
                        for text in (access.client_info_string, access.actor_info_string) if text)
        elif name == "client_family":
            found = lower(family(access.client_info_string)) in values
        elif name == "unique_token_id":
            found = access.unique_token_id in values
        elif name == "mailbox":
            found = any(cases.means(value, access.mailbox, upns.get(access.mailbox, ())) for value in values)
        else:
            found = any(lower(value) in values for value in cases.FIELDS[name](access) if value)
        if not found:
            return False
    first, last = access.span
    if entry.suspect:  # a span that straddles an edge counts on the suspect side
        return (entry.start is None or last >= entry.start) and (entry.end is None or first < entry.end)
    return (entry.start is None or first >= entry.start) and (entry.end is None or last < entry.end)


@functools.cache
def whole_text(pattern, text):
    """Whether a text is what a pattern says: `*` is any run of characters, nothing else is special."""
    literal = re.sub(r"[\[?]", lambda found: f"[{found[0]}]", pattern)
    return fnmatch.fnmatchcase(text.lower(), literal)


@functools.cache
def in_networks(address, networks):
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    return any(parsed.version == network.version and parsed in network for network in networks)


def judge(case, accesses, upns, unusual=()):
    """Gives each access its attribution. `unusual`: (mailbox, context key, first, last) of windows that mark provisionally."""
    windows = {}
    for mailbox, key, first, last in unusual if case.attribution is None else ():
        windows.setdefault((mailbox, key), []).append((first, last))
    known_devices = {lower(row["device_id"]) for row in case.devices if "device_id" in row}
    known_networks = [ipaddress.ip_network(row["network"], strict=False) for row in case.devices if "network" in row]
    for access in accesses:
        found = [entry for entry in case.attribution or [] if matches(entry, access, upns)]
        suspect = [entry for entry in found if entry.suspect]
        accepted = [entry for entry in found if not entry.suspect]
        access.by_list = False
        if suspect:
            known = (any({"address", "device"} & set(entry.fields) for entry in accepted)
                     or lower(access.device_id) in known_devices or in_networks(access.address, tuple(known_networks)))
            shared = all(entry.only_by_token_session for entry in suspect) and known
            access.attribution = "shared" if shared else "suspect"
        elif accepted:
            access.attribution = "accepted"
        else:
            access.by_list = is_service(access)
            access.attribution = "accepted" if access.by_list else "unattributed"
            key = tuple(None if part is None else str(part) for part in context_key(access))
            own = windows.get((access.mailbox, key), ()) if access.in_window and not access.by_list else ()
            if any(first <= access.created <= last for first, last in own):
                access.attribution = "provisional"


def strongest(accesses):
    return max((access.attribution for access in accesses), key=STRENGTH.index)


def contexts(accesses):
    """The access contexts of the accesses in the window: one row a key."""
    groups = {}
    for access in accesses:
        if access.in_window:
            groups.setdefault(context_key(access), []).append(access)
    rows = []
    for key, group in groups.items():
        effective = {lower(access.effective_app) for access in group}
        rows.append({
            "key": key, "effective_app": effective.pop() if len(effective) == 1 else sorted(effective, key=str)[0],
            "app_only": key[1] in ("Application", "ServicePrincipal"), "service": all(is_service(a) for a in group),
            "attribution": strongest(group), "first_utc": min(a.created for a in group),
            "last_utc": max(a.created for a in group), "records": len(group),
            "messages": len({(a.mailbox, message) for a in group for message in a.messages}), "mailboxes": len({a.mailbox for a in group}),
            "addresses": len({a.address for a in group if a.address}),
        })
    return rows
