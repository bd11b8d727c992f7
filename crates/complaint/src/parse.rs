//! From bytes to a [`RawSubmission`], every refusal saying where and what.

use serde_json::error::Category;

use crate::raw::RawSubmission;
use crate::violation::Violations;

/// Reads a JSON body of at most `max_bytes`.
///
/// Refused, each with a violation of its own kind: a body too large, invalid UTF-8, broken JSON,
/// anything but an object, an unknown field, a value of a wrong type, half of a surrogate pair.
pub fn parse_json(body: &[u8], max_bytes: usize) -> Result<RawSubmission, Violations> {
    if body.len() > max_bytes {
        let text = format!(
            "has {} bytes, {max_bytes} are allowed: shorten the description or send files as \
             attachments",
            body.len()
        );
        return Err(Violations::one("", text));
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        let text = format!(
            "is not UTF-8: byte {} is invalid; send UTF-8 without exception",
            error.valid_up_to() + 1
        );
        Violations::one("", text)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.trim_start().chars().next() {
        None => Err(Violations::one("", "is empty: send a JSON object")),
        Some('{') => read(text),
        Some(_) => Err(Violations::one(
            "",
            "is not a JSON object: begin with \"{\"",
        )),
    }
}

fn read(text: &str) -> Result<RawSubmission, Violations> {
    let mut json = serde_json::Deserializer::from_str(text);
    let raw = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| refusal(&error.path().to_string(), error.inner()))?;
    json.end().map_err(|error| refusal("", &error))?;
    Ok(raw)
}

fn refusal(path: &str, error: &serde_json::Error) -> Violations {
    let path = if path == "." { "" } else { path };
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let place = format!("line {}, column {}", error.line(), error.column());
    if message.contains("surrogate") || message.contains("end of hex escape") {
        let text = format!(
            "holds half of a surrogate pair (\\ud800 to \\udfff) before {place}: send whole \
             characters"
        );
        return Violations::one(path, text);
    }
    if error.classify() != Category::Data {
        let text = format!("is not valid JSON: {message} ({place})");
        return Violations::one("", text);
    }
    if let Some(name) = between(message, "unknown field `", "`") {
        let field = child(path, name);
        let text = "is not a field of a submission: correct its name, or put it into extra";
        return Violations::one(field, text);
    }
    if let Some(name) = between(message, "duplicate field `", "`") {
        return Violations::one(child(path, name), "is there twice: send it once");
    }
    let expected = message
        .rsplit_once(", expected ")
        .map_or("another type", |(_, what)| what);
    // What was found instead may be personal data, so only what was expected is told.
    Violations::one(path, format!("has the wrong type: must be {expected}"))
}

/// The path of a field below another. When a field is unknown, the path may already name it.
fn child(path: &str, name: &str) -> String {
    let named = path
        .strip_suffix(name)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    match path {
        "" => name.to_owned(),
        _ if named => path.to_owned(),
        _ => format!("{path}.{name}"),
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    // The name is the sender's and may itself hold a backtick; the list that follows may not.
    let end = rest.rfind(", expected").map_or(rest.len(), |at| at);
    rest[..end].rfind(after).map(|at| &rest[..at])
}
