//! Compiles the schemas in `proto/` to Rust without `protoc`.
//!
//! The result is committed under `crates/wire/src/gen`, so that a build of the platform runs no
//! code generator; a test here fails when it is stale.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use prost::Message as _;

/// The workspace root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where the generated code is committed.
pub fn committed() -> PathBuf {
    root().join("crates/wire/src/gen")
}

/// Writes the code and the descriptor set of all schemas to `out`.
///
/// # Errors
/// A schema that does not compile, with its place; a directory that cannot be written.
pub fn generate(out: &Path) -> io::Result<()> {
    let proto = root().join("proto");
    let mut files = Vec::new();
    collect(&proto.join("redress"), &mut files)?;
    files.sort();
    let set = protox::compile(&files, [&proto]).map_err(io::Error::other)?;
    fs::create_dir_all(out)?;
    fs::write(out.join("descriptors.bin"), set.encode_to_vec())?;
    tonic_prost_build::configure()
        .bytes(".redress.customer.v1.SealedPersonalData.payload")
        .bytes(".redress.peer.v1.Call")
        .bytes(".redress.peer.v1.PartitionReply")
        .out_dir(out)
        .compile_fds(set)
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "proto") {
            found.push(path);
        }
    }
    Ok(())
}
