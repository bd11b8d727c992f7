//! Inputs that were set aside by a door, tried again.

use jiff::Timestamp;
use redress_wire::{intake::Command, peer::SetAsideRow};

use crate::{
    IntakeRules,
    door::desk::{Sent, check_body},
};

/// What stands before the channel in the source of a complaint from the inbox.
pub(crate) const SOURCE: &str = "inbox/";

/// The command of a complaint from the inbox, checked under the rules that are in force now.
pub(crate) fn revive(
    item: &SetAsideRow,
    rules: &IntakeRules,
    now: Timestamp,
) -> Result<Command, String> {
    let channel = item
        .source
        .strip_prefix(SOURCE)
        .ok_or("it did not come from the inbox")?;
    let content_type = (!item.content_type.is_empty()).then_some(item.content_type.as_str());
    let body = item.input.clone().into();
    let sent = Sent {
        channel,
        content_type,
        body: &body,
    };
    let mut checked = check_body(&sent, rules, now).map_err(|refusal| refusal.message)?;
    if item.time_us > 0 {
        checked.register.received_at_us = item.time_us;
    }
    // It is kept by the owner of the complaint it names; one that named none may belong elsewhere.
    if item.complaint_id != checked.id.as_bytes() {
        return Err("nobody could tell whose it is when it came: submit it anew".to_owned());
    }
    Ok(checked.into_command())
}
