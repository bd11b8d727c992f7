//! The shipped rules, compiled once per test process.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use redress_policy::Policy;
use redress_triage::{Facts, Triage};

/// The shipped rules.
#[allow(dead_code, reason = "not every test file asks the shipped rules")]
pub(crate) fn triage() -> &'static Triage {
    static TRIAGE: OnceLock<Triage> = OnceLock::new();
    TRIAGE.get_or_init(|| Triage::new(Arc::new(policy_with(&[]))))
}

/// A complaint on the website.
pub(crate) fn facts(text: &str) -> Facts<'_> {
    Facts {
        complaint_id: "c-1",
        channel: "web",
        text,
        ..Facts::default()
    }
}

/// The shipped policy with files replaced; an empty text removes the file.
pub(crate) fn policy_with(replaced: &[(&str, &str)]) -> Policy {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    for (name, text) in replaced {
        files.insert((*name).to_owned(), (*text).to_owned());
        if text.is_empty() {
            files.remove(*name);
        }
    }
    Policy::parse(&files).unwrap_or_else(|errors| panic!("{errors}"))
}

fn read(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the policy folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(root, &path, into);
        } else {
            let name = path
                .strip_prefix(root)
                .expect("below the root")
                .to_string_lossy();
            into.insert(
                name.into_owned(),
                std::fs::read_to_string(&path).expect("a text"),
            );
        }
    }
}
