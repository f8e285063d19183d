"""What happened to each message (METHOD.md 10): the strongest class and every reason, per mailbox and message.

Not recomputed: CLK (it needs outer columns of exports). `INV` is judged by the listing's date alone.
"""

import bisect

from . import case as cases
from . import coverage, records, ways_out
from .attribution import SUSPECT
from .instant import DAY, MINUTE, within

CLASSES = ["A", "B1", "B2", "B3", "C-near", "C-far", "D1", "D0", "N"]
SUCCESS = ("succeeded", "partiallysucceeded")
# A Sync stands for its hour of suppression and the two minutes of aggregation.
SYNC_REACH = 62 * MINUTE
NEAR = 24 * 60 * MINUTE
WITHOUT_MAIL = ("calendar", "conflicts", "outbox")
OUTBOX = "AAAAAAELAAAB"


class Fact:
    """One thing that speaks against excluding messages: when, which messages (None: all of the mailbox), and before when a
    message must have been received to be reached (None: any)."""

    def __init__(self, reason, span, messages=None, present_before=None):
        self.reason, self.span, self.messages, self.present_before = reason, span, messages, present_before

    def reaches(self, message):
        if self.messages is not None:
            return message.key in self.messages
        return present(message, self.present_before)


class Message:
    """A message of a mailbox: `received` is None where nobody states it."""

    def __init__(self, key):
        self.key, self.listed, self.received, self.folder_ids = key, False, None, set()


NEVER = object()


def reach_of(syncs):
    """The instant before which a message must have been received to be among what was synchronised; NEVER without a Sync."""
    return max((a.created + SYNC_REACH + 1 for a in syncs), default=NEVER)


def present(message, before):
    """Whether it was there before an instant (None: any); unknown receipt counts as received."""
    if before is NEVER:
        return False
    return before is None or message.received is None or message.received < before


def classify(case, result):
    period = result.read.period
    rows = []
    for key, lane in result.lanes.items():
        rows += of_mailbox(case, result, lane, period)
    return rows


def in_period(access, period):
    """A span that straddles an edge of the period counts as inside."""
    first, last = access.span
    return last >= period[0] and first < period[1]


def of_mailbox(case, result, lane, period):
    accesses = [a for a in lane.accesses if in_period(a, period)]
    store_ids = {item["item_id"]: item["message"] for a in lane.accesses if a.kind == "Bind"
                 for item in a.items if item["item_id"] and item["message"]}
    names = {id(a): named(a, store_ids) for a in accesses}
    known = set().union(*(named(a, store_ids) for a in lane.accesses if a.in_window), *names.values())
    listings = [one for one in case.listings if any(on_listing(lane, row) for row in one.rows)]
    messages = universe(lane, listings, known)
    suspect = [a for a in accesses if a.attribution in SUSPECT]
    recorded, failed = set(), []
    for access in suspect:
        if access.synchronises:
            continue
        if (access.result_status or "").lower() in SUCCESS:
            recorded |= names[id(access)]
        else:
            failed.append(access)
    whole = (period[0], period[1] - 1)
    facts = coverage_facts(result, lane, period)
    facts += access_facts(accesses, failed, names, case)
    facts += suppression_facts(accesses, suspect, names)
    facts += unnamed_facts(accesses, names)
    facts += listing_facts(case, lane, listings, messages, accesses, names, suspect, period)
    facts += other_facts(case, result, lane, period)
    facts += outside_facts(lane, store_ids, period)
    marked = [a for a in lane.accesses if a.attribution in SUSPECT]
    for fact in facts:
        first, last = fact.span or whole  # a reason that names neither hours nor a record speaks of the whole period
        fact.near = any(a.span[0] <= last + NEAR and first - NEAR <= a.span[1] for a in marked)
    suspect_syncs = [a for a in suspect if a.synchronises]
    recorded_by_anybody = set().union(*names.values())
    synchronised = any(a.synchronises for a in accesses)
    last_mail_sync = reach_of(a for a in suspect_syncs if holds_mail(a))
    last_sync = reach_of(suspect_syncs)
    blind = within(coverage.blind(case.rules, lane), period)  # not where throttling is only suspected
    rows = []
    for key in sorted(messages):
        message = messages[key]
        reasons = [fact for fact in facts if fact.reaches(message)]
        touched = key in recorded_by_anybody or synchronised
        if key in recorded:
            class_ = "A"
        elif present(message, last_mail_sync):
            class_ = "B1"
        elif present(message, last_sync) and case.policy["presume_mailbox_on_sync"]:
            class_ = "B2"
        elif case.policy["presume_mailbox_on_throttle"] and throttle_presumed(blind, message, suspect):
            class_ = "B3"
        elif reasons:
            class_ = "C-near" if any(fact.near for fact in reasons) else "C-far"
        elif message.listed:
            class_ = "D1" if touched else "D0"
        else:
            class_ = "N"
        rows.append({"mailbox": lane.key, "message": key, "class": class_,
                     "reasons": codes(reasons), "near_reasons": codes(fact for fact in reasons if fact.near),
                     "listed": message.listed})
    return rows


def named(access, store_ids):
    """The messages an access names; of an AttachmentAccess those whose store id a Bind names, too."""
    if access.kind != "Attachment":
        return access.messages
    return access.messages | {store_ids[item["item_id"]] for item in access.items if item["item_id"] in store_ids}


def on_listing(lane, row):
    return cases.means(row["mailbox"], lane.key, lane.upns)


def universe(lane, listings, known):
    """The messages to be classed: listed in the mailbox, or known from a record of the window or the period."""
    messages = {}
    for listing in listings:
        for row in listing.rows:
            if not on_listing(lane, row):
                continue
            new = row["message"] not in messages
            message = messages.setdefault(row["message"], Message(row["message"]))
            # Senders choose ids: one id on several rows is as old as its oldest row, and of unknown age if one row is.
            earlier = row["received"] if new else None if None in (message.received, row["received"]) else min(
                message.received, row["received"])
            message.received, message.listed = earlier, True
            if row["folder_id"]:
                message.folder_ids.add(row["folder_id"])
    for key in known:
        messages.setdefault(key, Message(key))
    return messages


def holds_mail(access):
    """Whether a synchronised folder holds mail; one whose folder is not named may."""
    for folder in access.folders:
        name = (folder["name"] or folder["path"] or "").split("\\")[-1].strip().lower()
        if name not in WITHOUT_MAIL and not (folder["id"] or "").endswith(OUTBOX):
            return True
    return not access.folders


def throttle_presumed(blind, message, suspect):
    """A suspect access in a blind period, or within the 24 h before it."""
    for start, end in blind:
        if present(message, end) and any(a.span[1] >= start - DAY and a.span[0] < end for a in suspect):
            return True
    return False


def coverage_facts(result, lane, period):
    """Coverage speaks of records, which are made up to two minutes after what they are about."""
    facts = []
    window, lag = result.read.window, result.read.lag
    # What lies outside the window was not looked at.
    outside = [(coverage.FOREVER[0], window[0], "source-gap"), (window[1], coverage.FOREVER[1], "source-gap")]
    for spans in [*result.coverage[lane.key].values(), outside]:
        for start, end, state in spans:
            reason = coverage.STATES[state]
            for piece in within([(start - lag, end)], period) if reason else ():
                facts.append(Fact(reason, piece, present_before=piece[1]))
    return facts


def access_facts(accesses, failed, names, case):
    """Accesses that are not accepted: UNA, CTX, and SYN where a suspect Sync presumes nothing."""
    facts = []
    for access in accesses:
        reason = {"unattributed": "UNA", "shared": "CTX"}.get(access.attribution)
        if access in failed:
            reason = "UNA"
        if access.synchronises and reason:  # of D1, every Sync must be accepted: it speaks of the whole mailbox
            facts.append(Fact(reason, (access.created, access.created + SYNC_REACH)))
        elif reason:
            facts.append(Fact(reason, access.span, messages=names[id(access)]))
        elif access.synchronises and access.attribution in SUSPECT and not case.policy["presume_mailbox_on_sync"]:
            facts.append(Fact("SYN", access.span, present_before=reach_of([access])))
    return facts


def outside_facts(lane, store_ids, period):
    """UNA: suspect accesses outside the suspect period. They make no A, but what they name is not excluded (the gate)."""
    return [Fact("UNA", a.span, messages=named(a, store_ids)) for a in lane.accesses
            if a.attribution in SUSPECT and not in_period(a, period) and not a.synchronises]


def suppression_facts(accesses, suspect, names):
    """SUP: named by a non-suspect record that the service could have merged with, or hidden behind, a suspect access."""
    facts = []
    if not suspect:
        return facts
    suspect = sorted(suspect, key=lambda a: a.created)
    times = [a.created for a in suspect]
    margin = SYNC_REACH + 2 * MINUTE  # of two records' times, with room for a Bind's two minutes
    for access in accesses:
        if access.synchronises or access.attribution in SUSPECT:
            continue
        nearby = suspect[bisect.bisect_left(times, access.created - margin):bisect.bisect_right(times, access.created + margin)]
        if any(apart(access, other) <= SYNC_REACH and alike(access, other) for other in nearby):
            facts.append(Fact("SUP", access.span, messages=names[id(access)]))
    return facts


def apart(one, other):
    return max(one.span[0] - other.span[1], other.span[0] - one.span[1], 0)


def alike(one, other):
    """The service's suppression key as far as records show it; absent agrees with any."""
    for field in ("address", "client_info_string", "logon_type", "mailbox", "user_id", "session_id", "aad_session_id"):
        first, second = getattr(one, field), getattr(other, field)
        if first is not None and second is not None and first.lower() != second.lower():
            return False
    return True


def unnamed_facts(accesses, names):
    """IDL: items without message ids."""
    facts = []
    for access in accesses:
        unnamed = (access.kind == "Bind" and (not access.items or any(not item["message"] for item in access.items))
                   or access.kind == "Attachment" and not names[id(access)])
        if unnamed:
            facts.append(Fact("IDL", access.span, present_before=access.created + 1))
    return facts


def listing_facts(case, lane, listings, messages, accesses, names, suspect, period):
    """INV and UNM: what is wrong with the list of the mailbox's messages."""
    facts = []
    if not listings:
        return facts
    if not any(one.as_of is not None and one.as_of >= period[1] for one in listings):
        facts.append(Fact("INV", None))
    logged = set().union(*names.values()) if names else set()
    marked = set().union(*(names[id(a)] for a in suspect)) if suspect else set()
    found = {key for key in logged if messages[key].listed}
    if marked - found or (logged and len(found) < case.join_floor * len(logged)):
        facts.append(Fact("UNM", None))
    return facts


def other_facts(case, result, lane, period):
    facts = []
    if case.attribution is None:
        facts.append(Fact("PRO", None))
    if uncertain(case, result, lane):
        facts.append(Fact("KEY", None))
    facts += [Fact("PTH", span, present_before=period[1]) for span in ways_out.open_for(result.read.related, lane, period)]
    for row in result.read.rejected:
        source = result.read.sources[row["source"]]
        scope = source.declared.mailboxes
        if row["mailbox"] == lane.key or row["mailbox"] is None and (
                scope is None or any(cases.means(name, lane.key, lane.upns) for name in scope)):
            facts.append(Fact("QUA", None))
    return facts


def uncertain(case, result, lane):
    """Whether GUID and UPN of a mailbox disagree over time."""
    if len(lane.upns) > 1 or any(row.get("former") for row in case.roster
                                 if row.get("upn", "").lower() in lane.upns or row.get("mailbox_guid", "").lower() in lane.key):
        return lane.kind != "archive"
    return any(other.key != lane.key and set(other.upns) & set(lane.upns) and "archive" not in (other.kind, lane.kind)
               for other in result.lanes.values())


def codes(facts):
    return " ".join(sorted({fact.reason for fact in facts}))


def from_out(row):
    """A row of exposure.csv in the same columns."""
    order = lambda text: " ".join(sorted(text.split()))
    return {"mailbox": row["mailbox"], "message": records.message_key(row["internet_message_id"]), "class": row["class"],
            "reasons": order(row["reasons"]), "near_reasons": order(row["near_reasons"]), "listed": row["listed"]}
