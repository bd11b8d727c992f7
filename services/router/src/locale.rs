//! The language that a caller is answered in.

/// One of the two languages that the policy has names in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Speech {
    /// The language of a tag such as `zh-CN`, if it is one of ours.
    fn of(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default().trim();
        let is = |name: &str| language.eq_ignore_ascii_case(name);
        if is("zh") {
            Some(Self::Zh)
        } else {
            is("en").then_some(Self::En)
        }
    }

    /// The best of what `accept-language` (RFC 9110, 12.5.4) asks for; else the house's default.
    pub fn accepted(header: Option<&str>, default_locale: &str) -> Self {
        let mut best = None;
        for range in header.unwrap_or_default().split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight
                .trim()
                .strip_prefix("q=")
                .map_or(Ok(1.0), str::parse::<f32>);
            let (Some(speech), Ok(weight)) = (Self::of(tag.trim()), weight) else {
                continue;
            };
            if weight > best.map_or(0.0, |(_, best)| best) {
                best = Some((speech, weight));
            }
        }
        best.map(|(speech, _)| speech)
            .or_else(|| Self::of(default_locale))
            .unwrap_or(Self::En)
    }

    /// The tag that the policy's names are asked by.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The text in this language.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_the_languages_asked_for_is_spoken() {
        let spoken = |header| Speech::accepted(Some(header), "zh-CN");
        assert_eq!(spoken("en"), Speech::En);
        assert_eq!(spoken("EN-gb, zh;q=0.5"), Speech::En);
        assert_eq!(spoken("de, en;q=0.3, zh-TW;q=0.8"), Speech::Zh);
        assert_eq!(spoken("en;q=0, zh;q=0.1"), Speech::Zh);
    }

    #[test]
    fn without_a_known_language_the_house_speaks_its_own() {
        assert_eq!(Speech::accepted(None, "zh-CN"), Speech::Zh);
        assert_eq!(Speech::accepted(Some("fr, *;q=0.1"), "en"), Speech::En);
    }
}
