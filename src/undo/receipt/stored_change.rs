//! How a receipt stores a change: the slot once, then both values. Their types are checked when they are read.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::plan::{Mismatch, Setting, Slot, StoredValue};

type Fields = (Slot, Option<Setting>, Option<Setting>);

#[derive(Deserialize, Serialize)]
struct SlotChange {
    slot: Slot,
    before: Option<StoredValue>,
    after: Option<StoredValue>,
}

impl SlotChange {
    fn fields(self) -> Result<Fields, Mismatch> {
        let Self { slot, before, after } = self;
        let of = |value: Option<StoredValue>| value.map(|value| slot.with(value)).transpose();
        let (before, after) = (of(before)?, of(after)?);
        Ok((slot, before, after))
    }
}

#[expect(clippy::ref_option, reason = "serde passes references to the fields")]
pub(super) fn serialize<S: Serializer>(
    slot: &Slot,
    before: &Option<Setting>,
    after: &Option<Setting>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let stored = |value: &Option<Setting>| value.clone().map(StoredValue::from);
    SlotChange { slot: slot.clone(), before: stored(before), after: stored(after) }.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fields, D::Error> {
    SlotChange::deserialize(deserializer)?.fields().map_err(D::Error::custom)
}

/// Returns the index of the first entry with a value that its setting can't have.
pub(super) fn mismatch(receipt: &str) -> Option<usize> {
    let receipt: Value = serde_json::from_str(receipt).ok()?;
    receipt.get("entries")?.as_array()?.iter().position(|entry| {
        let stored = entry.pointer("/change/setting").and_then(|stored| SlotChange::deserialize(stored).ok());
        stored.is_some_and(|stored| stored.fields().is_err())
    })
}
