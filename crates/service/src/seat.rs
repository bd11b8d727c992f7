//! The name that a replica's store keeps over restarts.

use std::{fs, io, path::Path};

use tracing::warn;

/// The seat of the replica with this store: `instance` if it has a name, else one that is made up
/// once and kept beside the store. A store that is deleted takes its seat with it, if the folder
/// around it goes too; one that stays is harmless.
pub(crate) fn of(store: &Path, instance: Option<&str>) -> String {
    if let Some(name) = instance {
        return name.to_owned();
    }
    let file = store.with_extension("seat");
    kept(&file).unwrap_or_else(|fault| {
        warn!(file = %file.display(), %fault, "the seat cannot be kept: a restart moves partitions");
        fresh()
    })
}

fn kept(file: &Path) -> io::Result<String> {
    match fs::read_to_string(file) {
        Ok(seat) if is_a_seat(&seat) => return Ok(seat),
        Ok(_) => {}
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
        Err(fault) => return Err(fault),
    }
    let seat = fresh();
    fs::write(file, &seat)?;
    Ok(seat)
}

fn fresh() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

fn is_a_seat(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_keeps_its_seat_and_another_has_another() {
        let dir = tempfile::tempdir().expect("a folder");
        let (one, other) = (dir.path().join("router"), dir.path().join("intake"));
        assert_eq!(of(&one, None), of(&one, None));
        assert_ne!(of(&one, None), of(&other, None));
        assert_eq!(of(&one, Some("router-3")), "router-3");
    }

    #[test]
    fn a_torn_file_is_written_anew() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = dir.path().join("router");
        fs::write(store.with_extension("seat"), "01").expect("written");
        assert_eq!(of(&store, None), of(&store, None));
        assert_eq!(of(&store, None).len(), 32);
    }
}
