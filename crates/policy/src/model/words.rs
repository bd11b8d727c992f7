//! Words that several files share: names in two languages, shares, and the two closed lists
//! that the submission format fixes (kind and wish, domain.md sections 1 and 2).

use serde::Deserialize;

/// A name or text in Chinese and in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Names {
    /// The text for a locale: Chinese for `zh…`, English otherwise.
    pub fn in_locale(&self, locale: &str) -> &str {
        if locale
            .get(..2)
            .is_some_and(|l| l.eq_ignore_ascii_case("zh"))
        {
            &self.zh
        } else {
            &self.en
        }
    }
}

/// A share between 0 and 1 in thousandths, so that policies compare exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u16);

impl Share {
    /// From a fraction; `None` outside 0 to 1.
    pub fn from_fraction(fraction: f64) -> Option<Self> {
        (0.0..=1.0)
            .contains(&fraction)
            .then(|| Self((fraction * 1000.0).round() as u16))
    }

    /// In thousandths, 0 to 1000.
    pub fn permille(self) -> u16 {
        self.0
    }

    /// As a fraction, 0.0 to 1.0.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

/// The text names no member of the list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of {known}")]
pub struct UnknownWord {
    /// What was found.
    pub found: String,
    /// What would have been understood.
    pub known: String,
}

/// Declares a closed list of words: upper case on the wire, lower case in policy files.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every member, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word as it stands in policy files (snake case).
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::words::UnknownWord;

            /// Upper or lower case: policy files write `refund`, the wire writes `REFUND`.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|w| w.as_str().eq_ignore_ascii_case(text)).ok_or_else(
                    || $crate::model::words::unknown_word(text, Self::ALL.iter().map(|w| w.as_str())),
                )
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use words;

pub(crate) fn unknown_word(found: &str, known: impl Iterator<Item = &'static str>) -> UnknownWord {
    let known = known.collect::<Vec<_>>().join(", ");
    UnknownWord {
        found: found.to_owned(),
        known,
    }
}

words! {
    /// What was lodged (反馈类型).
    Kind {
        /// 投诉
        Complaint = "complaint",
        /// 建议
        Suggestion = "suggestion",
        /// 二次反馈: an objection to a handled result.
        Objection = "objection",
        /// 合作伙伴转达
        PartnerRelay = "partner_relay",
    }
}

words! {
    /// What the customer wishes (诉求).
    Wish {
        /// 退款
        Refund = "refund",
        /// 换货
        Exchange = "exchange",
        /// 维修
        Repair = "repair",
        /// 补发
        Reissue = "reissue",
        /// 补偿
        Compensation = "compensation",
        /// 道歉
        Apology = "apology",
        /// 服务升级
        ServiceUpgrade = "service_upgrade",
        /// 功能修复
        Fix = "fix",
    }
}
