//! Where the programs are that tests run.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root folder of this workspace.
pub fn workspace_root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("crates/testkit lies two folders below the root")
}

/// A binary of this workspace, as built next to the running test (`target/debug/<name>`).
///
/// `REDRESS_BIN_DIR` names another folder, such as `target/release`.
///
/// # Panics
/// When it is not there; the message says how to build it.
pub fn binary(name: &str) -> PathBuf {
    let folder = env::var_os("REDRESS_BIN_DIR").map_or_else(built_beside_the_test, PathBuf::from);
    let path = folder.join(name);
    assert!(
        path.is_file(),
        "{} is not built: run `make test`, or `cargo build --workspace --bins` before this test",
        path.display(),
    );
    path
}

/// The folder of the binaries: the test itself lies in its `deps` folder.
fn built_beside_the_test() -> PathBuf {
    let test = env::current_exe().expect("a running program knows its own path");
    let folder = test.parent().expect("a file has a folder");
    if folder.ends_with("deps") {
        folder.join("..")
    } else {
        folder.to_owned()
    }
}

/// A tool that `scripts/setup` installs: taken from `.tools/bin`, else from `PATH`.
///
/// The environment variable `over` (such as `REDRESS_NATS_SERVER`) names another one.
///
/// # Panics
/// When it is nowhere; the message says how to install it.
pub fn tool(name: &str, over: &str) -> PathBuf {
    if let Some(path) = env::var_os(over) {
        return PathBuf::from(path);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    [workspace_root().join(".tools/bin")]
        .into_iter()
        .chain(env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| {
            panic!("`{name}` is not installed: run `make test` or scripts/setup (or set {over})")
        })
}
