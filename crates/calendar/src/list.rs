//! Lists of days that several calendars share.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::error::{Part, SpecError, SpecFault};
use crate::spec::DayListSpec;
use crate::specials::{Named, Special, Specials, Written};

/// Days beyond these years lie outside of every calendar.
pub(crate) const FIRST_DAY: Date = jiff::civil::date(1900, 1, 1);
/// See [`FIRST_DAY`].
pub(crate) const LAST_DAY: Date = jiff::civil::date(2200, 12, 31);

/// A checked list of special days, such as the holidays and make-up days of a country.
#[derive(Debug, Clone)]
pub struct DayList {
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) by_date: BTreeMap<Date, Named>,
}

impl DayList {
    /// Checks a list as it is written.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(spec: DayListSpec) -> Result<Self, Vec<SpecFault>> {
        let (from, to) = (spec.from.unwrap_or(FIRST_DAY), spec.to.unwrap_or(LAST_DAY));
        if to < from {
            let error = SpecError::BackwardValidity { from, to };
            let part = Part::Validity;
            return Err(vec![SpecFault { part, error }]);
        }
        let written = Written {
            holidays: &spec.holidays,
            make_up_days: &spec.make_up_days,
            half_days: &spec.half_days,
        };
        let specials = Specials::gather(written, from.max(FIRST_DAY), to.min(LAST_DAY));
        if !specials.faults.is_empty() {
            return Err(specials.faults);
        }
        Ok(Self {
            name: spec.name,
            version: spec.version,
            from: spec.from,
            to: spec.to,
            by_date: specials.by_date,
        })
    }

    /// What the list is called, if it has a name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Which edition of the list this is, if it says so.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The first and the last day that the list speaks of, as far as it says so.
    pub fn validity(&self) -> (Option<Date>, Option<Date>) {
        (self.from, self.to)
    }

    /// How many days off and how many make-up days it has.
    pub fn counts(&self) -> (usize, usize) {
        let count = |wanted: fn(&Special) -> bool| {
            let days = self.by_date.values();
            days.filter(|day| wanted(&day.special)).count()
        };
        (
            count(|special| matches!(special, Special::Holiday)),
            count(|special| matches!(special, Special::MakeUp(_))),
        )
    }
}
