//! The ids that exist so far, sort by sort.

use crate::parse::declared::Declared;

pub(crate) struct Ids {
    pub(crate) urgencies: Declared,
    pub(crate) severities: Declared,
    pub(crate) tiers: Declared,
    pub(crate) departments: Declared,
    pub(crate) handlers: Declared,
    pub(crate) categories: Declared,
    pub(crate) channels: Declared,
    pub(crate) day_lists: Declared,
    pub(crate) calendars: Declared,
    pub(crate) rules: Declared,
    pub(crate) pauses: Declared,
    pub(crate) clocks: Declared,
    pub(crate) templates: Declared,
    pub(crate) notifications: Declared,
    pub(crate) roles: Declared,
    pub(crate) people: Declared,
    pub(crate) measures: Declared,
    pub(crate) redress: Declared,
    pub(crate) parties: Declared,
    pub(crate) branches: Declared,
    pub(crate) plan_steps: Declared,
    pub(crate) procedures: Declared,
    pub(crate) levels: Declared,
    pub(crate) approval_rules: Declared,
}

impl Ids {
    pub(crate) fn new() -> Self {
        Self {
            urgencies: Declared::new("urgency"),
            severities: Declared::new("severity"),
            tiers: Declared::optional("tier"),
            departments: Declared::new("department"),
            handlers: Declared::new("handler"),
            categories: Declared::new("category"),
            channels: Declared::new("channel"),
            day_lists: Declared::new("list of days"),
            calendars: Declared::new("calendar"),
            rules: Declared::new("rule"),
            pauses: Declared::new("pause"),
            clocks: Declared::new("clock"),
            templates: Declared::new("template"),
            notifications: Declared::new("notification"),
            roles: Declared::new("role"),
            people: Declared::new("person"),
            measures: Declared::new("measure"),
            redress: Declared::new("redress"),
            parties: Declared::new("party"),
            branches: Declared::new("branch"),
            plan_steps: Declared::new("step"),
            procedures: Declared::new("procedure"),
            levels: Declared::new("level"),
            approval_rules: Declared::new("rule"),
        }
    }
}
