//! Deadlines that are moved, and who asked for that.

use redress_case::Change;

use super::{Teller, told::Told};

impl Teller<'_> {
    #[rustfmt::skip]
    pub(super) fn extension(&self, change: &Change, who: &str) -> Option<Told> {
        Some(match change {
            Change::Extended { clock, by, reason, evidence, approved_by } => {
                let (zh, en) = self.deadline(clock.as_ref().map(AsRef::as_ref));
                let approved_by = approved_by.as_ref().map(|by| self.names.person(by.as_str()));
                Told::new(
                    format!("{who}将{zh}延长{by}"),
                    format!("{who} extended {en} by {by}"),
                ).with(self.fields()
                    .reason(reason)
                    .word(("证据", "evidence"), evidence)
                    .word(("批准人", "approved by"), approved_by.unwrap_or_default()))
            }
            other => return self.request(other, who),
        })
    }

    #[rustfmt::skip]
    fn request(&self, change: &Change, who: &str) -> Option<Told> {
        Some(match change {
            Change::ExtensionRequested { request, clock, by, reason, evidence, asked, .. } => {
                let (zh, en) = self.deadline(clock.as_ref().map(AsRef::as_ref));
                let level = asked.as_ref().map(|level| self.level(level));
                Told::new(
                    format!("{who}申请将{zh}延长{by}（延期申请{request}）"),
                    format!("{who} asked to extend {en} by {by} (request {request})"),
                ).with(self.fields()
                    .reason(reason)
                    .word(("证据", "evidence"), evidence)
                    .word(("审批", "approval by"), level.unwrap_or_default()))
            }
            Change::ExtensionEscalated { request, level, to, .. } => {
                let (level, to) = (self.names.level(level.as_str()), self.level(to));
                let zh = format!("延期申请{request}在“{level}”无人答复，改由“{to}”答复");
                let en = format!("nobody answered for request {request} at {level}");
                Told::new(zh, format!("{en}: {to} is asked instead"))
            }
            Change::ExtensionApproved { request, on_behalf_of, text, .. } => {
                let (zh, en) = self.behalf(on_behalf_of.as_ref());
                Told::new(
                    format!("{who}{zh}批准延期申请{request}"),
                    format!("{who} approved the extension of request {request}{en}"),
                ).with(self.fields().text(("说明", "text"), text))
            }
            Change::ExtensionRefused { request, on_behalf_of, reason, .. } => {
                let (zh, en) = self.behalf(on_behalf_of.as_ref());
                Told::new(
                    format!("{who}{zh}驳回延期申请{request}"),
                    format!("{who} refused the extension of request {request}{en}"),
                ).with(self.fields().reason(reason))
            }
            _ => return None,
        })
    }

    fn deadline(&self, clock: Option<&str>) -> (String, String) {
        clock.map_or_else(
            || ("全部时限".to_owned(), "every deadline".to_owned()),
            |clock| (self.names.clock(clock), self.names.clock(clock)),
        )
    }
}
