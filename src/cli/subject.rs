//! The subject of `check`: a log service, or a source by its name alone.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, ValueEnum as _};

use crate::producer::Producer;

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Subject {
    Producer(Producer),
    /// A load balancer, bucket or network, by name, ID or ARN.
    Source(String),
}

/// Parses a subject. Shells complete the log services.
#[derive(Clone, Debug)]
pub(super) struct SubjectParser;

impl TypedValueParser for SubjectParser {
    type Value = Subject;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Subject, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, arg, value)?;
        Ok(Producer::from_str(&text, false).map_or_else(|_| Subject::Source(text), Subject::Producer))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Producer::value_variants().iter().filter_map(Producer::to_possible_value)))
    }
}
