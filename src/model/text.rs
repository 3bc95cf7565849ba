//! Stores names and values in files as text. The text is parsed again when it is read.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{AccountId, Arn, BucketName, KeyArn, Moment, Region};

macro_rules! as_text {
    ($($type:ty),+ $(,)?) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )+};
}

as_text!(AccountId, Arn, BucketName, KeyArn, Region);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_iso8601(&text)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is not a time (example: `2026-11-24T22:00:00Z`)")))
    }
}
