//! What attaching a source means: what its own setting is to say, and what is to be done for that.

use crate::model::Denial;

use super::facts::Refusal;
use super::{OwnEncryption, Place, ReportKey, SourceStep};

/// What a source is to be attached to.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// Where its logs are to go.
    pub place: &'a Place,
    /// The encryption that its configuration is to name, where the log service leaves that to the source.
    pub encryption: &'a OwnEncryption<ReportKey>,
    /// Whether its objects get that encryption by today's configuration.
    pub is_encrypted_so: bool,
    /// What is made of a source that is attached already.
    pub renewal: Renewal,
}

/// What is made of a source that is attached already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Renewal {
    /// It is left alone.
    None,
    /// It is attached again where AWS judges the destination of an attachment in that very call: what it will find there changes.
    ToBeJudged,
}

/// What attaching a source means.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one is made at a time")]
pub enum Attaching {
    /// Nothing: it logs there.
    Nothing,
    /// Nothing that may be done: how it logs today could not be read.
    Unseen(Denial),
    /// A write.
    Write(Write),
}

/// The write that attaches a source.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Write {
    /// What is not as it is to be, in words.
    pub what: String,
    /// The write.
    pub step: SourceStep,
    /// Who is affected where it takes something away that was there.
    pub risk: String,
    /// Why AWS delivers nothing by what is there today, where that is so.
    pub refusal: Option<Refusal>,
}
