//! Why a command is not carried out, and what the caller can do about it.

mod common;
mod says;

use std::fmt;

pub(crate) use common::{Bad, Nobody, NotNow, NotYours, Stale};
pub(crate) use says::{Says, rejections};

use crate::{Change, CommandKind, MoneyFault, TextTooLong};

/// What sort of refusal it is; services map it to a status in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectionKind {
    /// The command itself is wrong, whenever it comes.
    Invalid,
    /// Not as the case stands.
    NotAllowedNow,
    /// Not this person in this role.
    NoRight,
    /// The case has moved on since the caller looked.
    Conflict,
    /// What the command speaks of does not exist.
    NotFound,
}

/// Why a command was not carried out: one fact, and what is possible instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// What sort of refusal.
    pub kind: RejectionKind,
    /// Names the reason for programs: `missing_right`.
    pub code: &'static str,
    en: Box<str>,
    zh: Box<str>,
    /// Where the sentences say what is possible instead.
    instead: (u32, u32),
    /// What the case allows now, in the order of [`CommandKind`]; empty where that is no help.
    pub allowed_now: Box<[CommandKind]>,
    /// What the procedure demands first.
    pub missing: Box<[Missing]>,
    /// The refused attempt, to be recorded with the case; boxed, for it is rare.
    pub record: Option<Box<Change>>,
}

/// Something that a procedure demands and the case does not have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// In English: `5W1H: where, how many`.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Missing {
    pub(crate) fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// In Chinese for `zh…`, in English otherwise.
    pub fn in_locale(&self, locale: &str) -> &str {
        pick(locale, &self.en, &self.zh)
    }
}

impl Rejection {
    /// The sentence in English.
    pub fn en(&self) -> &str {
        &self.en
    }

    /// The sentence in Chinese.
    pub fn zh(&self) -> &str {
        &self.zh
    }

    /// The sentence in Chinese for `zh…`, in English otherwise.
    pub fn in_locale(&self, locale: &str) -> &str {
        pick(locale, &self.en, &self.zh)
    }

    /// The reason alone, without what is possible instead.
    pub(crate) fn reason(&self) -> Missing {
        let bare = |sentence: &str, end: u32| {
            let end = sentence.len().min(end as usize);
            sentence.get(..end).unwrap_or(sentence).to_owned()
        };
        Missing::new(
            bare(&self.en, self.instead.0),
            bare(&self.zh, self.instead.1),
        )
    }

    /// With what is possible instead, which ends the sentences.
    pub(crate) fn allowing(mut self, allowed: Vec<CommandKind>) -> Self {
        let listed = |name: fn(&CommandKind) -> String, between: &str| {
            allowed.iter().map(name).collect::<Vec<_>>().join(between)
        };
        let zh = listed(|c| format!("{}({c})", c.zh()), "、");
        let en = listed(ToString::to_string, ", ");
        self.instead = (self.en.len() as u32, self.zh.len() as u32);
        let (en, zh) = if allowed.is_empty() {
            ("nothing".to_owned(), "无".to_owned())
        } else {
            (en, zh)
        };
        self.en = format!("{}; possible now: {en}", self.en).into();
        self.zh = format!("{};当前可以:{zh}", self.zh).into();
        self.allowed_now = allowed.into();
        self
    }

    pub(crate) fn missing(mut self, missing: Vec<Missing>) -> Self {
        self.missing = missing.into();
        self
    }

    pub(crate) fn recorded(mut self, change: Change) -> Self {
        self.record = Some(Box::new(change));
        self
    }

    pub(crate) fn is_for_want_of_right(&self) -> bool {
        self.kind == RejectionKind::NoRight
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl std::error::Error for Rejection {}

impl<S: Says> From<S> for Rejection {
    fn from(reason: S) -> Self {
        Self {
            kind: reason.kind(),
            code: reason.code(),
            en: reason.en().into(),
            zh: reason.zh().into(),
            instead: (u32::MAX, u32::MAX),
            allowed_now: Box::default(),
            missing: Box::default(),
            record: None,
        }
    }
}

impl Says for TextTooLong {
    fn kind(&self) -> RejectionKind {
        RejectionKind::Invalid
    }

    fn code(&self) -> &'static str {
        "text_too_long"
    }

    fn en(&self) -> String {
        self.to_string()
    }

    fn zh(&self) -> String {
        let (field, bytes, most) = (self.field, self.bytes, crate::LONGEST_TEXT);
        format!("{field} 有 {bytes} 字节,最多 {most} 字节:其余请作为附件提交")
    }
}

impl Says for MoneyFault {
    fn kind(&self) -> RejectionKind {
        RejectionKind::Invalid
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Negative(_) => "negative_amount",
            Self::Currency(_) => "not_a_currency",
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }

    fn zh(&self) -> String {
        match self {
            Self::Negative(amount) => format!("金额 {amount} 为负数:金额不得小于 0"),
            Self::Currency(text) => format!("“{text}”不是货币代码:请写三个大写字母,如 CNY"),
        }
    }
}

fn pick<'a>(locale: &str, en: &'a str, zh: &'a str) -> &'a str {
    let chinese = locale
        .get(..2)
        .is_some_and(|l| l.eq_ignore_ascii_case("zh"));
    if chinese { zh } else { en }
}
