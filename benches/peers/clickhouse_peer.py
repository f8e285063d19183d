"""ClickHouse (chdb, in process): portal CSV -> two zstd Parquet tables, record ids de-duplicated. Usage: clickhouse_peer.py IN OUT

The fastest recipe found for it: typed JSONExtract into memory, limit 1 by id. Prints version, accesses, items.
"""
import os
import sys

import chdb
from chdb import session

source, out = sys.argv[1], sys.argv[2]
os.makedirs(out, exist_ok=True)
for table in ("accesses", "items"):
    if os.path.exists(f"{out}/{table}.parquet"):
        os.remove(f"{out}/{table}.parquet")
db = session.Session()
for setting in ("max_threads=2", "output_format_parquet_compression_method='zstd'", "output_format_compression_level=1",
                "format_csv_allow_double_quotes=1"):
    db.query(f"set {setting}")
record = (
    "Tuple(Id String, CreationTime DateTime, UserId String, MailboxGuid String, MailboxOwnerUPN String, "
    "ClientIPAddress String, ClientInfoString String, ClientAppId String, "
    "AppAccessContext Tuple(AADSessionId String, UniqueTokenId String), "
    "OperationProperties Array(Tuple(Name String, Value String)), LogonType Int32, ExternalAccess Bool, OperationCount Int32, "
    "Folders Array(Tuple(Path String, FolderItems Array(Tuple(Id String, InternetMessageId String, SizeInBytes Int64, "
    "Subject Nullable(String))))), Item Tuple(ParentFolder Tuple(Path String)))"
)
columns = ", ".join(f"{name} String" for name in (
    "RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData", "AssociatedAdminUnits", "AssociatedAdminUnitsNames"))
db.query("create database if not exists t")
db.query("use t")
db.query(f"""create table r engine=Memory as select * from (select JSONExtract(AuditData, '{record}') as d
    from file('{source}', 'CSVWithNames', '{columns}') where Operation = 'MailItemsAccessed') limit 1 by d.Id""")


def stated(name):
    return f"arrayFirst(p -> p.Name = '{name}', d.OperationProperties).Value"


db.query(f"""select d.Id as id, d.CreationTime as time, d.UserId as user_id, d.MailboxGuid as mailbox_guid,
    d.MailboxOwnerUPN as mailbox_upn, d.ClientIPAddress as client_ip, d.ClientInfoString as client_info, d.ClientAppId as app_id,
    d.AppAccessContext.AADSessionId as session_id, d.AppAccessContext.UniqueTokenId as token_id,
    {stated('MailAccessType')} as access_type, {stated('IsThrottled')} as throttled, d.LogonType as logon_type,
    d.ExternalAccess as external, d.OperationCount as op_count, d.Item.ParentFolder.Path as sync_path
    from r into outfile '{out}/accesses.parquet' format Parquet""")
db.query(f"""select d.Id as id, d.CreationTime as time, d.MailboxOwnerUPN as mailbox_upn, f.Path as folder_path,
    x.InternetMessageId as imid, x.Id as item_id, x.SizeInBytes as size, x.Subject as subject
    from r array join d.Folders as f array join f.FolderItems as x into outfile '{out}/items.parquet' format Parquet""")
counts = str(db.query(f"select (select count() from r), (select count() from file('{out}/items.parquet'))")).strip()
print(chdb.__version__, *counts.split(","))
