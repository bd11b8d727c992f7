//! What came of it, as tests look at it.

#![allow(dead_code, reason = "not every test file looks at everything")]

use redress_notifier::{Letter, Parcel};
use redress_wire::{Payload, notifier::NotificationPlanned};

use super::Desk;
use crate::common::{EMAIL, NUMBER, WITH_HOOK, registered, routed, rules};

pub(crate) const HOOK: &str = "http://127.0.0.1:1/hook";

/// A routed case of a customer with an address; what was told so far is out of the way.
pub(crate) fn desk(locale: &str) -> Desk {
    let mut desk = Desk::new(rules(HOOK));
    desk.tell(&registered(NUMBER, EMAIL, locale));
    desk.tell(&routed(NUMBER, WITH_HOOK));
    desk.start();
    desk
}

pub(crate) fn planned(payloads: &[Payload]) -> Vec<&NotificationPlanned> {
    let planned = payloads.iter().filter_map(|payload| match payload {
        Payload::NotificationPlanned(planned) => Some(planned),
        _ => None,
    });
    planned.collect()
}

pub(crate) fn dropped(payloads: &[Payload]) -> Vec<&str> {
    let dropped = payloads.iter().filter_map(|payload| match payload {
        Payload::NotificationDropped(dropped) => Some(&*dropped.notification_id),
        _ => None,
    });
    dropped.collect()
}

/// The mails that go out now.
pub(crate) fn letters(desk: &mut Desk) -> Vec<Letter> {
    let sendings = desk.start().into_iter();
    let letters = sendings.filter_map(|sending| match sending.parcel {
        Ok(Parcel::Mail(letter)) => Some(letter),
        _ => None,
    });
    letters.collect()
}

pub(crate) fn only_letter(desk: &mut Desk) -> Letter {
    let mut letters = letters(desk);
    assert_eq!(letters.len(), 1);
    letters.remove(0)
}

pub(crate) fn later(desk: &mut Desk, hours: i64) {
    desk.now = desk
        .now
        .checked_add(jiff::SignedDuration::from_hours(hours))
        .expect("in range");
}
