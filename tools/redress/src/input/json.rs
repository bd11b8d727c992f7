//! JSON: one complaint, several in an array, or one on each line.

use std::io::{BufRead, Read as _};

use serde_json::{Map, Value};

use super::{InputError, Item, Items};

/// One object, or an array of them.
pub(super) fn whole(
    mut text: Box<dyn BufRead + Send>,
    file: String,
    channel: Option<String>,
) -> anyhow::Result<Items> {
    let mut bytes = Vec::new();
    text.read_to_end(&mut bytes)?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| InputError {
        file: file.clone(),
        line: error.line() as u64,
        reason: error.to_string(),
    })?;
    let values = match value {
        Value::Array(values) => values,
        one => vec![one],
    };
    let items = values.into_iter().enumerate().map(move |(index, value)| {
        let error = |reason| InputError {
            file: file.clone(),
            line: 1,
            reason,
        };
        let place = format!("{file} [{index}]");
        item(value, channel.as_deref(), place).map_err(error)
    });
    Ok(Box::new(items))
}

/// One object on each line; empty lines are skipped.
pub(super) fn lines(text: Box<dyn BufRead + Send>, file: String, channel: Option<String>) -> Items {
    Box::new(text.lines().enumerate().filter_map(move |(index, line)| {
        let number = index as u64 + 1;
        let error = |reason: String| InputError {
            file: file.clone(),
            line: number,
            reason,
        };
        let line = match line {
            Ok(line) if line.trim().is_empty() => return None,
            Ok(line) => line,
            Err(problem) => return Some(Err(error(problem.to_string()))),
        };
        let value = serde_json::from_str(line.trim_start_matches('\u{feff}'));
        let read = value
            .map_err(|problem| format!("is not JSON: {problem}"))
            .and_then(|value| item(value, channel.as_deref(), format!("{file}:{number}")));
        Some(read.map_err(error))
    }))
}

/// `{"channel": …, "submission": {…}}`, or the submission alone.
fn item(value: Value, channel: Option<&str>, place: String) -> Result<Item, String> {
    let Value::Object(mut object) = value else {
        return Err("is not a JSON object".to_owned());
    };
    let (own, submission) = match object.remove("submission") {
        Some(Value::Object(submission)) => (text(&object, "channel"), submission),
        Some(_) => return Err("`submission` is not a JSON object".to_owned()),
        None => (None, object),
    };
    let channel = own.or_else(|| channel.map(str::to_owned));
    let channel = channel.ok_or("names no channel; give one with --channel, such as web")?;
    Ok(Item {
        channel,
        submission,
        place,
    })
}

fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str, channel: Option<&str>) -> Vec<Result<Item, InputError>> {
        let source = Box::new(text.as_bytes());
        lines(source, "x.jsonl".to_owned(), channel.map(str::to_owned)).collect()
    }

    #[test]
    fn lines_hold_a_channel_and_a_submission_or_the_submission_alone() {
        let text =
            "{\"channel\":\"app\",\"submission\":{\"requestId\":\"1\"}}\n\n{\"requestId\":\"2\"}\n";
        let items = read(text, Some("web"));
        let channels: Vec<_> = items
            .iter()
            .map(|item| item.as_ref().expect("fine").channel.as_str())
            .collect();
        assert_eq!(channels, ["app", "web"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let items = read("{\"requestId\":\"1\"}\n{broken\n", None);
        let errors: Vec<String> = items
            .iter()
            .map(|item| item.as_ref().expect_err("wrong").to_string())
            .collect();
        assert!(
            errors[0].starts_with("x.jsonl:1: names no channel"),
            "{}",
            errors[0]
        );
        assert!(
            errors[1].starts_with("x.jsonl:2: is not JSON: "),
            "{}",
            errors[1]
        );
    }

    #[test]
    fn a_file_holds_one_complaint_or_an_array_of_them() {
        let source = Box::new("[{\"requestId\":\"1\"},{\"requestId\":\"2\"}]".as_bytes());
        let items = whole(source, "x.json".to_owned(), Some("web".to_owned()));
        assert_eq!(items.expect("JSON").count(), 2);
    }
}
