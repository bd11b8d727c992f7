//! Reads `notifications.toml`.

use jiff::SignedDuration;

use crate::catalog::Catalog;
use crate::error::Reason;
use crate::model::channel::{Channel, MetBy};
use crate::model::deadline::Scope;
use crate::model::notification::{Audience, Means, Notification, Occasion, Retry};
use crate::parse::context::Ids;
use crate::parse::deadlines::scope;
use crate::parse::fields::Fields;
use crate::parse::report::At;
use crate::parse::span::{duration, opt_duration, positive, share};
use crate::parse::{Sources, tables};

pub(crate) fn notifications(
    sources: &mut Sources<'_, '_>,
    ids: &mut Ids,
    channels: &Catalog<Channel>,
) -> (Option<Retry>, Catalog<Notification>) {
    let mut roots = sources.take("notifications");
    let given: Vec<_> = roots
        .iter_mut()
        .filter_map(|root| root.opt_table("retry"))
        .collect();
    if let (true, Some(root)) = (given.is_empty(), roots.first()) {
        root.fault(Reason::MissingKey {
            key: "[retry]".to_owned(),
        });
    }
    let retry = given.into_iter().next_back().and_then(retry);
    let entries = tables(&mut roots, "notification");
    let all: Vec<_> = entries
        .into_iter()
        .filter_map(|f| notification(f, ids))
        .collect();
    if let Some(root) = roots.first() {
        check_acknowledged(root, channels, &all);
    }
    (retry, all.into_iter().collect())
}

fn retry(mut fields: Fields<'_, '_>) -> Option<Retry> {
    let initial = duration(&mut fields, "initial");
    let factor = fields.req::<f64>("factor");
    let longest = duration(&mut fields, "longest");
    let jitter = share(&mut fields, "jitter");
    let max_attempts = positive(&mut fields, "max_attempts");
    let give_up_after = duration(&mut fields, "give_up_after");
    let factor = factor?;
    if !(1.0..=100.0).contains(&factor.value) {
        let problem = format!("{} is not between 1 and 100", factor.value);
        fields.report.fault(
            factor.place,
            Reason::BadValue {
                key: "factor".to_owned(),
                problem,
            },
        );
    }
    Some(Retry {
        initial: initial?,
        factor: factor.value,
        longest: longest?,
        jitter: jitter?,
        max_attempts: u32::try_from(max_attempts?).unwrap_or(u32::MAX),
        give_up_after: give_up_after?,
    })
}

fn notification(mut fields: Fields<'_, '_>, ids: &mut Ids) -> Option<Notification> {
    let id = ids.notifications.read_id(&mut fields);
    let on = fields.req::<Occasion>("on");
    let to = fields.req::<Audience>("to");
    let by = fields.req::<Means>("by");
    let template = ids.templates.req(&mut fields, "template");
    let clocks = ids.clocks.list(&mut fields, "clocks");
    let scope = scope(&mut fields, ids);
    let after = opt_duration(&mut fields, "after");
    let dropped_by = fields.list::<Occasion>("dropped_by");
    let first = fields.opt::<bool>("first").is_some_and(|first| first.value);
    let (on, to, by) = (on?, to?, by?);
    check_dropped(&fields, after, &dropped_by);
    let only = to.value.only_on();
    if !only.is_empty() && !only.contains(&on.value) {
        let known: Vec<String> = only.iter().map(|on| format!("`{on}`")).collect();
        let problem = format!("`{}` is known on {} only", to.value, known.join(" and "));
        let key = "to".to_owned();
        fields
            .report
            .fault(to.place, Reason::BadValue { key, problem });
    }
    let has_webhook = [Audience::Department, Audience::Supporting].contains(&to.value);
    if by.value == Means::Webhook && !has_webhook {
        let reason = Reason::NoSuchMeans {
            to: to.value.as_str(),
            by: by.value.as_str(),
        };
        fields.report.fault(by.place, reason);
    }
    if !clocks.is_empty() && !on.value.is_of_clock() {
        fields.report.fault(
            on.place,
            Reason::NoClockOccasion {
                on: on.value.as_str(),
            },
        );
    }
    Some(Notification {
        id: id?.value.as_str().into(),
        on: on.value,
        clocks,
        scope,
        to: to.value,
        by: by.value,
        template: template?,
        after,
        dropped_by: dropped_by.into_iter().map(|on| on.value).collect(),
        first,
    })
}

/// What goes out at once cannot be dropped while it waits.
fn check_dropped(
    fields: &Fields<'_, '_>,
    after: Option<SignedDuration>,
    dropped_by: &[At<Occasion>],
) {
    if let (None, Some(on)) = (after, dropped_by.first()) {
        let key = "dropped_by".to_owned();
        let problem = "it goes out at once; give it time with `after`".to_owned();
        fields
            .report
            .fault(on.place, Reason::BadValue { key, problem });
    }
}

/// A channel whose first response is the acknowledgement needs a notification that sends one.
fn check_acknowledged(root: &Fields<'_, '_>, channels: &Catalog<Channel>, all: &[Notification]) {
    for channel in channels
        .iter()
        .filter(|c| c.met_by == MetBy::Acknowledgement)
    {
        let case = Scope {
            channel: vec![channel.id.clone()],
            ..Scope::default()
        };
        let sent = all.iter().any(|n| {
            n.on == Occasion::Registered && n.to == Audience::Customer && n.scope.includes(&case)
        });
        if !sent {
            root.fault(Reason::NoAcknowledgement {
                channel: channel.id.to_string(),
            });
        }
    }
}
