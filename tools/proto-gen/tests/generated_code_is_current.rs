//! The committed code is what `proto/` says.

use std::{collections::BTreeMap, fs, path::Path};

fn read(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(dir)
        .expect("generated directory")
        .map(|entry| entry.expect("entry").path())
        .map(|path| {
            let name = path
                .file_name()
                .expect("name")
                .to_string_lossy()
                .into_owned();
            (name, fs::read(&path).expect("read"))
        })
        .collect()
}

#[test]
fn generated_code_is_current() {
    let fresh = tempfile::tempdir().expect("tempdir");
    redress_proto_gen::generate(fresh.path()).expect("the schemas compile");
    let fresh = read(fresh.path());
    let committed = read(&redress_proto_gen::committed());
    assert!(
        fresh.keys().eq(committed.keys()),
        "files came or went: run `make proto`"
    );
    for (name, content) in fresh {
        assert!(
            committed[&name] == content,
            "{name} is stale: run `make proto`"
        );
    }
}
