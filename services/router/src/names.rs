//! What the policy's entries are called in the caller's language. What a policy no longer knows is
//! called by its id.

use redress_policy::{Names as InBoth, Policy};

use crate::locale::Speech;

/// Looks names up.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) speech: Speech,
}

/// Declares look-ups of entries that have a name in both languages.
macro_rules! look_ups {
    ($($what:ident = $catalog:expr;)*) => {$(
        pub(crate) fn $what(&self, id: &str) -> String {
            let catalog: fn(&Policy, &str) -> Option<InBoth> = $catalog;
            self.named(id, catalog(self.policy, id).as_ref())
        }
    )*};
}

impl Names<'_> {
    look_ups! {
        category = |p, id| Some(p.categories().get(id)?.name.clone());
        department = |p, id| Some(p.departments().get(id)?.name.clone());
        urgency = |p, id| Some(p.house().urgencies.get(id)?.name.clone());
        severity = |p, id| Some(p.house().severities.get(id)?.name.clone());
        pause = |p, id| Some(p.pauses().get(id)?.name.clone());
        clock = |p, id| Some(p.clocks().get(id)?.name.clone());
        channel = |p, id| Some(p.channels().get(id)?.name.clone());
        level = |p, id| Some(p.approvals().levels.get(id)?.name.clone());
        measure = |p, id| Some(p.procedures().measures.get(id)?.name.clone());
        redress = |p, id| Some(p.procedures().redress.get(id)?.name.clone());
        party = |p, id| Some(p.procedures().parties.get(id)?.name.clone());
        branch = |p, id| Some(p.procedures().branches.get(id)?.name.clone());
        step = |p, id| Some(p.procedures().steps.get(id)?.name.clone());
    }

    fn named(&self, id: &str, names: Option<&InBoth>) -> String {
        names
            .map_or(id, |names| names.in_locale(self.speech.tag()))
            .to_owned()
    }

    /// A person of the house, as colleagues know them.
    pub(crate) fn person(&self, id: &str) -> String {
        let staff = self.policy.staff().person(id);
        staff.map_or(id, |person| &person.name).to_owned()
    }

    /// A person or a department.
    pub(crate) fn owner(&self, id: &str) -> String {
        match self.policy.staff().person(id) {
            Some(person) => person.name.clone(),
            None => self.department(id),
        }
    }

    /// How the customer was spoken to.
    pub(crate) fn means(&self, means: &str) -> String {
        let (zh, en) = match means {
            "phone" => ("电话", "phone"),
            "email" => ("邮件", "email"),
            "sms" => ("短信", "SMS"),
            "chat" => ("在线聊天", "chat"),
            "in_person" => ("当面", "meeting in person"),
            "letter" => ("信函", "letter"),
            other => (other, other),
        };
        self.speech.pick(zh, en).to_owned()
    }

    /// Why somebody had no right to a command, by the reason's code.
    pub(crate) fn refusal(&self, code: &str) -> String {
        let (zh, en) = match code {
            "unknown_actor" => ("不是本单位人员", "nobody of the house"),
            "no_role" => ("未说明角色", "no role was said"),
            "role_not_held" => ("不具有该角色", "not in this role"),
            "missing_right" => ("该角色无此权限", "the role may not"),
            "out_of_scope" => ("不属于其负责的案件", "a case of others"),
            "not_the_handler" => ("不是处理人", "not the handler"),
            "only_upwards" => ("第一责任人只能上报", "may hand the case only upwards"),
            "above_limit" => ("超出本人权限", "above their own limit"),
            "four_eyes" => ("不得审批本人提出的事项", "asked for it themselves"),
            "other_level" => ("应由其他级别审批", "another level has to answer"),
            "recused" => ("已回避", "has stepped back"),
            "signed_already" => ("已在其他级别审批", "has signed at another level"),
            "measure_of_others" => ("应由其他角色记录", "for other roles to record"),
            other => (other, other),
        };
        self.speech.pick(zh, en).to_owned()
    }

    /// Several in a row.
    pub(crate) fn list(&self, names: impl IntoIterator<Item = String>) -> String {
        let names: Vec<String> = names.into_iter().collect();
        names.join(self.speech.pick("、", ", "))
    }
}
