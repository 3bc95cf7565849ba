//! Tables of cases.

use std::any::Any;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Tests each row of a table, and then fails with every row that failed, so that the first failure hides no other.
#[track_caller]
pub(crate) fn each_case<C: Debug>(rows: impl IntoIterator<Item = C>, mut test: impl FnMut(C)) {
    let mut failed = Vec::new();
    let mut count = 0;
    for row in rows {
        count += 1;
        let name: String = format!("{row:?}").chars().take(300).collect();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| test(row))) {
            failed.push(format!("case {count}, {name}:\n{}", message(&*panic)));
        }
    }
    assert!(count > 0, "the table has no cases");
    assert!(failed.is_empty(), "{} of {count} cases failed\n\n{}", failed.len(), failed.join("\n\n"));
}

fn message(panic: &dyn Any) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked")
}

#[test]
fn every_case_that_fails_is_named_and_the_others_still_run() {
    let mut ran = Vec::new();
    let test = || {
        each_case([("one", 1), ("two", 2), ("three", 3)], |(name, number)| {
            ran.push(name);
            assert!(number != 1, "it is one");
            assert_ne!(number, 3);
        });
    };
    let panic = catch_unwind(AssertUnwindSafe(test)).unwrap_err();
    let said = message(&*panic);
    assert!(said.starts_with("2 of 3 cases failed\n\ncase 1, (\"one\", 1):\nit is one\n\ncase 3, "), "{said}");
    assert_eq!(ran, ["one", "two", "three"]);
}
