//! S3 Inventory.

mod attaching;
mod choices;
mod configuration;
mod facts;
mod iac;
mod requests;
mod today;
mod words;

pub(super) use attaching::{ATTACHMENT, attached, attaching, own_today};
pub use choices::{
    InventoryField, InventoryFormat, InventoryFrequency, InventoryId, InventoryIdError, InventoryRequest,
    InventoryVersions,
};
pub use configuration::{InventoryConfiguration, InventoryEncryption};
pub(super) use facts::FACTS;
pub(super) use iac::{in_cloudformation, in_terraform};
pub(super) use requests::{PRINCIPAL, bucket_probes, key_probes};
pub use today::UnknownInventory;
pub(super) use today::{of_id, today};
pub(super) use words::{line, new_said, said};
