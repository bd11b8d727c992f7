//! The language of labels: Chinese or English.

use clap::ValueEnum;

/// The language that labels are shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// What was asked for, else what the environment's locale says, else English.
    pub(crate) fn choose(asked: Option<Self>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty());
        asked.unwrap_or_else(|| Self::of_locale(locale.as_deref().unwrap_or_default()))
    }

    fn of_locale(locale: &str) -> Self {
        if locale.starts_with("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// The text in this language.
    pub(crate) fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The tag that services know it by.
    pub(crate) fn tag(self) -> &'static str {
        self.pick("en", "zh-CN")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_of_the_environment_chooses_the_language() {
        assert_eq!(Lang::of_locale("zh_CN.UTF-8"), Lang::Zh);
        assert_eq!(Lang::of_locale("C.UTF-8"), Lang::En);
        assert_eq!(Lang::of_locale(""), Lang::En);
    }
}
