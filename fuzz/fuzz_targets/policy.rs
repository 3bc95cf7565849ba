//! Fuzzes how someone's policy is read, evaluated and extended. `tests/fuzz/policy.rs` has the checks.
#![no_main]

#[expect(dead_code, reason = "the tests use the rest of it")]
#[path = "../../tests/fuzz/mod.rs"]
mod fuzz;
#[path = "../../tests/integration/worlds.rs"]
mod worlds;

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::policy::holds(input));
