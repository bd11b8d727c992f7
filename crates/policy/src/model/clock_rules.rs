//! Everything that clocks are run by: small enough to be kept with the cases that run under it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use redress_calendar::Calendar;

use crate::catalog::Catalog;
use crate::ids::CalendarId;
use crate::model::deadline::{Clock, PauseReason};

/// The clocks, calendars and pauses of one version of the policy.
#[derive(Clone, Debug, Default)]
pub struct ClockRules {
    pub(crate) version: String,
    pub(crate) clocks: Catalog<Clock>,
    pub(crate) calendars: BTreeMap<CalendarId, Calendar>,
    pub(crate) pauses: Catalog<PauseReason>,
    pub(crate) coalesce: Option<SignedDuration>,
}

impl ClockRules {
    /// The most different clocks of a policy: what an armed point has room to tell apart.
    pub const MAX_CLOCKS: usize = 128;

    /// Version of the policy that they are of.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The clocks.
    pub fn clocks(&self) -> &Catalog<Clock> {
        &self.clocks
    }

    /// The business calendar with this id.
    pub fn calendar(&self, id: &CalendarId) -> Option<&Calendar> {
        self.calendars.get(id)
    }

    /// All business calendars by id.
    pub fn calendars(&self) -> &BTreeMap<CalendarId, Calendar> {
        &self.calendars
    }

    /// The reasons for which clocks may pause.
    pub fn pauses(&self) -> &Catalog<PauseReason> {
        &self.pauses
    }

    /// Who was told of an escalation of a case is not told of another one of the case for so long.
    pub fn coalesce(&self) -> Option<SignedDuration> {
        self.coalesce
    }
}
