//! Owns the JSON body of a record: keys, their order, and what each year leaves out.

use super::{Access, Admin, Directory, Event, Item, Layout, Record, Schema, SignIn};
use crate::{
    context::Context,
    json::{Escapes, Json, pretty},
};

impl Record {
    /// The body as compact JSON.
    #[must_use]
    pub fn audit_data(&self) -> Vec<u8> {
        let mut json = Json::new(Escapes::Minimal);
        json.object(|json| self.fields(json));
        json.into_bytes()
    }

    /// The body as it stands in a cell of a CSV.
    pub(crate) fn cell(&self) -> Vec<u8> {
        match self.layout {
            Layout::Compact => self.audit_data(),
            Layout::Lines => pretty(&self.audit_data(), 2, "\n", ": "),
        }
    }

    /// The body's fields, into an object that is open.
    pub(crate) fn fields(&self, json: &mut Json) {
        match &self.event {
            Event::Bind { access, items } => {
                self.mailbox_fields(json, access);
                json.key("OperationProperties");
                operation_properties(json, self.schema, "Bind", access.throttled, NameFirst::Yes);
                json.field("OrganizationName", &self.organization_name);
                json.field("OriginatingServer", &format!("{}\r\n", access.server));
                self.session(json, &access.context);
                json.key("Folders");
                folders_json(json, self.schema, access, items);
                json.field_number("OperationCount", i64::try_from(items.len()).unwrap_or(0));
            }
            Event::Attachment { access, item } => {
                self.mailbox_fields(json, access);
                json.field_pairs("OperationProperties", &[("AttachmentAccessType", "Bind")]);
                json.field("OrganizationName", &self.organization_name);
                json.field("OriginatingServer", &format!("{}\r\n", access.server));
                self.session(json, &access.context);
                attachments_json(json, access, item);
                json.field_number("OperationCount", 1);
            }
            Event::Sync { access } => {
                self.mailbox_fields(json, access);
                json.key("OperationProperties");
                operation_properties(json, self.schema, "Sync", access.throttled, NameFirst::Yes);
                json.field("OrganizationName", &self.organization_name);
                json.field("OriginatingServer", &format!("{}\r\n", access.server));
                self.session(json, &access.context);
                json.key("Item");
                item_json(json, access);
            }
            Event::Mailbox { access, items, .. } => self.mailbox_operation(json, access, items),
            Event::SignIn(sign_in) => self.sign_in(json, sign_in),
            Event::Directory(directory) => self.directory(json, directory),
            Event::Admin(admin) => self.admin(json, admin),
        }
    }

    fn base(&self, json: &mut Json, status: &str, user_key: &str, user_type: i64) {
        json.field_time("CreationTime", self.created);
        json.field("Id", &self.id);
        json.field("Operation", self.operation());
        json.field("OrganizationId", &self.organization_id);
        json.field_number("RecordType", self.record_type().0);
        json.field("ResultStatus", status);
        json.field("UserKey", user_key);
        json.field_number("UserType", user_type);
        json.field_number("Version", 1);
        json.field("Workload", self.workload());
    }

    fn mailbox_fields(&self, json: &mut Json, access: &Access) {
        let context = &*access.context;
        self.app_access_context(json, context);
        self.base(json, "Succeeded", &self.user_key(context), self.user_type(context));
        // Bind records carry ClientIPAddress only; the others carry both.
        if !matches!(self.event, Event::Bind { .. }) {
            json.field("ClientIP", &context.address);
        }
        json.field("UserId", &context.user_id);
        let (app, client) = self.apps(context);
        for (key, value) in [("AppId", app), ("ClientAppId", client)] {
            if let Some(value) = value {
                json.field(key, value);
            }
        }
        json.field("ClientIPAddress", &context.address);
        json.field("ClientInfoString", &context.client_info);
        if let Some((process, version)) = &context.process {
            json.field("ClientProcessName", process);
            json.field("ClientVersion", version);
        }
        if let Some(device) = context.device.as_ref().filter(|_| self.schema >= Schema::Y2025) {
            json.field("DeviceId", device);
        }
        json.field_bool("ExternalAccess", false);
        json.field_number("InternalLogonType", 0);
        json.field_number("LogonType", context.logon_type);
        json.field("LogonUserSid", &context.user_sid);
        json.field("MailboxGuid", &access.mailbox_guid);
        json.field("MailboxOwnerSid", &access.mailbox_sid);
        json.field("MailboxOwnerUPN", &access.mailbox_upn);
    }

    /// Background services are recorded as a person in the older years, as an application in the newer ones.
    pub(crate) fn user_type(&self, context: &Context) -> i64 {
        if self.schema >= Schema::Y2024 && context.client_info.contains("RESTSystem") { 5 } else { context.user_type }
    }

    pub(crate) fn user_key(&self, context: &Context) -> String {
        match &context.app_id {
            Some(app) if self.user_type(context) == 5 && context.user_type != 5 => app.to_string(),
            _ => context.user_key.to_string(),
        }
    }

    /// `AppId` and `ClientAppId` as the year writes them.
    pub(crate) fn apps<'a>(&self, context: &'a Context) -> (Option<&'a str>, Option<&'a str>) {
        let (app, client) = (context.app_id.as_deref(), context.client_app_id.as_deref());
        if self.schema < Schema::Y2024 {
            return (app, client);
        }
        if context.process.is_some() {
            (Some("00000002-0000-0ff1-ce00-000000000000"), Some("d3590ed6-52b3-4102-aeff-aad2292ab01c"))
        } else if context.client_info.starts_with("Client=OWA") {
            (app, Some("9199bf20-a13f-4107-85dc-02114787ef48"))
        } else {
            (app, client)
        }
    }

    fn app_access_context(&self, json: &mut Json, context: &Context) {
        let aad_session = context.session.as_deref().filter(|_| self.schema >= Schema::Y2024);
        let token = context.token.as_ref().filter(|_| self.schema >= Schema::Y2023);
        if aad_session.is_none() && token.is_none() {
            return;
        }
        json.key("AppAccessContext");
        json.object(|json| {
            if let Some(session) = aad_session {
                json.field("AADSessionId", session);
            }
            if let Some(app) = self.apps(context).0 {
                json.field("APIId", app);
            }
            if let Some(app) = self.apps(context).1 {
                json.field("ClientAppId", app);
            }
            if let Some(token) = token {
                json.field_time("IssuedAtTime", token.issued_at);
                json.field("UniqueTokenId", &token.unique_token_id);
            }
        });
    }

    fn session(&self, json: &mut Json, context: &Context) {
        if let Some(session) = context.session.as_deref().filter(|_| self.schema < Schema::Y2025) {
            json.field("SessionId", session);
        }
        if self.schema >= Schema::Y2025 {
            json.field("TokenTenantId", &self.organization_id);
        }
    }

    fn mailbox_operation(&self, json: &mut Json, access: &Access, items: &[(Item, String)]) {
        self.mailbox_fields(json, access);
        json.field("OrganizationName", &self.organization_name);
        json.field("OriginatingServer", &format!("{}\r\n", access.server));
        self.session(json, &access.context);
        let item = |json: &mut Json, (item, subject): &(Item, String)| {
            json.object(|json| {
                json.field("Id", &access.store.item_id(access.folder_counter, item.number));
                json.field("InternetMessageId", &item.internet_message_id);
                json.key("ParentFolder");
                json.object(|json| {
                    json.field("Id", &access.folder_id);
                    json.field("Path", &access.folder_path);
                });
                json.field_number("SizeInBytes", item.size_bytes);
                json.field("Subject", subject);
            });
        };
        if self.record_type().0 == 2 {
            json.key("Item");
            items.iter().take(1).for_each(|one| item(json, one));
        } else {
            json.key("AffectedItems");
            json.array(|json| items.iter().for_each(|one| item(json, one)));
            json.key("Folder");
            json.object(|json| {
                json.field("Id", &access.folder_id);
                json.field("Path", &access.folder_path);
            });
        }
    }

    fn sign_in(&self, json: &mut Json, sign_in: &SignIn) {
        let status = if sign_in.failure.is_some() { "Failed" } else { "Success" };
        self.base(json, status, &sign_in.user_key, 0);
        json.field("ClientIP", &sign_in.address);
        json.field("ObjectId", &sign_in.application_id);
        json.field("UserId", &sign_in.user_id);
        json.field_number("AzureActiveDirectoryEventType", 1);
        let detail = if sign_in.failure.is_some() { "UserError" } else { "Success" };
        json.field_pairs(
            "ExtendedProperties",
            &[("ResultStatusDetail", detail), ("UserAgent", sign_in.user_agent), ("RequestType", "OAuth2:Token")],
        );
        json.key("ModifiedProperties");
        json.array(|_| {});
        json.key("Actor");
        json.array(|json| actor(json, &[(&sign_in.user_key, 0), (&sign_in.user_id, 5)]));
        json.field("ActorContextId", &self.organization_id);
        json.field("ActorIpAddress", &sign_in.address);
        json.field("InterSystemsId", &self.id);
        json.field("IntraSystemId", &self.id);
        json.field("SupportTicketId", "");
        json.key("Target");
        json.array(|json| actor(json, &[(&sign_in.application_id, 0)]));
        json.field("TargetContextId", &self.organization_id);
        json.field("ApplicationId", &sign_in.application_id);
        let session = sign_in.session.as_deref().unwrap_or("");
        let device = [
            ("OS", "Windows10"),
            ("BrowserType", "Chrome"),
            ("IsCompliantAndManaged", "False"),
            ("SessionId", session),
        ];
        let known = if session.is_empty() { &device[..3] } else { &device[..] };
        json.field_pairs("DeviceProperties", known);
        match sign_in.failure {
            Some((number, name)) => {
                json.field("ErrorNumber", number);
                json.field("LogonError", name);
            }
            None => json.field("ErrorNumber", "0"),
        }
    }

    fn directory(&self, json: &mut Json, directory: &Directory) {
        self.base(json, "Success", &format!("{}@{}", self.organization_id, self.organization_name), 0);
        json.field("ObjectId", &directory.object_id);
        json.field("UserId", &directory.user_id);
        json.field_number("AzureActiveDirectoryEventType", 1);
        json.field_pairs(
            "ExtendedProperties",
            &[("additionalDetails", "{}"), ("extendedAuditEventCategory", "ServicePrincipal")],
        );
        json.key("ModifiedProperties");
        json.array(|json| {
            for (name, old, new) in &directory.modified {
                json.object(|json| {
                    json.field("Name", name);
                    json.field("NewValue", new);
                    json.field("OldValue", old);
                });
            }
        });
        json.key("Actor");
        json.array(|json| actor(json, &[(&directory.user_id, 5)]));
        json.field("ActorContextId", &self.organization_id);
        json.field("InterSystemsId", &self.id);
        json.field("IntraSystemId", &self.id);
        json.field("SupportTicketId", "");
        json.key("Target");
        json.array(|json| actor(json, &[(&directory.target.1, 2), (&directory.target.0, 1)]));
        json.field("TargetContextId", &self.organization_id);
    }

    fn admin(&self, json: &mut Json, admin: &Admin) {
        self.base(json, "True", &admin.user_id, 2);
        json.field("ClientIP", &admin.address);
        json.field("ObjectId", &admin.object_id);
        json.field("UserId", &admin.user_id);
        json.field("AppId", crate::context::EXCHANGE_ONLINE);
        json.field_bool("ExternalAccess", false);
        json.field("OrganizationName", &self.organization_name);
        json.field("OriginatingServer", "AM0PR04MB1001 (15.20.7091.022)");
        let pairs: Vec<(&str, &str)> = admin.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        json.field_pairs("Parameters", &pairs);
    }
}

fn actor(json: &mut Json, entries: &[(&str, i64)]) {
    for (id, kind) in entries {
        json.object(|json| {
            json.field("ID", id);
            json.field_number("Type", *kind);
        });
    }
}

/// In which order a name and its value come: Sentinel writes the value first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameFirst {
    /// `{"Name":…,"Value":…}`
    Yes,
    /// `{"Value":…,"Name":…}`
    No,
}

/// `OperationProperties` of MailItemsAccessed.
pub(crate) fn operation_properties(json: &mut Json, schema: Schema, kind: &str, throttled: bool, order: NameFirst) {
    let flag = if throttled { "True" } else { "False" };
    let pairs = [("MailAccessType", kind), ("IsThrottled", flag)];
    // The flag is gone from the newest records seen.
    let stated = if schema >= Schema::Y2025 { &pairs[..1] } else { &pairs[..] };
    json.array(|json| {
        for (name, value) in stated {
            json.object(|json| {
                if order == NameFirst::Yes {
                    json.field("Name", name);
                    json.field("Value", value);
                } else {
                    json.field("Value", value);
                    json.field("Name", name);
                }
            });
        }
    });
}

/// `Folders` of a Bind.
pub(crate) fn folders_json(json: &mut Json, schema: Schema, access: &Access, items: &[Item]) {
    json.array(|json| {
        json.object(|json| {
            json.key("FolderItems");
            json.array(|json| {
                for item in items {
                    json.object(|json| {
                        if schema >= Schema::Y2024 {
                            json.field("ClientRequestId", &format!("{{{}}}", &access.mailbox_guid));
                            json.field("Id", &access.store.item_id(access.folder_counter, item.number));
                        }
                        if schema >= Schema::Y2025 {
                            json.field("ImmutableId", &access.store.immutable_id(item.number));
                        }
                        json.field("InternetMessageId", &item.internet_message_id);
                        if schema >= Schema::Y2023 {
                            json.field_number("SizeInBytes", item.size_bytes);
                        }
                    });
                }
            });
            json.field("Id", &access.folder_id);
            json.field("Path", &access.folder_path);
        });
    });
}

/// `Messages` of an AttachmentAccess: the message by its store id, its attachments by theirs.
fn attachments_json(json: &mut Json, access: &Access, item: &Item) {
    let id = access.store.item_id(access.folder_counter, item.number);
    json.key("Messages");
    json.array(|json| {
        json.object(|json| {
            json.key("MessageItems");
            json.array(|json| {
                json.object(|json| {
                    json.field("Id", &format!("{id}BEgAQ"));
                    json.field_number("SizeInBytes", item.size_bytes / 2);
                });
            });
            json.field("Id", &id);
        });
    });
}

/// `Item` of a Sync: the folder twice, and a path that is not available.
pub(crate) fn item_json(json: &mut Json, access: &Access) {
    json.object(|json| {
        json.field("Id", &access.folder_id);
        json.key("ParentFolder");
        json.object(|json| {
            json.field("Id", &access.folder_id);
            json.field("Name", &access.folder_name);
            json.field("Path", "Not Available");
        });
    });
}
