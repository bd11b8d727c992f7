//! The checks: from what was sent to what may be worked with, or everything wrong with it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::num::NonZeroU32;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use redress_policy::{Kind, Limits, Wish};

use crate::flexible::{RawNumber, RawWord};
use crate::raw::{RawAttachment, RawCustomer, RawSubmission};
use crate::submission::{Attachment, ContactMeans, Customer, Submission};
use crate::text::{Line, Words};
use crate::violation::{Violation, Violations};

/// Longest request id: it becomes a key in every store.
const MAX_REQUEST_ID_BYTES: usize = 256;
/// Longest tier of a customer: an id of the policy.
const MAX_TIER_BYTES: usize = 64;
/// Longest name of a further field.
const MAX_EXTRA_NAME_BYTES: usize = 64;
/// Most pieces in one complaint; more is a slip of the pen.
const MAX_QUANTITY: i64 = 1_000_000;
/// How far clocks of customers and channels may be ahead of ours.
const MAX_AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// 1900-01-01T00:00:00Z: nothing complained about happened before.
const EARLIEST_SECOND: i64 = -2_208_988_800;

impl Submission {
    /// Checks all fields and gives a submission, or everything that is wrong.
    ///
    /// `limits` bound the sizes (policy); `now` bounds `occurredAt`.
    pub fn check(raw: RawSubmission, limits: &Limits, now: Timestamp) -> Result<Self, Violations> {
        let mut c = Checks {
            limits,
            violations: Vec::new(),
        };
        let request_id = c.request_id(raw.request_id);
        let kind = c.word("kind", raw.kind, "KIND_", Kind::ALL, Kind::as_str);
        let customer = c.customer(raw.customer.unwrap_or_default());
        let description = c.description(raw.description);
        let wish = c.word("wish", raw.wish, "WISH_", Wish::ALL, Wish::as_str);
        let product = c.line("product", raw.product);
        let model = c.line("model", raw.model);
        let quantity = c.quantity(raw.quantity);
        let batch_no = c.line("batchNo", raw.batch_no);
        let order_no = c.line("orderNo", raw.order_no);
        let occurred_at = c.occurred_at(raw.occurred_at, now);
        let place = c.line("place", raw.place);
        let attachments = c.attachments(raw.attachments);
        let extra = c.extra(raw.extra);
        if let Some(violations) = Violations::all(c.violations) {
            return Err(violations);
        }
        Ok(Self {
            request_id: request_id.expect("its absence is a violation"),
            kind: kind.unwrap_or(Kind::Complaint),
            customer,
            description: description.expect("its absence is a violation"),
            wish,
            product,
            model,
            quantity,
            batch_no,
            order_no,
            occurred_at,
            place,
            attachments,
            extra,
        })
    }
}

/// Collects what is wrong. A method that finds something wrong notes it and gives `None`.
struct Checks<'a> {
    limits: &'a Limits,
    violations: Vec<Violation>,
}

impl Checks<'_> {
    fn note(&mut self, field: &str, description: impl Display) {
        let description = description.to_string();
        self.violations.push(Violation {
            field: field.to_owned(),
            description,
        });
    }

    fn fits(&mut self, field: &str, text: &str, max_bytes: usize) -> bool {
        let fits = text.len() <= max_bytes;
        if !fits {
            let bytes = text.len();
            self.note(
                field,
                format_args!("has {bytes} bytes, {max_bytes} are allowed: shorten it"),
            );
        }
        fits
    }

    fn line(&mut self, field: &str, text: Option<String>) -> Option<Line> {
        self.line_within(field, text, self.limits.field_bytes)
    }

    fn line_within(&mut self, field: &str, text: Option<String>, max: usize) -> Option<Line> {
        let text = text?;
        if !self.fits(field, text.trim(), max) {
            return None;
        }
        Line::parse(&text).unwrap_or_else(|error| {
            self.note(field, error);
            None
        })
    }

    fn parsed<T>(&mut self, field: &str, text: Option<String>) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        let line = self.line(field, text)?;
        line.as_str()
            .parse()
            .map_err(|error| self.note(field, error))
            .ok()
    }

    fn request_id(&mut self, text: Option<String>) -> Option<Line> {
        let max = MAX_REQUEST_ID_BYTES.min(self.limits.field_bytes);
        let before = self.violations.len();
        let id = self.line_within("requestId", text, max);
        if id.is_none() && self.violations.len() == before {
            let text = "must not be empty: send the channel's own id of this message";
            self.note("requestId", text);
        }
        id
    }

    fn description(&mut self, text: Option<String>) -> Option<Words> {
        let text = text.unwrap_or_default();
        if !self.fits("description", text.trim(), self.limits.description_bytes) {
            return None;
        }
        match Words::parse(&text) {
            Ok(Some(words)) => return Some(words),
            Ok(None) => self.note("description", "must not be empty"),
            Err(error) => self.note("description", error),
        }
        None
    }

    /// A word of a closed list by its name (any case, prefix or not) or its number in the schema,
    /// where 0 and `…UNSPECIFIED` say nothing and the list's order is the numbers' order.
    fn word<T: Copy>(
        &mut self,
        field: &str,
        raw: Option<RawWord>,
        prefix: &str,
        all: &[T],
        name_of: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let found = match &raw? {
            RawWord::Number(0) => return None,
            RawWord::Number(number) => usize::try_from(*number)
                .ok()
                .and_then(|n| all.get(n - 1))
                .copied(),
            RawWord::Name(name) => {
                let upper = name.trim().to_ascii_uppercase();
                let short = upper.strip_prefix(prefix).unwrap_or(&upper);
                if short.is_empty() || short == "UNSPECIFIED" {
                    return None;
                }
                all.iter()
                    .copied()
                    .find(|word| name_of(*word).eq_ignore_ascii_case(short))
            }
        };
        if found.is_none() {
            let known = all.iter().map(|word| name_of(*word).to_ascii_uppercase());
            let known = known.collect::<Vec<_>>().join(", ");
            self.note(field, format_args!("must be one of {known}"));
        }
        found
    }

    fn customer(&mut self, raw: RawCustomer) -> Customer {
        let means = [ContactMeans::Email, ContactMeans::Phone, ContactMeans::Sms];
        Customer {
            name: self.line("customer.name", raw.name),
            phone: self.parsed("customer.phone", raw.phone),
            email: self.parsed("customer.email", raw.email),
            address: self.line("customer.address", raw.address),
            customer_no: self.line("customer.customerNo", raw.customer_no),
            locale: self.parsed("customer.locale", raw.locale),
            preferred_contact: self.word(
                "customer.preferredContact",
                raw.preferred_contact,
                "CONTACT_MEANS_",
                &means,
                ContactMeans::as_str,
            ),
            tier: self.line_within("customer.tier", raw.tier, MAX_TIER_BYTES),
        }
    }

    /// No piece and no statement are the same: protobuf cannot tell them apart.
    fn quantity(&mut self, raw: Option<RawNumber>) -> Option<NonZeroU32> {
        let raw = raw.filter(|raw| !matches!(raw, RawNumber::Text(t) if t.trim().is_empty()))?;
        match raw.integer() {
            Some(number @ 0..=MAX_QUANTITY) => NonZeroU32::new(number as u32),
            Some(_) => {
                self.note(
                    "quantity",
                    format_args!("must be between 0 and {MAX_QUANTITY}"),
                );
                None
            }
            None => {
                self.note("quantity", "must be a whole number");
                None
            }
        }
    }

    fn occurred_at(&mut self, text: Option<String>, now: Timestamp) -> Option<Timestamp> {
        let line = self.line("occurredAt", text)?;
        let Ok(at) = line.as_str().parse::<Timestamp>() else {
            let text = "is not a time with its offset: write \"2026-05-01T09:30:00+08:00\"";
            self.note("occurredAt", text);
            return None;
        };
        if at.duration_since(now) > MAX_AHEAD {
            self.note(
                "occurredAt",
                "lies in the future: correct date, time or offset",
            );
            return None;
        }
        if at.as_second() < EARLIEST_SECOND {
            self.note(
                "occurredAt",
                "lies before 1900: correct the date, or leave it out",
            );
            return None;
        }
        // Whole microseconds: what the log keeps is what was checked.
        Timestamp::from_microsecond(at.as_microsecond()).ok()
    }

    fn attachments(&mut self, raw: Vec<RawAttachment>) -> Vec<Attachment> {
        let (count, max) = (raw.len(), self.limits.attachments);
        if count > max {
            let text = format!("has {count} entries, {max} are allowed: send the rest separately");
            self.note("attachments", text);
            return Vec::new();
        }
        let checked = raw.into_iter().enumerate();
        checked
            .filter_map(|(index, raw)| self.attachment(index, raw))
            .collect()
    }

    fn attachment(&mut self, index: usize, raw: RawAttachment) -> Option<Attachment> {
        let field = |name: &str| format!("attachments[{index}].{name}");
        let name = self.required_line(&field("name"), raw.name);
        let media_type = self.line(&field("mediaType"), raw.media_type);
        if media_type
            .as_ref()
            .is_some_and(|media| !is_media_type(media.as_str()))
        {
            self.note(
                &field("mediaType"),
                "is not a media type: write one such as \"image/jpeg\"",
            );
        }
        let object = self.required_line(&field("object"), raw.object);
        Some(Attachment {
            name: name?,
            media_type,
            object: object?,
        })
    }

    fn required_line(&mut self, field: &str, text: Option<String>) -> Option<Line> {
        let before = self.violations.len();
        let line = self.line(field, text);
        if line.is_none() && self.violations.len() == before {
            self.note(field, "must not be empty");
        }
        line
    }

    fn extra(&mut self, raw: BTreeMap<String, String>) -> BTreeMap<String, String> {
        let (count, max) = (raw.len(), self.limits.extra_fields);
        if count > max {
            self.note(
                "extra",
                format_args!("has {count} fields, {max} are allowed: leave some out"),
            );
            return BTreeMap::new();
        }
        let mut extra = BTreeMap::new();
        for (name, value) in raw {
            match Line::parse(&name) {
                Ok(Some(_)) if name.len() <= MAX_EXTRA_NAME_BYTES => {}
                _ => {
                    let text = format!(
                        "has a field whose name is blank, longer than {MAX_EXTRA_NAME_BYTES} \
                         bytes or holds control characters: rename it"
                    );
                    self.note("extra", text);
                    continue;
                }
            }
            let field = format!("extra.{name}");
            if !self.fits(&field, &value, self.limits.field_bytes) {
                continue;
            }
            // Kept as sent, not trimmed: what it means is the channel's business.
            match Words::parse(&value) {
                Ok(_) => drop(extra.insert(name, value)),
                Err(error) => self.note(&field, error),
            }
        }
        extra
    }
}

fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}
