//! What cases take: in memory, in the log, in the stores.

use std::{fs, path::Path};

use redress_wire::Service;

use crate::bench::{memory, rig::Rig};

/// With all cases in.
#[derive(Clone, Debug, Default)]
pub(super) struct Size {
    /// Resident MiB by process.
    pub(super) memory: Vec<(String, f64)>,
    /// Bytes on the broker's disk, and in each service's stores.
    pub(super) bytes: Vec<(String, u64)>,
}

pub(super) fn measure(rig: &Rig) -> anyhow::Result<Size> {
    let mut bytes = vec![("nats-server".to_owned(), under(&rig.dir.join("broker"))?)];
    for service in Service::ALL {
        let store = rig.dir.join("stores").join(service.name());
        bytes.push((service.name().to_owned(), under(&store)?));
    }
    Ok(Size {
        memory: memory::measure(rig)?,
        bytes,
    })
}

/// Bytes of all files in a folder; none if it is not there.
fn under(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(0);
    };
    for entry in entries {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() {
            under(&entry.path())?
        } else {
            // It may have been replaced by another one meanwhile.
            entry.metadata().map_or(0, |it| it.len())
        };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_in_all_folders_count() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::create_dir(dir.path().join("a")).expect("made");
        fs::write(dir.path().join("a/b"), [0; 10]).expect("written");
        fs::write(dir.path().join("c"), [0; 5]).expect("written");
        assert_eq!(under(dir.path()).expect("read"), 15);
        assert_eq!(under(&dir.path().join("none")).expect("none"), 0);
    }
}
