//! `house.toml`: who the organisation is, numbers, limits and the two ordered axes.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::catalog::{Catalog, entry};
use crate::ids::{SeverityId, TierId, UrgencyId};
use crate::model::words::{Names, Share};

/// The house-wide settings.
#[derive(Clone, Debug)]
pub struct House {
    /// Who handles the complaints.
    pub organisation: Organisation,
    /// The house's zone: the day in a complaint number, times in letters.
    pub time_zone: TimeZone,
    /// The locale of customers who name none, such as `zh-CN`.
    pub default_locale: String,
    /// Every locale that each template must be written in; holds `default_locale`.
    pub locales: Vec<String>,
    /// How complaint numbers look.
    pub number: NumberFormat,
    /// Wall time after registration within which the customer hears more (`respondBy`).
    pub preliminary_reply: SignedDuration,
    /// When a complaint counts as a likely repeat (重复投诉).
    pub repeat: RepeatRule,
    /// Upper bounds of a submission.
    pub limits: Limits,
    /// Degrees of urgency, most urgent first.
    pub urgencies: Catalog<UrgencyLevel>,
    /// Degrees of severity, least severe first.
    pub severities: Catalog<SeverityLevel>,
    /// Tiers of customers; empty in a house that treats all alike.
    pub tiers: Catalog<CustomerTier>,
}

/// Who handles the complaints.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// The name on letters.
    pub name: Names,
    /// The address that mail to customers comes from.
    pub email: String,
    /// The hotline, if there is one.
    pub phone: Option<String>,
}

/// `CF` + yyyymmdd + sequence of at least `min_digits` digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberFormat {
    /// Upper-case ASCII letters.
    pub prefix: String,
    /// The sequence is padded to this many digits and grows beyond.
    pub min_digits: u8,
}

/// When a complaint counts as a likely repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatRule {
    /// How far back earlier complaints are looked at.
    pub window: SignedDuration,
    /// Texts at least this similar are repeats.
    pub similarity: Share,
}

/// Upper bounds of a submission; sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The description.
    pub description_bytes: usize,
    /// The whole body.
    pub body_bytes: usize,
    /// Any other single text field.
    pub field_bytes: usize,
    /// How many attachments.
    pub attachments: usize,
    /// How many further fields of the channel.
    pub extra_fields: usize,
}

/// A degree of urgency (紧急程度).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrgencyLevel {
    /// Referred to everywhere.
    pub id: UrgencyId,
    /// Its names.
    pub name: Names,
    /// 0 is worked on first.
    pub rank: u8,
}

/// A degree of severity (严重程度).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeverityLevel {
    /// Referred to everywhere.
    pub id: SeverityId,
    /// Its names.
    pub name: Names,
    /// 0 is the least severe.
    pub rank: u8,
}

/// A tier of customers (客户级别).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerTier {
    /// What channels say, and targets refer to.
    pub id: TierId,
    /// Its names.
    pub name: Names,
}

entry!(UrgencyLevel, SeverityLevel, CustomerTier);
