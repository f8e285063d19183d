//! Owns the events around the take: the spray, the sign-in, the application's powers, its end.

use std::sync::Arc;

use super::{APP, CONTAINED, OUTLOOK_ADDRESS, OUTLOOK_SESSION, SYNCED, find, proxy};
use crate::{
    context,
    record::{Directory, Event, SignIn},
    rng::Rng,
    second::{Date, Second},
    tenant::Tenant,
};

const PROXY_AGENT: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Safari/537.36";
/// Azure Active Directory PowerShell: what the spray signs in to.
const SPRAYED_APP: &str = "1b730954-1685-4b74-9bfd-dac224a7b894";

/// Every event, unsorted.
pub(super) fn events(tenant: &Tenant, rng: &mut Rng) -> Vec<(Second, Event)> {
    let mut events = spray(tenant, rng);
    let admin: Arc<str> = format!("test-migration@{}", tenant.domain).into();
    let principal = rng.guid();
    let app: (Arc<str>, Arc<str>) = ("Mail Archive Pilot (legacy test)".into(), principal.as_str().into());
    let exchange: (Arc<str>, Arc<str>) = ("Office 365 Exchange Online".into(), context::EXCHANGE_ONLINE.into());
    let mut directory =
        |at: Second, operation, target: &(Arc<str>, Arc<str>), modified: Vec<(&'static str, &str, &str)>| {
            let modified =
                modified.into_iter().map(|(name, old, new)| (name, old.to_owned(), new.to_owned())).collect();
            let (user_id, object_id) = (admin.clone(), principal.as_str().into());
            events.push((
                at,
                Event::Directory(Directory { operation, user_id, object_id, target: target.clone(), modified }),
            ));
        };
    directory(
        Date::new(2023, 11, 25).at(4, 41),
        "Add service principal credentials.",
        &app,
        vec![
            ("KeyDescription", "[]", "[\"[KeyIdentifier=5c1d,KeyType=Password,KeyUsage=Verify,DisplayName=archive]\"]"),
            ("AppId", "", APP),
        ],
    );
    directory(
        Date::new(2023, 11, 26).at(5, 12),
        "Add app role assignment to service principal.",
        &exchange,
        vec![
            ("AppRole.Id", "", "dc890d15-9560-4a4c-9b7f-a736ec74ec40"),
            ("AppRole.Value", "", "full_access_as_app"),
            ("ServicePrincipal.AppId", "", APP),
        ],
    );
    directory(
        Date::new(2023, 11, 26).at(5, 15),
        "Consent to application.",
        &app,
        vec![
            ("ConsentContext.IsAdminConsent", "", "True"),
            ("ConsentAction.Permissions", "", "Mail.Read, full_access_as_app"),
        ],
    );
    directory(CONTAINED.0.at(CONTAINED.1, 32), "Remove service principal.", &app, vec![("AppId", APP, "")]);
    if let Some(mailbox) = find(tenant, SYNCED.0).map(|index| &tenant.mailboxes[index]) {
        let at = SYNCED.1.at(2, 9);
        let account = (mailbox.upn.clone(), mailbox.object_id.clone());
        events.push((at, sign_in(&account, OUTLOOK_ADDRESS.into(), Some(OUTLOOK_SESSION.into()), None)));
    }
    events
}

/// Few accounts, few tries each, an address a try; then one that answers.
fn spray(tenant: &Tenant, rng: &mut Rng) -> Vec<(Second, Event)> {
    let account = |local: &str, rng: &mut Rng| -> (Arc<str>, Arc<str>) {
        (format!("{local}@{}", tenant.domain).into(), rng.guid().into())
    };
    let mut accounts: Vec<_> = ["test-migration", "test-kiosk", "test-loadgen", "svc-scan", "svc-print"]
        .iter()
        .map(|local| account(local, rng))
        .collect();
    accounts.extend(tenant.mailboxes.iter().step_by(5).map(|mailbox| (mailbox.upn.clone(), mailbox.object_id.clone())));
    let mut events = Vec::new();
    let mut at = Date::new(2023, 11, 20).at(22, 5);
    while at < Date::new(2023, 11, 24).at(3, 0) {
        let failure = Some(("50126", "InvalidUserNameOrPassword"));
        events.push((at, sign_in(&accounts[rng.index(accounts.len())].clone(), proxy(rng), None, failure)));
        at = at.plus(rng.between(3_000, 11_000));
    }
    events.push((Date::new(2023, 11, 24).at(3, 14), sign_in(&accounts[0], proxy(rng), Some(rng.guid()), None)));
    events
}

fn sign_in(
    account: &(Arc<str>, Arc<str>),
    address: String,
    session: Option<String>,
    failure: Option<(&'static str, &'static str)>,
) -> Event {
    Event::SignIn(SignIn {
        user_id: account.0.clone(),
        user_key: account.1.clone(),
        address: address.into(),
        application_id: SPRAYED_APP.into(),
        session: session.map(Into::into),
        user_agent: PROXY_AGENT,
        failure,
    })
}
