//! Records of CloudTrail: read and told. What must hold is said in `tests/fuzz/events.rs`.
#![no_main]

#[expect(dead_code, reason = "the tests use the rest of it")]
#[path = "../../tests/fuzz/mod.rs"]
mod fuzz;
#[path = "../../tests/integration/worlds.rs"]
mod worlds;

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::events::holds(input));
