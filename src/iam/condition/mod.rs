//! The `Condition` element: its operators, one file per type of value, and the evaluation of one condition.

mod arn;
mod comparison;
mod date;
mod ip;
mod line;
mod number;
mod operator;

pub(crate) use line::Condition;
