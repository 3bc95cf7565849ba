//! EC2's Query API, for the few calls that flow logs need. `aws-sdk-ec2` has every call, and is too large to compile.

mod call_error;
mod client;
mod decode;
mod endpoint;

pub(super) use client::{Client, Parameters};
pub(super) use decode::{DecodeError, XmlElement, each, items, text};
