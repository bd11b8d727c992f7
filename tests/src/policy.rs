//! The shipped policy, changed where a test needs it otherwise.

use std::{fs, path::Path};

use redress_testkit::workspace_root;

/// Name of the environment variable that holds the webhooks' secret in tests.
pub const SECRET_ENV: &str = "REDRESS_TEST_WEBHOOK_SECRET";
/// The secret of all webhooks in tests.
pub const SECRET: &str = "whsec_dGVzdC1vbmx5LXNlY3JldC1vZi10aGUtdGVzdHM=";

/// Copies the shipped policy to `to`.
///
/// # Panics
/// If it cannot be read or written.
pub fn copy(to: &Path) {
    copy_tree(&workspace_root().join("policy"), to);
}

/// Replaces text in a policy file.
///
/// # Panics
/// If the text is not there: the shipped policy has changed, and so must the test.
pub fn replace(policy: &Path, file: &str, from: &str, to: &str) {
    let path = policy.join(file);
    let text = fs::read_to_string(&path).expect("a policy file");
    assert!(text.contains(from), "{file} does not say {from:?}");
    fs::write(&path, text.replace(from, to)).expect("a writable policy file");
}

/// Gives every department a webhook at `url`.
///
/// # Panics
/// If the departments cannot be read or written.
pub fn add_webhooks(policy: &Path, url: &str) {
    let path = policy.join("departments.toml");
    let text = fs::read_to_string(&path).expect("the departments");
    let webhook = format!("webhook = {{ url = \"{url}\", secret_env = \"{SECRET_ENV}\" }}\n");
    let mut out = String::new();
    for line in text.lines() {
        out.push_str(line);
        out.push('\n');
        if line == "[[department]]" {
            out.push_str(&webhook);
        }
    }
    fs::write(&path, out).expect("writable departments");
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a writable directory");
    for entry in fs::read_dir(from).expect("the shipped policy") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_tree(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a readable policy file");
        }
    }
}
