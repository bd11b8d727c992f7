//! Checks of what commands bring, shared by many.

use redress_policy::{DepartmentId, Entry, PersonId};

use crate::desk::Desk;
use crate::rejection::{Bad, Nobody};
use crate::{Evidence, Rejection, Text};

/// How many entries a list may have. An exchange form has seven steps, a 5-Why chain five whys.
pub(crate) const MOST_ENTRIES: usize = 64;
/// How long an id, a reference or a word may be, in bytes: object keys have up to 1,024.
pub(crate) const LONGEST_WORD: usize = 1024;
/// How long the texts of one list may be together, in bytes: four full texts. A fact has to fit
/// into one message of the log together with others.
pub(crate) const LARGEST_LIST: usize = 4 * crate::LONGEST_TEXT;

/// By which means a customer is spoken to.
pub(crate) const MEANS: [&str; 6] = ["phone", "email", "sms", "chat", "in_person", "letter"];

/// Words are demanded.
pub(crate) fn given(field: &'static str, text: &Text) -> Result<(), Bad> {
    if text.is_empty() {
        return Err(Bad::NoText { field });
    }
    Ok(())
}

/// A word is demanded, of bounded length.
pub(crate) fn word(field: &'static str, word: &str) -> Result<(), Bad> {
    if word.trim().is_empty() {
        return Err(Bad::NoText { field });
    }
    short(field, word)
}

/// A word, if any, has a bounded length.
pub(crate) fn short(field: &'static str, word: &str) -> Result<(), Bad> {
    let (bytes, most) = (word.len(), LONGEST_WORD);
    if bytes > most {
        return Err(Bad::WordTooLong { field, bytes, most });
    }
    Ok(())
}

/// A list has a bounded number of entries.
pub(crate) fn few<T>(field: &'static str, entries: &[T]) -> Result<(), Bad> {
    let (count, most) = (entries.len(), MOST_ENTRIES);
    if count > most {
        return Err(Bad::TooMany { field, count, most });
    }
    Ok(())
}

/// The texts of a list are bounded together.
pub(crate) fn together<'t>(texts: impl Iterator<Item = &'t Text>) -> Result<(), Bad> {
    let (bytes, most) = (texts.map(|text| text.as_str().len()).sum(), LARGEST_LIST);
    if bytes > most {
        return Err(Bad::TooMuch { bytes, most });
    }
    Ok(())
}

/// A list of texts, none of them empty.
pub(crate) fn texts(field: &'static str, texts: &[Text]) -> Result<(), Bad> {
    few(field, texts)?;
    together(texts.iter())?;
    texts.iter().try_for_each(|text| given(field, text))
}

/// Evidence names its object.
pub(crate) fn evidence(evidence: &[Evidence]) -> Result<(), Bad> {
    few("evidence", evidence)?;
    together(evidence.iter().map(|piece| &piece.description))?;
    evidence.iter().try_for_each(|piece| {
        word("evidence.object", &piece.object)?;
        short("evidence.verified_by", &piece.verified_by)
    })
}

/// One of a closed list of words.
pub(crate) fn one_of(field: &'static str, word: &str, known: &[&str]) -> Result<(), Bad> {
    if known.contains(&word) {
        return Ok(());
    }
    Err(Bad::Unknown {
        field,
        id: clip(word),
        known: known.join(", "),
    })
}

/// One of the policy's entries.
pub(crate) fn entry<'p, T: Entry>(
    field: &'static str,
    id: &str,
    catalog: &'p redress_policy::Catalog<T>,
) -> Result<&'p T, Bad> {
    catalog.get(id).ok_or_else(|| Bad::Unknown {
        field,
        id: clip(id),
        known: catalog
            .iter()
            .map(Entry::key)
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// A department of the policy.
pub(crate) fn department(desk: &Desk<'_>, id: &DepartmentId) -> Result<(), Nobody> {
    if desk.cx.policy.departments().contains(id) {
        return Ok(());
    }
    let id = clip(id.as_str());
    Err(Nobody::Department { id })
}

/// A person of the policy.
pub(crate) fn person<'p>(
    desk: &Desk<'p>,
    id: &PersonId,
) -> Result<&'p redress_policy::Person, Nobody> {
    let unknown = || Nobody::Person {
        id: clip(id.as_str()),
    };
    desk.staff().person(id).ok_or_else(unknown)
}

/// Who carries something out: a person or a department of the policy.
pub(crate) fn owner(desk: &Desk<'_>, field: &'static str, id: &str) -> Result<(), Rejection> {
    word(field, id)?;
    let known = desk.staff().person(id).is_some() || desk.cx.policy.departments().contains(id);
    if known {
        return Ok(());
    }
    let id = clip(id);
    Err(Nobody::Owner { id }.into())
}

/// A point in time that is still to come.
pub(crate) fn ahead(
    desk: &Desk<'_>,
    field: &'static str,
    at: Option<jiff::Timestamp>,
) -> Result<jiff::Timestamp, Bad> {
    let at = at.ok_or(Bad::NoTime { field })?;
    if at <= desk.now() {
        return Err(Bad::Past { field, at });
    }
    Ok(at)
}

/// What callers send may be long; sentences are not.
pub(crate) fn clip(word: &str) -> String {
    const MOST: usize = 64;
    let end = (0..=MOST.min(word.len()))
        .rev()
        .find(|at| word.is_char_boundary(*at));
    match end {
        Some(end) if end < word.len() => format!("{}…", &word[..end]),
        _ => word.to_owned(),
    }
}
