//! Ports: which are free, and who has those that are not.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
};

use anyhow::{Context as _, bail};

/// A port of this machine that nobody uses now.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

/// Makes sure that `address` is free for `what`.
pub(super) fn check(what: &str, address: SocketAddr) -> anyhow::Result<()> {
    let Err(error) = TcpListener::bind(address) else {
        return Ok(());
    };
    if error.kind() != std::io::ErrorKind::AddrInUse {
        bail!("{what} cannot listen at {address}: {error}");
    }
    let by = owner(address.port()).map_or_else(String::new, |owner| format!(" by {owner}"));
    bail!(
        "{address}, for {what}, is in use{by}: stop that, or move everything with \
         `redress up --port-offset 1000 --data-dir …`"
    );
}

/// The process that listens on a port, as far as this user may see it.
fn owner(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .find_map(|table| listening_inode(&fs::read_to_string(table).ok()?, port))?;
    let socket = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let numbered = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        name.to_str()
            .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut owner = processes.filter(numbered).filter(|entry| {
        let open = fs::read_dir(entry.path().join("fd"))
            .into_iter()
            .flatten()
            .flatten();
        let mut links = open.filter_map(|file| fs::read_link(file.path()).ok());
        links.any(|link| link.to_str() == Some(&socket))
    });
    let entry = owner.next()?;
    let name = fs::read_to_string(entry.path().join("comm")).ok()?;
    Some(format!(
        "{} (process {})",
        name.trim(),
        entry.file_name().to_string_lossy()
    ))
}

/// The inode of the socket that listens (state 0A) on the port.
fn listening_inode(table: &str, port: u16) -> Option<String> {
    let wanted = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let listens = fields.get(3) == Some(&"0A") && fields.get(1)?.ends_with(&wanted);
        listens
            .then(|| fields.get(9).map(ToString::to_string))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_told_with_who_has_it() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let error = check("the broker", address)
            .expect_err("it is taken")
            .to_string();
        assert!(error.contains("for the broker, is in use by "), "{error}");
        assert!(
            error.contains(&format!("process {}", std::process::id())),
            "{error}"
        );
        drop(listener);
        check("the broker", address).expect("it is free again");
    }
}
