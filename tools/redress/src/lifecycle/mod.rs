//! Event logs of real service desks as lives of cases (see docs/lifecycles.md).
//!
//! A reader for each kind of log says in [`moves::Move`]s what every event means, and counts, apart from
//! that, what the log itself says. The [`Pilot`] turns moves into commands: those that the event
//! names, and those that the house's procedure demands on the way there.

mod bpi13;
pub(crate) mod deeds;
mod helpdesk;
mod house;
mod log;
mod moves;
mod numbered;
mod pilot;
mod servicenow;
mod tally;

use std::path::Path;

use crate::input::open_text;
pub(crate) use house::House;
pub(crate) use log::{LogCase, LogEvent};
pub(crate) use pilot::{Deed, Pilot, Routed, Telling};
pub(crate) use tally::Tally;

/// A kind of event log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogKind {
    /// Incidents of a ServiceNow installation.
    Servicenow,
    /// Volvo IT incidents of the BPI Challenge 2013.
    Bpi13,
    /// The help desk of an Italian software company.
    Helpdesk,
}

impl LogKind {
    /// Stands before the ids of cases and requests.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Servicenow => "servicenow",
            Self::Bpi13 => "bpi13",
            Self::Helpdesk => "helpdesk",
        }
    }

    /// Reads a log: its cases in the order of their first events.
    ///
    /// # Errors
    /// The file cannot be read, lacks a column, or has a row that makes no sense.
    pub(crate) fn read(self, path: &Path) -> anyhow::Result<Vec<LogCase>> {
        let text = open_text(path)?;
        let file = path.display().to_string();
        match self {
            Self::Servicenow => servicenow::read(text, &file),
            Self::Bpi13 => bpi13::read(text, &file),
            Self::Helpdesk => helpdesk::read(text, &file),
        }
    }
}
