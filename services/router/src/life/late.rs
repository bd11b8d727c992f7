//! What people have to know who stop or move deadlines that have passed.

use jiff::tz::TimeZone;
use redress_case::{Case, Circumstances, Command};
use redress_wire::{
    event::timestamp,
    router::{CaseRow, RunningClock, Words},
};

/// A clock that is late is neither stopped by a hold nor moved by an extension (sla-monitor keeps
/// it so): whoever gives such a command is told which clocks that are.
pub(super) fn notes(
    command: &Command,
    before: &Case,
    row: &CaseRow,
    around: &Circumstances<'_>,
) -> Vec<Words> {
    let extended = match command {
        Command::Extend(extend) => Some(&extend.clock),
        Command::RequestExtension(request) => Some(&request.clock),
        Command::ApproveExtension(_) => before.extension.as_ref().map(|asked| &asked.clock),
        _ => None,
    };
    let (only, en, zh) = match (command, extended) {
        (Command::Hold(_), _) => (None, "the hold does not stop it", "暂停不会使其停止"),
        (_, Some(clock)) => (
            clock.as_ref().map(AsRef::as_ref),
            "the extension does not move it",
            "延期不会改变其到期时间",
        ),
        _ => return Vec::new(),
    };
    let now_us = around.now.as_microsecond();
    let late = |clock: &&RunningClock| {
        !clock.paused
            && (clock.breached || clock.due_at_us <= now_us)
            && only.is_none_or(|only: &str| only == clock.clock)
    };
    let late = row.clocks.iter().filter(late);
    late.map(|clock| note(clock, around, en, zh)).collect()
}

fn note(clock: &RunningClock, around: &Circumstances<'_>, en: &str, zh: &str) -> Words {
    let known = around.policy.clocks().get(&clock.clock);
    let (name_en, name_zh) = known.map_or((&*clock.clock, &*clock.clock), |known| {
        (&*known.name.en, &*known.name.zh)
    });
    let zone = around.policy.house().time_zone.clone();
    let ended = in_house(clock.due_at_us, zone);
    Words {
        en: format!("`{name_en}` is late since {ended}: {en}"),
        zh: format!("“{name_zh}”已于 {ended} 超时：{zh}"),
    }
}

fn in_house(at_us: i64, zone: TimeZone) -> String {
    let then = timestamp(at_us).to_zoned(zone);
    then.strftime("%Y-%m-%d %H:%M").to_string()
}
