"""Points and spans of time: integer microseconds, UTC. Spans are (start, end) pairs, end exclusive."""

import re
from datetime import datetime, timedelta, timezone

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)? ([AP])M$", re.I)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?$")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$", re.I)


def micros(moment):
    """A datetime as microseconds; without a zone it is UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def parse(text):
    """Reads an instant as Microsoft or an examiner writes it; None if it is none of those spellings."""
    text = text.strip()
    if found := _ISO.match(text):
        year, month, day, hour, minute, second, fraction, zone = found.groups()
        value = _point(year, month, day, hour or 0, minute or 0, second or 0, fraction)
        if value is not None and zone and zone.upper() != "Z":
            digits = zone.replace(":", "")
            shift = int(digits[1:3]) * HOUR + int(digits[3:5]) * MINUTE
            value += shift if digits[0] == "-" else -shift
        return value
    if found := _US.match(text):
        month, day, year, hour, minute, second, fraction, half = found.groups()
        hour = int(hour) % 12 + (12 if half.upper() == "P" else 0)
        return _point(year, month, day, hour, minute, second or 0, fraction)
    if found := _DOTTED.match(text):
        day, month, year, hour, minute, second = found.groups()
        return _point(year, month, day, hour, minute, second or 0, None)
    if found := re.match(r"\\?/Date\((-?\d+)\)\\?/$", text):
        return int(found[1]) * 1000
    return None


def _point(year, month, day, hour, minute, second, fraction):
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second))
    except ValueError:
        return None
    return micros(moment) + (int((fraction[1:] + "000000")[:6]) if fraction else 0)


def iso(value):
    """`2023-11-24T09:14:03Z`; a fraction only where there is one."""
    whole, rest = divmod(value, SECOND)
    text = (_EPOCH + timedelta(seconds=whole)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:06}Z" if rest else f"{text}Z"


# Sets of instants: lists of spans, sorted, apart from each other.

def union(spans):
    """The instants in any of the spans."""
    joined = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def within(spans, bounds):
    """The part of a set inside one span."""
    return [(max(s, bounds[0]), min(e, bounds[1])) for s, e in spans if max(s, bounds[0]) < min(e, bounds[1])]


def common(first, second):
    """The instants in both sets."""
    return union(piece for bounds in second for piece in within(first, bounds))


def without(spans, taken):
    """The instants of the first set that are not in the second."""
    left = []
    for start, end in union(spans):
        for s, e in union(taken):
            if e <= start or s >= end:
                continue
            if s > start:
                left.append((start, s))
            start = max(start, e)
        if start < end:
            left.append((start, end))
    return left
