//! KMS's errors.
//!
//! All are HTTP 400; the codes are those of the KMS API reference.

use serde_json::json;

use crate::wire::Reply;

/// A refusal of KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Such as `NotFoundException`.
    pub code: String,
    /// The message.
    pub message: String,
}

/// A refusal.
pub fn refuse(code: &str, message: &str) -> Refusal {
    Refusal { code: code.to_owned(), message: message.to_owned() }
}

/// `NotFoundException` about a key.
pub fn not_found(named: &str) -> Refusal {
    refuse("NotFoundException", &format!("Key '{named}' does not exist"))
}

impl Refusal {
    /// The answer.
    pub fn reply(&self) -> Reply {
        Reply::json(400, &json!({ "__type": self.code, "message": self.message }))
    }
}
