//! Words that others wrote, as a letter may carry them: opened, bounded, without characters that
//! would change how the letter around them reads.

use redress_wire::customer::SealedText;

/// Characters of all such words in one letter: some thirty pages.
const MOST: usize = 60_000;
/// Characters of one line, such as a name.
const LONGEST_LINE: usize = 200;

/// A text is under a key that is not at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sealed;

/// Opens the texts of one letter, up to what a letter may hold.
pub(super) struct Words(usize);

impl Words {
    pub(super) fn new() -> Self {
        Self(MOST)
    }

    /// The text, or an empty one if there is none.
    pub(super) fn open(&mut self, text: Option<&SealedText>) -> Result<String, Sealed> {
        let Some(SealedText { key_id, payload }) = text else {
            return Ok(String::new());
        };
        if !key_id.is_empty() {
            return Err(Sealed);
        }
        Ok(self.take(&String::from_utf8_lossy(payload)))
    }

    /// Paragraphs.
    pub(super) fn take(&mut self, text: &str) -> String {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String = text.trim().chars().filter(|c| is_text(*c)).collect();
        let taken = shortened(&clean, self.0);
        self.0 = self.0.saturating_sub(taken.chars().count());
        taken
    }
}

/// One line, such as a name.
pub(super) fn line(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| is_text(*c))
        .collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    shortened(&words.join(" "), LONGEST_LINE)
}

/// Neither control characters but the usual two, nor those that turn the direction of what stands
/// around them (Unicode UAX 9), nor those that nobody sees.
fn is_text(c: char) -> bool {
    let unseen = matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !unseen && (!c.is_control() || c == '\n' || c == '\t')
}

/// The first characters of a text, and a sign that there were more.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> SealedText {
        SealedText {
            key_id: String::new(),
            payload: text.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_text_keeps_its_paragraphs_and_loses_what_would_change_the_letter() {
        let text = plain("第一段\r\n\r\n第二段\u{0}\u{1b}[31m\u{202e}\u{200b}\t完\n");
        let opened = Words::new().open(Some(&text));
        assert_eq!(opened, Ok("第一段\n\n第二段[31m\t完".to_owned()));
        assert_eq!(Words::new().open(None), Ok(String::new()));
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(
            line(" 王\r\nBcc: a@b.example\u{202e} "),
            "王 Bcc: a@b.example"
        );
        assert_eq!(line(&"长".repeat(999)).chars().count(), LONGEST_LINE + 1);
    }

    #[test]
    fn all_texts_of_a_letter_together_are_bounded() {
        let mut words = Words::new();
        let long = "长".repeat(MOST - 10);
        assert_eq!(words.take(&long), long);
        assert_eq!(
            words.take(&"短".repeat(30)),
            format!("{}…", "短".repeat(10))
        );
        assert_eq!(words.take("nothing fits any more"), "…");
    }

    #[test]
    fn what_is_sealed_is_not_shown() {
        let sealed = SealedText {
            key_id: "k1".to_owned(),
            payload: b"secret".to_vec(),
        };
        assert_eq!(Words::new().open(Some(&sealed)), Err(Sealed));
    }
}
