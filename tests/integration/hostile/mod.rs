//! Policies, responses and names that no one would write: the program doesn't crash or hang, writes nothing because of them,
//! and prints no character that a terminal executes.

mod answers;
mod inert;
mod names;
mod policies;
mod text;
