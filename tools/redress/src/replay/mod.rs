//! Data files of the field as complaints: which column holds what, and what each row says.
//!
//! Nothing here knows a particular file. The columns are found by their names, so a file of the
//! same make is read the same way wherever it lies.

mod channel;
mod columns;
mod compose;
mod date;
mod rows;

use clap::ValueEnum;

use crate::lifecycle::LogKind;

pub(crate) use rows::{Rows, open};

/// A kind of data file: its name stands before every row's id, so that files of different kinds
/// never share an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DataKind {
    /// By the file's name and the names of the columns.
    Auto,
    /// Consumer complaints about banks (US).
    Cfpb,
    /// Telecom complaints (US).
    Fcc,
    /// City service requests (New York).
    Nyc311,
    /// Tickets of a help desk.
    Tickets,
    /// Citizens' messages to local government (China).
    ZhGov,
    /// Chinese shop, car and city complaints.
    Zh,
    /// An event log: incidents of a ServiceNow installation, every update.
    Servicenow,
    /// An event log: Volvo IT incidents of the BPI Challenge 2013.
    Bpi13,
    /// An event log: the help desk of an Italian software company.
    Helpdesk,
}

impl DataKind {
    /// What stands before the ids of the rows, unless it is the file that names them.
    fn prefix(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Cfpb => Some("cfpb"),
            Self::Fcc => Some("fcc"),
            Self::Nyc311 => Some("nyc311"),
            Self::Tickets => Some("tickets"),
            Self::ZhGov => Some("zh-gov"),
            Self::Zh => Some("zh"),
            log => log.log().map(LogKind::prefix),
        }
    }

    /// The kind of event log, if it is one.
    pub(crate) fn log(self) -> Option<LogKind> {
        match self {
            Self::Servicenow => Some(LogKind::Servicenow),
            Self::Bpi13 => Some(LogKind::Bpi13),
            Self::Helpdesk => Some(LogKind::Helpdesk),
            _ => None,
        }
    }
}
