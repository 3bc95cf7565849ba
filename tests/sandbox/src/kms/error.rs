//! KMS's errors. All are HTTP 400; the codes come from the KMS API reference.

use serde_json::json;

use crate::wire::Reply;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Such as `NotFoundException`.
    pub code: String,
    pub message: String,
}

pub fn refuse(code: &str, message: &str) -> Refusal {
    Refusal { code: code.to_owned(), message: message.to_owned() }
}

/// `NotFoundException` for a key.
pub fn not_found(named: &str) -> Refusal {
    refuse("NotFoundException", &format!("Key '{named}' does not exist"))
}

impl Refusal {
    pub fn reply(&self) -> Reply {
        Reply::json(400, &json!({ "__type": self.code, "message": self.message }))
    }
}
