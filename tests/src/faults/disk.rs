//! What happens to disks: they fill up, and they change a byte.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use redress_wire::names::LOG_STREAM;

/// As large as the streams may become, and some.
const SIZE: &str = "size=2g";
/// How much is written at once to fill a disk.
const CHUNK: usize = 1 << 20;

/// A file system in memory; unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts it at a folder, which is made; `None` without the right to.
    ///
    /// # Panics
    /// If the folder cannot be made.
    pub fn mount(folder: &Path) -> Option<Self> {
        fs::create_dir_all(folder).expect("a folder can be made");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(folder);
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then(|| Self {
            folder: folder.to_owned(),
        })
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    /// Leaves no byte free.
    ///
    /// # Panics
    /// If nothing at all can be written.
    pub fn fill(&self) {
        let mut file = File::create(self.ballast()).expect("a file can be made");
        let mut chunk = CHUNK;
        while chunk > 0 {
            if file.write_all(&vec![0; chunk]).is_err() {
                chunk /= 2;
            }
        }
    }

    /// Makes room again.
    pub fn free(&self) {
        drop(fs::remove_file(self.ballast()));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: what still runs on it ends with the test.
        drop(Command::new("umount").arg("-l").arg(&self.folder).output());
    }
}

/// Removes what a broker has stored.
///
/// # Panics
/// If it cannot be removed.
pub(super) fn empty(broker: &Path) {
    fs::remove_dir_all(broker.join("jetstream")).expect("a broker's streams can be removed");
}

/// Flips a byte in the middle of the largest block file of the log.
///
/// # Panics
/// If there is none.
pub(super) fn flip_a_byte(broker: &Path) {
    let mut blocks = Vec::new();
    let mut folders = vec![broker.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a broker's folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "blk")
                && path
                    .components()
                    .any(|part| part.as_os_str().to_string_lossy().starts_with(LOG_STREAM))
            {
                blocks.push((path.metadata().expect("a file").len(), path));
            }
        }
    }
    let (length, largest) = blocks.into_iter().max().expect("a block of the log");
    let mut bytes = fs::read(&largest).expect("a readable file");
    bytes[length as usize / 2] ^= 0x40;
    fs::write(&largest, bytes).expect("a writable file");
}
