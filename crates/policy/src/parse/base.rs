//! Reads the parts that others refer to; alone, they are what a version's clocks are made from.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::model::category::Category;
use crate::model::channel::Channel;
use crate::model::clock_rules::ClockRules;
use crate::model::department::Department;
use crate::model::house::House;
use crate::model::procedure::Procedures;
use crate::model::staff::Staff;
use crate::parse::context::Ids;
use crate::parse::report::Report;
use crate::parse::{
    Sources, calendars, deadlines, house, packs, part_of, people, procedures, staff,
};

/// What other parts refer to, and the clocks, which refer to nearly all of it.
pub(crate) struct Base {
    pub(crate) house: Option<House>,
    pub(crate) departments: Catalog<Department>,
    pub(crate) categories: Catalog<Category>,
    pub(crate) channels: Catalog<Channel>,
    pub(crate) staff: Option<Staff>,
    pub(crate) procedures: Option<Procedures>,
    pub(crate) clock_rules: ClockRules,
}

impl Base {
    pub(crate) fn read(sources: &mut Sources<'_, '_>, ids: &mut Ids) -> Self {
        let house = house::read(sources, ids);
        let calendars = calendars::read(sources, ids);
        let departments = people::departments(sources, ids, house.as_ref());
        let categories = people::categories(sources, ids);
        let channels = people::channels(sources, ids);
        let staff = staff::read(sources, ids, house.as_ref(), &departments);
        let procedures = procedures::read(sources, ids, house.as_ref(), staff.as_ref());
        let around = deadlines::Around {
            channels: &channels,
            calendars,
            staff: staff.as_ref(),
            procedures: procedures.as_ref(),
        };
        let mut clock_rules = deadlines::read(sources, ids, around);
        clock_rules.clocks = packs::narrow(sources.packs(), ids, clock_rules.clocks);
        Self {
            house,
            departments,
            categories,
            channels,
            staff,
            procedures,
            clock_rules,
        }
    }
}

impl ClockRules {
    /// Whether a file has any part in what clocks are run by.
    pub fn reads(name: &str) -> bool {
        const OTHERS: [&str; 4] = ["approvals", "notifications", "templates", "triage"];
        !OTHERS.contains(&part_of(name))
    }

    /// The clocks of a version whose files were kept ([`ClockRules::reads`]), after it was checked
    /// by the release of its day. What this release does not understand of it is left out; `None`
    /// if that leaves no clock.
    pub fn of_kept(version: &str, files: &BTreeMap<String, String>) -> Option<Self> {
        let report = Report::new(files);
        let mut sources = Sources::new(&report);
        let base = Base::read(&mut sources, &mut Ids::new());
        let version = version.to_owned();
        let rules = Self {
            version,
            ..base.clock_rules
        };
        (!rules.clocks.is_empty()).then_some(rules)
    }
}
