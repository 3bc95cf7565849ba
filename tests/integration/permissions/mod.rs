//! `permissions`: the printed policy is enough for `init` and contains nothing unnecessary. The table and the calls
//! agree.

mod check;
mod init;
mod printed;
mod runs;
mod table;
