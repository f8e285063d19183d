"""polars (Python): portal CSV -> two zstd Parquet tables, record ids de-duplicated. Usage: polars_peer.py IN OUT

The fastest recipe found for it: scan_csv, json_decode with a declared type, explode. Prints version, accesses, items.
"""
import os
import sys

import polars as pl

source, out = sys.argv[1], sys.argv[2]
os.makedirs(out, exist_ok=True)
text = pl.String
item = pl.Struct({"Id": text, "InternetMessageId": text, "SizeInBytes": pl.Int64, "Subject": text})
record = pl.Struct({
    "Id": text, "CreationTime": text, "UserId": text, "MailboxGuid": text, "MailboxOwnerUPN": text,
    "ClientIPAddress": text, "ClientInfoString": text, "ClientAppId": text,
    "AppAccessContext": pl.Struct({"AADSessionId": text, "UniqueTokenId": text}),
    "OperationProperties": pl.List(pl.Struct({"Name": text, "Value": text})),
    "LogonType": pl.Int64, "ExternalAccess": pl.Boolean, "OperationCount": pl.Int64,
    "Folders": pl.List(pl.Struct({"Path": text, "FolderItems": pl.List(item)})),
    "Item": pl.Struct({"ParentFolder": pl.Struct({"Path": text})}),
})
rows = (
    pl.scan_csv(source, infer_schema=False)
    .filter(pl.col("Operation") == "MailItemsAccessed")
    .select(pl.col("AuditData").str.json_decode(record).alias("d"))
    .unnest("d")
    .collect()
    .unique("Id", keep="first")
)


def stated(name):
    pair = pl.element().filter(pl.element().struct["Name"] == name).struct["Value"]
    return pl.col("OperationProperties").list.eval(pair).list.first()


time = pl.col("CreationTime").str.to_datetime("%Y-%m-%dT%H:%M:%S")
accesses = rows.select(
    id="Id", time=time, user_id="UserId", mailbox_guid="MailboxGuid", mailbox_upn="MailboxOwnerUPN",
    client_ip="ClientIPAddress", client_info="ClientInfoString", app_id="ClientAppId",
    session_id=pl.col("AppAccessContext").struct["AADSessionId"],
    token_id=pl.col("AppAccessContext").struct["UniqueTokenId"],
    access_type=stated("MailAccessType"), throttled=stated("IsThrottled"), logon_type="LogonType",
    external="ExternalAccess", op_count="OperationCount",
    sync_path=pl.col("Item").struct["ParentFolder"].struct["Path"],
)
items = (
    rows.select(record_id="Id", time=time, mailbox_upn="MailboxOwnerUPN", folder="Folders")
    .filter(pl.col("folder").list.len() > 0)
    .explode("folder").unnest("folder").explode("FolderItems").unnest("FolderItems")
)
accesses.write_parquet(f"{out}/accesses.parquet", compression="zstd", compression_level=1)
items.write_parquet(f"{out}/items.parquet", compression="zstd", compression_level=1)
print(pl.__version__, accesses.height, items.height)
