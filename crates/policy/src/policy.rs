//! A checked policy: every reference in it resolves.

use std::collections::BTreeMap;

use redress_calendar::Calendar;

use crate::catalog::Catalog;
use crate::ids::{CalendarId, DepartmentId};
use crate::model::approval::Approvals;
use crate::model::category::Category;
use crate::model::channel::Channel;
use crate::model::clock_rules::ClockRules;
use crate::model::deadline::{Clock, PauseReason};
use crate::model::department::Department;
use crate::model::house::House;
use crate::model::notification::{Notification, Occasion, Retry};
use crate::model::procedure::Procedures;
use crate::model::rule::{Defaults, Rule};
use crate::model::staff::Staff;
use crate::model::template::Template;
use crate::remark::Remark;

/// The house rules, parsed and checked.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) house: House,
    pub(crate) channels: Catalog<Channel>,
    pub(crate) categories: Catalog<Category>,
    pub(crate) departments: Catalog<Department>,
    pub(crate) defaults: Defaults,
    pub(crate) rules: Catalog<Rule>,
    pub(crate) clock_rules: ClockRules,
    pub(crate) templates: Catalog<Template>,
    pub(crate) notifications: Catalog<Notification>,
    pub(crate) retry: Retry,
    pub(crate) staff: Staff,
    pub(crate) procedures: Procedures,
    pub(crate) approvals: Approvals,
    pub(crate) remarks: Vec<Remark>,
}

impl Policy {
    /// A short hash of the files: equal texts, equal version.
    pub fn version(&self) -> &str {
        &self.clock_rules.version
    }

    /// The house-wide settings.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// The channels.
    pub fn channels(&self) -> &Catalog<Channel> {
        &self.channels
    }

    /// The categories.
    pub fn categories(&self) -> &Catalog<Category> {
        &self.categories
    }

    /// The departments.
    pub fn departments(&self) -> &Catalog<Department> {
        &self.departments
    }

    /// The department that leads a category; an unknown category is led like the default one.
    pub fn lead(&self, category: impl AsRef<str>) -> &Department {
        let category = self
            .categories
            .get(category)
            .or_else(|| self.categories.get(&self.defaults.category))
            .expect("the checks make sure that the default category exists");
        self.department(&category.department)
    }

    fn department(&self, id: &DepartmentId) -> &Department {
        self.departments
            .get(id)
            .expect("the checks make sure that a category's department exists")
    }

    /// What a complaint gets when no rule says otherwise.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// The triage rules in order.
    pub fn rules(&self) -> &Catalog<Rule> {
        &self.rules
    }

    /// All that clocks are run by.
    pub fn clock_rules(&self) -> &ClockRules {
        &self.clock_rules
    }

    /// The clocks.
    pub fn clocks(&self) -> &Catalog<Clock> {
        &self.clock_rules.clocks
    }

    /// The business calendar with this id.
    pub fn calendar(&self, id: &CalendarId) -> Option<&Calendar> {
        self.clock_rules.calendars.get(id)
    }

    /// All business calendars by id.
    pub fn calendars(&self) -> &BTreeMap<CalendarId, Calendar> {
        &self.clock_rules.calendars
    }

    /// The reasons for which clocks may pause.
    pub fn pauses(&self) -> &Catalog<PauseReason> {
        &self.clock_rules.pauses
    }

    /// The templates.
    pub fn templates(&self) -> &Catalog<Template> {
        &self.templates
    }

    /// All notifications.
    pub fn notifications(&self) -> &Catalog<Notification> {
        &self.notifications
    }

    /// The notifications of one occasion.
    pub fn notifications_on(&self, on: Occasion) -> impl Iterator<Item = &Notification> {
        self.notifications.iter().filter(move |n| n.on == on)
    }

    /// How sending is retried.
    pub fn retry(&self) -> &Retry {
        &self.retry
    }

    /// Who works here: roles, people, delegations.
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    /// What each severity's procedure demands, and the words that investigations and plans use.
    pub fn procedures(&self) -> &Procedures {
        &self.procedures
    }

    /// Which plans need whose approval.
    pub fn approvals(&self) -> &Approvals {
        &self.approvals
    }

    /// What is valid and deserves a look, by file and line.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }
}
