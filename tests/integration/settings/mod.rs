//! No value of a variable, a configuration key or a flag makes the program panic, hang or stay silent.

mod accepted;
mod any_value;
mod refused;
mod runs;
mod values;
