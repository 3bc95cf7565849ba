//! The life of an approved plan, and of an undo: carried out step by step, tried again while something spreads, looked at once
//! more, and proven.

pub mod apply;
pub mod evidence;
pub mod proof;
pub mod put_back;
pub mod retry;
pub mod settle;
