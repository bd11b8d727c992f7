//! Every keyword of every rule in one automaton: a text is read once, however many rules there are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// A keyword's place in the table.
pub(crate) type KeywordNo = u32;

/// Collects the distinct keywords of all rules.
#[derive(Default)]
pub(crate) struct Collector {
    numbers: BTreeMap<String, KeywordNo>,
    words: Vec<Arc<str>>,
}

impl Collector {
    /// The number of a keyword, the same however it is capitalised.
    pub(crate) fn number(&mut self, keyword: &str) -> KeywordNo {
        let folded = fold(keyword.trim()).to_ascii_lowercase();
        let next = self.words.len() as KeywordNo;
        *self.numbers.entry(folded).or_insert_with(|| {
            self.words.push(Arc::from(keyword.trim()));
            next
        })
    }

    /// The automaton over all keywords collected.
    pub(crate) fn build(self) -> Keywords {
        let mut patterns = vec![Pattern::default(); self.words.len()];
        for (folded, number) in self.numbers {
            patterns[number as usize] = Pattern::new(&folded);
        }
        // The larger of the automata, and with the shipped rules measured twice as fast.
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(patterns.iter().map(|p| &p.text))
            .expect("keywords are short texts, far below the automaton's size limits");
        Keywords {
            automaton,
            patterns,
            words: self.words,
        }
    }
}

#[derive(Clone, Default)]
struct Pattern {
    text: String,
    whole_start: bool,
    whole_end: bool,
}

impl Pattern {
    fn new(keyword: &str) -> Self {
        let any_ending = keyword.len() > 1 && keyword.ends_with('*');
        let text = keyword.trim_end_matches('*');
        let wordy = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
        Self {
            text: text.to_owned(),
            whole_start: wordy(text.as_bytes().first()),
            whole_end: wordy(text.as_bytes().last()) && !any_ending,
        }
    }

    /// Whether a hit stands at word boundaries where it must. Only ASCII letters and digits
    /// continue a word: between Chinese characters there is always a boundary.
    fn stands_alone(&self, text: &[u8], start: usize, end: usize) -> bool {
        let before = start.checked_sub(1).map(|at| text[at]);
        let after = text.get(end).copied();
        let continues = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
        let cut = self.whole_start && continues(before) || self.whole_end && continues(after);
        !cut
    }
}

/// The compiled keywords.
pub(crate) struct Keywords {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    words: Vec<Arc<str>>,
}

impl Keywords {
    /// The keyword as the policy writes it.
    pub(crate) fn word(&self, number: KeywordNo) -> &Arc<str> {
        &self.words[number as usize]
    }

    /// Which keywords a text contains.
    pub(crate) fn found_in(&self, text: &str) -> Found {
        let text = fold(text);
        let mut found = Found(vec![0; self.patterns.len().div_ceil(64)]);
        for hit in self.automaton.find_overlapping_iter(&*text) {
            let number = hit.pattern().as_usize();
            let alone = self.patterns[number].stands_alone(text.as_bytes(), hit.start(), hit.end());
            if alone {
                found.0[number / 64] |= 1 << (number % 64);
            }
        }
        found
    }
}

/// The keywords found in one text, one bit each.
pub(crate) struct Found(Vec<u64>);

impl Found {
    /// Whether the keyword was found.
    pub(crate) fn has(&self, number: KeywordNo) -> bool {
        let number = number as usize;
        self.0[number / 64] >> (number % 64) & 1 == 1
    }
}

/// Full-width letters and digits as their ASCII twins; most texts have none and are not copied.
fn fold(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().windows(3).any(is_wide) {
        return Cow::Borrowed(text);
    }
    let mut encoded = [0; 4];
    let narrow = |c: char| {
        let wide = is_wide(c.encode_utf8(&mut encoded).as_bytes());
        let twin = wide
            .then(|| char::from_u32(u32::from(c) - 0xFEE0))
            .flatten();
        twin.unwrap_or(c)
    };
    Cow::Owned(text.chars().map(narrow).collect())
}

/// Whether three bytes are a full-width digit or letter: U+FF10–FF19, FF21–FF3A, FF41–FF5A.
/// Looked at as bytes, since full-width commas stand in nearly every Chinese sentence.
fn is_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [0xEF, 0xBC, 0x90..=0x99 | 0xA1..=0xBA] | [0xEF, 0xBD, 0x81..=0x9A])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(keyword: &str, text: &str) -> bool {
        let mut collector = Collector::default();
        let number = collector.number(keyword);
        collector.build().found_in(text).has(number)
    }

    #[test]
    fn english_keywords_match_whole_words_whatever_the_case() {
        assert!(finds("fire", "There was a FIRE."));
        assert!(!finds("fire", "I was fired"));
        assert!(!finds("rat", "a bad rating"));
    }

    #[test]
    fn a_star_lets_any_ending_match() {
        assert!(finds("charg*", "I was charged twice"));
        assert!(!finds("charg*", "overcharged"));
    }

    #[test]
    fn chinese_keywords_match_inside_of_sentences() {
        assert!(finds("漏电", "这个插座漏电了"));
        assert!(finds("app闪退", "你们的APP闪退"));
    }

    #[test]
    fn full_width_letters_match_their_narrow_twins() {
        assert!(finds("wifi", "家里ＷｉＦｉ连不上，很慢"));
    }

    #[test]
    fn a_keyword_inside_of_another_is_found_too() {
        let mut collector = Collector::default();
        let (inner, outer) = (collector.number("退款"), collector.number("拒绝退款"));
        let found = collector.build().found_in("商家拒绝退款");
        assert!(found.has(inner) && found.has(outer));
    }
}
