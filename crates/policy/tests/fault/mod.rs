//! One fault at a time.

use redress_policy::Reason;

use crate::common::{errors_with, shipped};

/// Replaces the first `from`; expects one error on the line where `at` stands in the changed file.
#[track_caller]
pub(crate) fn one_error(file: &str, from: &str, to: &str, at: &str) -> Reason {
    let changed = shipped()[file].replacen(from, to, 1);
    let offset = changed
        .find(at)
        .expect("the place of the fault is in the file");
    let line = changed[..offset].matches('\n').count() + 1;
    let errors = errors_with(file, from, to);
    let [error] = errors.as_slice() else {
        panic!("expected one error, found {errors:#?}");
    };
    assert_eq!((error.file.as_str(), error.line), (file, line), "{error}");
    error.reason.clone()
}
