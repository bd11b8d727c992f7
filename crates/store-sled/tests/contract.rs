//! sled passes the suite that every store passes.

use redress_store::{Store, contract::Fixture};
use redress_store_sled::{Options, SledStore};
use tempfile::TempDir;

struct OnDisk {
    directory: TempDir,
    store: Option<SledStore>,
}

impl OnDisk {
    fn new() -> Self {
        let mut fixture = Self {
            directory: tempfile::tempdir().unwrap(),
            store: None,
        };
        fixture.reopen();
        fixture
    }
}

impl Fixture for OnDisk {
    fn store(&self) -> &dyn Store {
        self.store.as_ref().expect("the store is open")
    }

    fn reopen(&mut self) {
        drop(self.store.take());
        let opened = SledStore::open(&self.directory.path().join("rows"), &Options::default());
        let opened = opened.unwrap();
        assert_eq!(opened.damage, None);
        self.store = Some(opened.store);
    }
}

redress_store::store_contract!(OnDisk::new());
