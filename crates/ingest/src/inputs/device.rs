//! Owns the list of devices and egress networks the organisation knows as its own.

use std::io::Read;

use mailtrail_model::{KnownDevice, Network, front_end_network};

use super::{
    InputErrors, Loaded,
    table::{Column, Table, optional},
};

pub(super) const COLUMNS: &[Column] = &[
    optional("device_id", &["DeviceId", "Azure AD device ID", "AzureADDeviceId", "Device ID"]),
    optional("network", &["address", "cidr", "egress", "IpAddress"]),
    optional("user", &["UserPrincipalName", "owner", "PrimaryUserUPN", "upn"]),
    optional("label", &["DisplayName", "DeviceName", "description"]),
];

/// Reads known devices and networks.
///
/// # Errors
/// Every complaint about them: a row with neither, an address that is none.
pub fn read_devices(file: &str, reader: impl Read) -> Result<Loaded<Vec<KnownDevice>>, InputErrors> {
    let mut table = Table::open("devices", file, reader, COLUMNS)?;
    let mut devices = Vec::new();
    while table.advance() {
        let (device_id, address) = (table.text("device_id"), table.cell("network"));
        if device_id.is_none() && address.is_none() {
            let hint = "fill DeviceId or network".to_owned();
            table.complain("device_id", "the row names neither a device nor a network".to_owned(), Some(hint));
            continue;
        }
        let network = address.and_then(Network::parse);
        match (address, network) {
            (Some(text), None) => {
                let hint = "write 192.0.2.7 or 192.0.2.0/24".to_owned();
                table.complain("network", format!("\"{text}\" is no address"), Some(hint));
                continue;
            }
            (_, Some(network)) => {
                if let Some(block) = front_end_network(&network) {
                    let hint = "every delegated application shows such an address: leave it out".to_owned();
                    let what = format!("{network} touches {block}, a Microsoft front-end network");
                    table.complain("network", what, Some(hint));
                    continue;
                }
            }
            (None, None) => {}
        }
        devices.push(KnownDevice {
            place: table.place(),
            device_id,
            network,
            user: table.text("user").map(|user| user.to_lowercase()),
            label: table.text("label"),
        });
    }
    let count = devices.len();
    table.finish(devices, count)
}
