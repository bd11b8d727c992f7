//! The twin passes the suite that every store passes.

use redress_store::{MemoryStore, Store, contract::Fixture};

struct Memory(MemoryStore);

impl Fixture for Memory {
    fn store(&self) -> &dyn Store {
        &self.0
    }

    fn reopen(&mut self) {
        self.0 = self.0.clone();
    }
}

redress_store::store_contract!(Memory(MemoryStore::new()));
