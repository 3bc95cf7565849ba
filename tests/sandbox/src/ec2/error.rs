//! EC2's errors.
//!
//! The codes come from "Error codes for the Amazon EC2 API"
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>). Most messages were seen in the field.

use crate::query;
use crate::wire::Reply;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// Such as `InvalidVpcID.NotFound`.
    pub code: String,
    pub message: String,
}

pub fn refuse(code: &str, message: &str) -> Refusal {
    Refusal { status: 400, code: code.to_owned(), message: message.to_owned() }
}

/// A required parameter is missing.
pub fn missing(parameter: &str) -> Refusal {
    refuse("MissingParameter", &format!("The request must contain the parameter {parameter}"))
}

/// A parameter has a value that EC2 does not know.
pub fn invalid(parameter: &str, value: &str) -> Refusal {
    refuse("InvalidParameterValue", &format!("Value ({value}) for parameter {parameter} is invalid."))
}

impl Refusal {
    pub fn reply(&self) -> Reply {
        query::refused("ec2", self.status, &self.code, &self.message)
    }
}
