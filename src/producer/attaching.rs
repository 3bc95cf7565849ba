//! How to attach a source: the new value of its setting, and the write that sets it.

use crate::model::Denial;

use super::facts::DeliveryRefusal;
use super::{Destination, OwnEncryption, ReportKey, SourceStep};

/// The goal of attaching a source: destination and encryption.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// The destination of the logs.
    pub destination: &'a Destination,
    /// The encryption that the source's configuration should name, if the log service leaves the encryption to the
    /// source.
    pub encryption: &'a OwnEncryption<ReportKey>,
    /// Whether the source's objects already get this encryption.
    pub is_encrypted_so: bool,
    /// What to do with a source that is already attached.
    pub renewal: Renewal,
}

/// What to do with a source that is already attached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Renewal {
    /// Leave the source as it is.
    None,
    /// Attach the source again if AWS checks the destination during the call. This run changes the destination, so AWS
    /// should check it again.
    ToBeJudged,
}

/// How to attach a source.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Attaching {
    /// Nothing to do: the source already logs to the destination.
    Nothing,
    /// Nothing can be done: the source's current setting could not be read.
    Unseen(Denial),
    Write(Write),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Write {
    /// The difference between the current setting and the goal, as text.
    pub what: String,
    /// The writes, in order. A resource that can't be changed is deleted and created again.
    pub steps: Vec<SourceStep>,
    /// The effect of replacing an existing setting, as text.
    pub risk: String,
    /// The reason if AWS delivers nothing with the current setting.
    pub refusal: Option<DeliveryRefusal>,
}
