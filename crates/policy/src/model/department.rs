//! `departments.toml`: who handles complaints and how a department is told.

use crate::catalog::entry;
use crate::ids::{DepartmentId, HandlerId, UrgencyId};
use crate::model::words::Names;

/// A department (部门).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Referred to by categories.
    pub id: DepartmentId,
    /// Its names.
    pub name: Names,
    /// The contact person named on work orders.
    pub contact: HandlerId,
    /// A shared mailbox.
    pub email: Option<String>,
    /// Where the department's own system hears of work.
    pub webhook: Option<Webhook>,
    /// Who may be assigned, in file order; never empty.
    pub handlers: Vec<Handler>,
}

/// A signed webhook (Standard Webhooks).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// `http://` or `https://`.
    pub url: String,
    /// The environment variable that holds the `whsec_…` secret; secrets never stand in files.
    pub secret_env: String,
}

/// A person who handles cases (处理人).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Unique over all departments.
    pub id: HandlerId,
    /// As colleagues know them.
    pub name: String,
    /// Where assignments may be sent.
    pub email: Option<String>,
    /// The urgencies they take; empty means all.
    pub urgencies: Vec<UrgencyId>,
}

impl Handler {
    /// Whether this person takes cases of that urgency.
    pub fn takes(&self, urgency: &UrgencyId) -> bool {
        self.urgencies.is_empty() || self.urgencies.contains(urgency)
    }
}

impl Department {
    /// The handler with this id.
    pub fn handler(&self, id: impl AsRef<str>) -> Option<&Handler> {
        self.handlers.iter().find(|h| h.id.as_str() == id.as_ref())
    }

    /// The contact person; the checks make sure that it is one of the handlers.
    pub fn contact_person(&self) -> &Handler {
        self.handler(&self.contact).unwrap_or(&self.handlers[0])
    }

    /// Who gets the case: evenly spread over those who take that urgency, always the same for the
    /// same complaint. Those who take no such case are only asked when nobody else is there.
    pub fn assign(&self, complaint_id: &str, urgency: &UrgencyId) -> &Handler {
        let hash = blake3::hash(complaint_id.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[8..16]);
        let draw = u64::from_le_bytes(first);
        let able = self.handlers.iter().filter(|h| h.takes(urgency)).count() as u64;
        if able == 0 {
            return self.contact_person();
        }
        let at = (draw % able) as usize;
        self.handlers
            .iter()
            .filter(|h| h.takes(urgency))
            .nth(at)
            .unwrap_or(&self.handlers[0])
    }
}

entry!(Department);
