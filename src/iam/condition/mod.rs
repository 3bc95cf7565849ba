//! The `Condition` element: its operators, one file per family of values, and whether one condition holds.

mod arn;
mod comparison;
mod date;
mod ip;
mod line;
mod number;
mod operator;

pub(crate) use line::Condition;
