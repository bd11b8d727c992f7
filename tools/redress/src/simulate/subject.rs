//! What a report is about, and the names of what stands in it.

use redress_policy::{ClockId, DepartmentId, Names, Policy};
use redress_what_if::{Pair, Report, Side, Window};

use crate::lang::Lang;

/// A report with all that its readers need to know.
pub(crate) struct Subject {
    pub(crate) report: Report,
    pub(crate) sides: Pair<Side>,
    pub(crate) dirs: Pair<String>,
    pub(crate) window: Window,
    /// Where the history came from: the log, or a file.
    pub(crate) history: String,
    pub(crate) events: u64,
    pub(crate) seconds: f64,
}

impl Subject {
    pub(crate) fn version(&self, side: impl Fn(&Pair<Side>) -> &Side) -> &str {
        side(&self.sides).policy().version()
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.events as f64 / self.seconds.max(1e-6)
    }

    /// A department's names, by whichever policy has it.
    pub(crate) fn department(&self, id: &DepartmentId) -> Names {
        self.named(id.as_str(), |policy| {
            policy.departments().get(id).map(|it| &it.name)
        })
    }

    /// A clock's names.
    pub(crate) fn clock(&self, id: &ClockId) -> Names {
        self.named(id.as_str(), |policy| {
            policy.clocks().get(id).map(|it| &it.name)
        })
    }

    fn named<'a>(&'a self, id: &str, find: impl Fn(&'a Policy) -> Option<&'a Names>) -> Names {
        let Pair { today, candidate } = self.sides.as_ref().map(Side::policy);
        let names = find(candidate).or_else(|| find(today));
        names.cloned().unwrap_or_else(|| Names {
            zh: id.to_owned(),
            en: id.to_owned(),
        })
    }
}

/// The name in a language.
pub(crate) fn pick(names: &Names, lang: Lang) -> &str {
    lang.pick(&names.en, &names.zh)
}

/// What figures are called, in English and Chinese.
pub(crate) fn label(figure: &str) -> (&'static str, &'static str) {
    match figure {
        "cases" => ("Cases", "案件"),
        "clocks" => ("Clocks", "时限"),
        "on_time" => ("On time", "及时"),
        "late" => ("Missed", "超时"),
        "open" => ("Still open", "进行中"),
        "cancelled" => ("No longer asked for", "已取消"),
        "warned" => ("Warned", "预警"),
        "breached" => ("Ran past the end", "逾期"),
        "escalated" => ("Escalated", "升级督办"),
        "plans" => ("Plans", "方案"),
        "to_approve" => ("Plans to approve", "需审批方案"),
        "levels" => ("Approvals", "审批级次"),
        "held_up" => ("Held up by a gate", "程序未满足"),
        "routed" => ("Routed elsewhere", "分派变化"),
        "approvals" | "approval" => ("Approved otherwise", "审批变化"),
        "department" => ("Department", "部门"),
        "category" => ("Category", "分类"),
        "urgency" => ("Urgency", "紧急程度"),
        "severity" => ("Severity", "严重程度"),
        "wide_impact" => ("Wide impact", "影响面广"),
        "handler" => ("Handler", "处理人"),
        "newly_late" => ("Newly missed", "新增超时"),
        "no_longer_late" => ("No longer missed", "不再超时"),
        _ => ("", ""),
    }
}
