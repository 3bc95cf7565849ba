//! S3 Inventory.

mod choices;
mod configuration;
mod requests;

pub use choices::{
    InventoryField, InventoryFormat, InventoryFrequency, InventoryId, InventoryIdError, InventoryRequest,
    InventoryVersions,
};
pub use configuration::{InventoryConfiguration, InventoryEncryption};
pub use requests::{PRINCIPAL, UNTIL, bucket_probes, key_probes, without_encryption};
