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
pub use choices::{InventoryField, InventoryFormat, InventoryFrequency, InventoryVersions};
pub(crate) use choices::{InventoryId, InventoryRequest};
pub(crate) use configuration::{InventoryConfiguration, InventoryEncryption};
pub(super) use facts::FACTS;
pub(super) use iac::{in_cloudformation, in_terraform};
pub(super) use requests::{PRINCIPAL, bucket_probes, key_probes};
pub(crate) use today::UnknownInventory;
pub(super) use today::{inventories_with_id, today};
pub(super) use words::{line, new_said, said};
