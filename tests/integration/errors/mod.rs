//! Every error that a user meets says what failed, why, and what to do. The tests compare all of standard error from
//! the real executable.

mod clock;
mod connections;
mod credentials;
mod denials;
mod names;
mod profiles;
mod setup;
