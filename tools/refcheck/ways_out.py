"""Other ways out of a mailbox (METHOD.md 9, `PTH`): events that show mail may have left without a MailItemsAccessed record."""

from . import instant, records

RULES = {"New-InboxRule", "Set-InboxRule", "UpdateInboxRules", "Enable-InboxRule"}
FORWARDS = {"forwardto", "redirectto", "forwardasattachmentto", "forwardingaddress", "forwardingsmtpaddress"}
OF_A_MAILBOX = {"AdminMailAccess", "CopilotInteraction", "New-MailboxExportRequest", "New-MailboxImportRequest",
                "Add-MailboxPermission", "Remove-MailboxPermission", "Add-MailboxFolderPermission", "Set-MailboxFolderPermission",
                "AddFolderPermissions", "ModifyFolderPermissions", "Add-RecipientPermission", "UpdateCalendarDelegation"}
OF_ALL = {"New-TransportRule", "Set-TransportRule", "Enable-TransportRule", "New-JournalRule", "Set-JournalRule",
          "SearchCreated", "SearchStarted", "SearchExported", "SearchPreviewed", "New-ComplianceSearch", "Start-ComplianceSearch",
          "New-ComplianceSearchAction", "New-MailboxSearch", "New-MigrationBatch", "New-MoveRequest"}


def open_for(related, lane, period):
    """The spans in the period in which another way out of the mailbox was open: from the event to the period's end."""
    spans = set()
    for record in related:
        created = instant.parse(records.text_of(record.get("CreationTime")) or "")
        if created is None or created >= period[1]:
            continue
        operation = record.get("Operation")
        forwarding = bool(FORWARDS & parameters(record))
        if operation in RULES | {"Set-Mailbox"} and forwarding:
            concerned = about(record, lane)  # it stays open, whenever it was made
        elif created < period[0]:
            continue
        else:
            concerned = operation in OF_ALL or operation in RULES | OF_A_MAILBOX and about(record, lane)
        if concerned:
            spans.add((max(created, period[0]), period[1]))
    return sorted(spans)


def parameters(record):
    """Names of the parameters that have a value."""
    return {str(entry.get("Name")).lower() for entry in records.listed(record.get("Parameters"))
            if str(entry.get("Value") or "").strip() not in ("", "$null")}


def about(record, lane):
    """Whether an event is about the mailbox; one that names none is about every mailbox."""
    get = lambda name: (records.text_of(record.get(name)) or "").lower()
    if get("MailboxGuid"):
        return lane.key.endswith("/" + get("MailboxGuid"))
    target = get("MailboxOwnerUPN") or get("ObjectId").split("\\")[0]
    target = target if "@" in target else get("UserId")
    return target in lane.upns if "@" in target else True
