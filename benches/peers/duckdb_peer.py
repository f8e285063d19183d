"""DuckDB: portal CSV -> two zstd Parquet tables, record ids de-duplicated. Usage: duckdb_peer.py IN OUT

The fastest recipe found for it: read_csv, from_json with a declared type, distinct on the id. Prints version, accesses, items.
"""
import json
import os
import sys

import duckdb

source, out = sys.argv[1], sys.argv[2]
os.makedirs(out, exist_ok=True)
db = duckdb.connect()
db.execute("set threads=2; set preserve_insertion_order=false")
record = json.dumps({
    "Id": "VARCHAR", "CreationTime": "TIMESTAMP", "UserId": "VARCHAR", "MailboxGuid": "VARCHAR",
    "MailboxOwnerUPN": "VARCHAR", "ClientIPAddress": "VARCHAR", "ClientInfoString": "VARCHAR", "ClientAppId": "VARCHAR",
    "AppAccessContext": {"AADSessionId": "VARCHAR", "UniqueTokenId": "VARCHAR"},
    "OperationProperties": [{"Name": "VARCHAR", "Value": "VARCHAR"}],
    "LogonType": "INTEGER", "ExternalAccess": "BOOLEAN", "OperationCount": "INTEGER",
    "Folders": [{"Path": "VARCHAR", "FolderItems": [
        {"Id": "VARCHAR", "InternetMessageId": "VARCHAR", "SizeInBytes": "BIGINT", "Subject": "VARCHAR"}]}],
    "Item": {"ParentFolder": {"Path": "VARCHAR"}},
})
rows = (
    f"select unnest(from_json(AuditData, '{record}')) from read_csv('{source}', all_varchar=true, header=true, "
    "max_line_size=10000000) where Operation = 'MailItemsAccessed'"
)
db.execute(f"create temp table r as select distinct on (Id) * from ({rows})")


def stated(name):
    return f"list_filter(OperationProperties, lambda p: p.Name = '{name}')[1].Value"


parquet = "(format parquet, compression zstd, compression_level 1)"
db.execute(f"""copy (select Id as id, CreationTime as time, UserId as user_id, MailboxGuid as mailbox_guid,
    MailboxOwnerUPN as mailbox_upn, ClientIPAddress as client_ip, ClientInfoString as client_info, ClientAppId as app_id,
    AppAccessContext.AADSessionId as session_id, AppAccessContext.UniqueTokenId as token_id,
    {stated('MailAccessType')} as access_type, {stated('IsThrottled')} as throttled, LogonType as logon_type,
    ExternalAccess as external, OperationCount as op_count, Item.ParentFolder.Path as sync_path
    from r) to '{out}/accesses.parquet' {parquet}""")
db.execute(f"""copy (with f as (select Id as id, CreationTime as time, MailboxOwnerUPN as mailbox_upn, unnest(Folders) as f
    from r), x as (select id, time, mailbox_upn, f.Path as folder_path, unnest(f.FolderItems) as i from f)
    select id, time, mailbox_upn, folder_path, i['InternetMessageId'] as imid, i['Id'] as item_id, i['SizeInBytes'] as size,
    i['Subject'] as subject from x) to '{out}/items.parquet' {parquet}""")
count = lambda table: db.execute(f"select count(*) from '{out}/{table}.parquet'").fetchone()[0]
print(duckdb.__version__, count("accesses"), count("items"))
