//! What a door answers.

use serde::Deserialize;

/// What came of a complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// New, durable and numbered.
    Registered(Answer),
    /// It came before.
    Duplicate(Answer),
    /// Durable; the number follows.
    Accepted(Answer),
    /// Not taken, for a reason that the sender can mend.
    Refused(Refusal),
    /// No answer: it may have been registered or not.
    Unknown(String),
}

/// Id and number.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Answer {
    pub(crate) complaint_id: String,
    pub(crate) number: String,
    pub(crate) respond_by: String,
}

/// Why it was not taken.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) violations: Vec<Violation>,
    #[serde(alias = "retryDelayMs")]
    pub(crate) retry_after_ms: u64,
}

/// What is wrong with a field.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Violation {
    pub(crate) field: String,
    pub(crate) description: String,
}

impl Refusal {
    /// True when the same complaint may be taken a moment later.
    pub(crate) fn is_for_now(&self) -> bool {
        matches!(
            self.code.as_str(),
            "RESOURCE_EXHAUSTED" | "UNAVAILABLE" | "DEADLINE_EXCEEDED" | "ABORTED"
        )
    }

    /// In one line, with every field.
    pub(crate) fn text(&self) -> String {
        let fields: Vec<String> = self
            .violations
            .iter()
            .map(|violation| format!("{} {}", violation.field, violation.description))
            .collect();
        if fields.is_empty() {
            format!("{}: {}", self.code, self.message)
        } else {
            format!("{}: {}: {}", self.code, self.message, fields.join("; "))
        }
    }
}

impl Outcome {
    /// Why there is no case, if there is none for certain.
    pub(crate) fn trouble(&self) -> Option<String> {
        match self {
            Self::Refused(refusal) => Some(refusal.text()),
            Self::Unknown(reason) => Some(format!("unknown: {reason}")),
            _ => None,
        }
    }

    /// Its word for programs.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Registered(_) => "REGISTERED",
            Self::Duplicate(_) => "DUPLICATE",
            Self::Accepted(_) => "ACCEPTED",
            Self::Refused(_) => "REFUSED",
            Self::Unknown(_) => "UNKNOWN",
        }
    }

    /// Id and number, where there is a case.
    pub(crate) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Registered(answer) | Self::Duplicate(answer) | Self::Accepted(answer) => {
                Some(answer)
            }
            Self::Refused(_) | Self::Unknown(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    status: String,
    #[serde(flatten)]
    answer: Answer,
    error: Option<Refusal>,
}

/// Reads the JSON that the NATS door answers.
pub(super) fn read(payload: &[u8]) -> Outcome {
    let body: Body = match serde_json::from_slice(payload) {
        Ok(body) => body,
        Err(error) => return Outcome::Unknown(format!("the answer is not understood: {error}")),
    };
    if let Some(refusal) = body.error {
        return Outcome::Refused(refusal);
    }
    match body.status.trim_start_matches("SUBMIT_STATUS_") {
        "REGISTERED" => Outcome::Registered(body.answer),
        "DUPLICATE" => Outcome::Duplicate(body.answer),
        "ACCEPTED" => Outcome::Accepted(body.answer),
        other => Outcome::Unknown(format!("the answer has the status {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_the_contract_is_read() {
        let json = br#"{"complaintId":"a","number":"CF1","status":"DUPLICATE","respondBy":"2026-05-01T00:00:00Z"}"#;
        let Outcome::Duplicate(answer) = read(json) else {
            panic!("a duplicate")
        };
        assert_eq!(
            (answer.complaint_id.as_str(), answer.number.as_str()),
            ("a", "CF1")
        );
    }

    #[test]
    fn a_refusal_of_the_contract_is_told_with_its_fields() {
        let json = br#"{"error":{"code":"INVALID_ARGUMENT","message":"no","violations":
                        [{"field":"description","description":"must not be empty"}]}}"#;
        let Outcome::Refused(refusal) = read(json) else {
            panic!("a refusal")
        };
        assert!(!refusal.is_for_now());
        assert_eq!(
            refusal.text(),
            "INVALID_ARGUMENT: no: description must not be empty"
        );
    }

    #[test]
    fn overload_is_a_refusal_for_now() {
        let json =
            br#"{"error":{"code":"RESOURCE_EXHAUSTED","message":"busy","retryAfterMs":250}}"#;
        let Outcome::Refused(refusal) = read(json) else {
            panic!("a refusal")
        };
        assert!(refusal.is_for_now());
        assert_eq!(refusal.retry_after_ms, 250);
    }

    #[test]
    fn anything_else_leaves_the_fate_unknown() {
        assert!(matches!(read(b"oops"), Outcome::Unknown(_)));
    }
}
