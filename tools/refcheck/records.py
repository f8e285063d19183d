"""An audit record as an access: Microsoft's spelling turned into one value a field, absent as None (METHOD.md 2 to 4)."""

import functools
import ipaddress
import json
import re

from . import containers, instant

RECORD_TYPES = {1: "ExchangeAdmin", 2: "ExchangeItem", 3: "ExchangeItemGroup", 19: "ExchangeAggregatedOperation",
                50: "ExchangeItemAggregated"}
USER_TYPES = dict(enumerate(["Regular", "Reserved", "Admin", "DcAdmin", "System", "Application", "ServicePrincipal",
                             "CustomPolicy", "SystemPolicy", "PartnerTechnician", "Guest"]))
LOGON_TYPES = dict(enumerate(["Owner", "Admin", "Delegated", "Transport", "SystemService", "BestAccess", "DelegatedAdmin"]))
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.I)

# Fields of which two copies of a record must agree where both state them.
STATED = (
    "created", "record_type", "throttled", "result_status", "organization_id", "mailbox_guid", "mailbox_owner_upn", "user_id",
    "user_type", "user_key", "logon_type", "internal_logon_type", "logon_user_sid", "external_access", "client_ip_address",
    "client_info_string", "actor_info_string", "app_id", "client_app_id", "context_client_app_id", "api_id",
    "client_process_name", "client_version", "device_id", "session_id", "aad_session_id", "unique_token_id", "issued_at",
    "token_object_id", "token_tenant_id", "operation_count", "stated_type",
)


class Access:
    """One access. `items` are dicts (folder_id, message, item_id, size, …), `folders` dicts (id, path, name)."""

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def derive(self):
        """What follows from the fields, once all copies are merged."""
        # Bind, Sync, Attachment or Unknown: as stated, else by record type (2 Sync, 50 Bind).
        by_record_type = {"ExchangeItem": "Sync", "ExchangeItemAggregated": "Bind"}
        self.kind = self.stated_type or by_record_type.get(self.record_type, "Unknown")
        if self.operation == "AttachmentAccess":
            self.kind = "Attachment"
        # Unknown is treated as a Sync, never as a Bind.
        self.synchronises = self.kind in ("Sync", "Unknown")
        # When it may have happened, both ends inclusive: a Bind's items in the two minutes before the record.
        self.span = (self.created - (2 * instant.MINUTE if self.kind == "Bind" else 0), self.created)
        self.effective_app = (self.client_app_id or self.context_client_app_id or bracket_app(self.client_info_string)
                              or bracket_app(self.actor_info_string) or self.app_id)
        self.messages = {item["message"] for item in self.items if item["message"]}
        self.folder_ids = {folder["id"] for folder in self.folders if folder["id"]}


def bracket_app(text):
    found = re.search(r"\[AppId=([^\]]+)\]", text or "")
    return found[1] if found else None


def message_key(text):
    """An InternetMessageId for comparison: without `<>`, unfolded, trimmed, without case; None if nothing is left."""
    text = re.sub(r"[\r\n\t]", "", text or "").strip()
    text = text.removeprefix("<").removesuffix(">").strip().lower()
    return text or None


def text_of(value):
    """A stated text; absent and empty are None."""
    if value is None or isinstance(value, (dict, list)):
        return None
    return str(value).strip() or None


def whole(value):
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None


def truth(value):
    return {"true": True, "false": False}.get(str(value).strip().lower())


def coded(value, names):
    """A value of one of Microsoft's closed lists, by number or by name; an unseen spelling stays as it is."""
    text = text_of(value)
    if text is None:
        return None
    number = whole(text) if re.fullmatch(r"\d+(\.0)?", text) else None
    if number in names:
        return names[number]
    return next((name for name in names.values() if name.lower() == text.lower()), text)


@functools.cache
def address(text):
    """An address or host without port, brackets and IPv4 mapping; None if there is none."""
    text = (text or "").strip()
    if found := re.fullmatch(r"\[([^\]]+)\](:\d+)?", text):
        text = found[1]
    elif re.fullmatch(r"[^:]+:\d+", text):
        text = text.rsplit(":", 1)[0]
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return text.lower() if re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?", text) else None
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def properties(value):
    """OperationProperties in any of its shapes, as a dict with lower-case names."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {name.lower(): text for name, text in re.findall(r"(\w+)\s*[:=]\s*(\w+)", value)}
    if isinstance(value, dict):
        value = [value]
    return {str(entry.get("Name")).lower(): str(entry.get("Value")) for entry in value or [] if isinstance(entry, dict)}


def listed(value):
    """A list of objects: an array, one object in its place, or nothing."""
    if isinstance(value, dict):
        value = [value]
    return [entry for entry in value or [] if isinstance(entry, dict)] if isinstance(value, list) else []


def mailbox_key(organization, guid, upn):
    """`organization/guid`, else `upn:` and the UPN; None if a record names no mailbox."""
    if guid and guid.strip("0-"):
        return f"{(organization or '-').lower()}/{guid.lower()}"
    return f"upn:{upn.lower()}" if upn else None


def access(record, source, row):
    """The access a record of a wanted operation states; None if it must be rejected (no time, no mailbox)."""
    get = lambda name: text_of(record.get(name))
    created = instant.parse(get("CreationTime") or "")
    key = mailbox_key(get("OrganizationId"), get("MailboxGuid"), get("MailboxOwnerUPN"))
    if created is None or key is None:
        return None
    context = record.get("AppAccessContext")
    if isinstance(context, str):
        context = containers.body(context)
    context = (listed(context) or [{}])[0]
    flags = properties(record.get("OperationProperties"))
    record_id = get("Id") or f"row:{source}:{row}"
    folders, items = contents(record)
    return Access(
        source=source, row=row, operation=get("Operation"), created=created, mailbox=key,
        record_id=record_id.lower() if GUID.match(record_id) else record_id,
        record_type=coded(record.get("RecordType"), RECORD_TYPES),
        stated_type={"bind": "Bind", "sync": "Sync"}.get(flags.get("mailaccesstype", "").lower()),
        throttled=truth(flags.get("isthrottled")), result_status=get("ResultStatus"),
        organization_id=get("OrganizationId"), mailbox_guid=get("MailboxGuid"), mailbox_owner_upn=get("MailboxOwnerUPN"),
        user_id=get("UserId"), user_type=coded(record.get("UserType"), USER_TYPES), user_key=get("UserKey"),
        logon_type=coded(record.get("LogonType"), LOGON_TYPES),
        internal_logon_type=coded(record.get("InternalLogonType"), LOGON_TYPES),
        logon_user_sid=get("LogonUserSid"), external_access=truth(record.get("ExternalAccess")),
        client_ip_address=get("ClientIPAddress") or get("ClientIP"),
        address=address(get("ClientIPAddress") or get("ClientIP")),
        client_info_string=get("ClientInfoString"), actor_info_string=get("ActorInfoString"),
        app_id=get("AppId"), client_app_id=get("ClientAppId"), context_client_app_id=text_of(context.get("ClientAppId")),
        api_id=text_of(context.get("APIId")), client_process_name=get("ClientProcessName"), client_version=get("ClientVersion"),
        device_id=get("DeviceId"), session_id=get("SessionId"), aad_session_id=text_of(context.get("AADSessionId")),
        unique_token_id=text_of(context.get("UniqueTokenId")), issued_at=instant.parse(text_of(context.get("IssuedAtTime")) or ""),
        token_object_id=get("TokenObjectId"), token_tenant_id=get("TokenTenantId"),
        operation_count=whole(record.get("OperationCount")), folders=folders, items=items,
    )


def contents(record):
    """Folders and items that a record names."""
    folders, items = [], []

    def folder(entry):
        path = text_of(entry.get("Path"))
        folders.append({"id": text_of(entry.get("Id")), "path": None if path == "Not Available" else path,
                        "name": text_of(entry.get("Name"))})
        return folders[-1]["id"]

    def item(entry, folder_id, message_item=None):
        items.append({
            "folder_id": folder_id, "internet_message_id": text_of(entry.get("InternetMessageId")),
            "message": message_key(text_of(entry.get("InternetMessageId"))), "item_id": text_of(entry.get("Id")),
            "attachment_id": text_of((message_item or {}).get("Id")), "immutable_id": text_of(entry.get("ImmutableId")),
            "size": whole((message_item or entry).get("SizeInBytes")), "subject": text_of(entry.get("Subject")),
        })

    for entry in listed(record.get("Folders")):
        folder_id = folder(entry)
        for named in listed(entry.get("FolderItems")):
            item(named, folder_id)
    for entry in listed(record.get("Item")):
        for parent in listed(entry.get("ParentFolder")):
            folder(parent)
    for entry in listed(record.get("Messages")):
        for message_item in listed(entry.get("MessageItems")) or [{}]:
            item(entry, None, message_item)
    return folders, items
