//! Ports that no two tests share.

use std::{
    fs::{File, OpenOptions},
    net::TcpListener,
    path::PathBuf,
    sync::Mutex,
};

/// Below the range from which Linux takes the ports of outgoing connections (32768 and up), so
/// that a port stays free while the process that listened on it is being restarted.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// The locks on the ports this process has taken; the system drops them when the process ends.
static TAKEN: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// A loopback port that nothing listens on and that no other test gets while this process lives.
///
/// A port is claimed through a lock on a file in the system's temporary folder, so the claim
/// holds across the processes of one test run and through restarts of a server.
///
/// # Panics
/// When no port is free, or the temporary folder cannot be written.
pub fn free_port() -> u16 {
    let start = (std::process::id() % u32::from(COUNT)) as u16;
    (0..COUNT)
        .map(|step| FIRST + (start + step) % COUNT)
        .find(|port| claim(*port))
        .expect("one of 12,000 loopback ports should be free")
}

fn claim(port: u16) -> bool {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(lock_file(port));
    let Ok(file) = file else { return false };
    if file.try_lock().is_err() || TcpListener::bind(("127.0.0.1", port)).is_err() {
        return false;
    }
    TAKEN
        .lock()
        .expect("no panic while the list is held")
        .push(file);
    true
}

fn lock_file(port: u16) -> PathBuf {
    let folder = std::env::temp_dir().join("redress-test-ports");
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    folder.join(port.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_port_is_handed_out_twice() {
        let ports: BTreeSet<u16> = (0..50).map(|_| free_port()).collect();
        assert_eq!(ports.len(), 50);
    }

    #[test]
    fn a_port_in_use_is_skipped() {
        let port = free_port();
        let _listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        assert_ne!(free_port(), port);
    }
}
