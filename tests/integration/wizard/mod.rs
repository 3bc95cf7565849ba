//! The wizard as a person on a terminal sees it, and the state of the account afterwards.

mod choices;
mod destination;
mod flags;
mod interrupted;
mod limits;
mod navigation;
mod questions;
mod screen;
mod set_up;
mod words;

pub(crate) use questions::{
    ALBS, BUCKETS, DESTINATION, ENCRYPTION, EXPIRY, LOGS, NLBS, NOW, OPTIONS, PRODUCER, REPORTS, pointed,
};
