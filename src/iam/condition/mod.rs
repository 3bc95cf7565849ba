//! The `Condition` element: its operators, one file a family of values, and the
//! truth of one line of it. The policy language around it lives outside.

mod arn;
mod comparison;
mod date;
mod ip;
mod line;
mod number;
mod operator;

pub(crate) use line::Condition;
