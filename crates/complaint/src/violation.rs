//! What is wrong with a submission, field by field.

use std::fmt;

/// One thing wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field as the sender writes it, such as `customer.phone` or
    /// `attachments[0].name`; empty when the body as a whole is meant.
    pub field: String,
    /// What is wrong and what to do. Never quotes personal data.
    pub description: String,
}

/// Everything wrong with a submission; at least one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// A single violation.
    pub fn one(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self(vec![Violation {
            field: field.into(),
            description: description.into(),
        }])
    }

    /// All of them; `None` if nothing is wrong.
    pub fn all(violations: Vec<Violation>) -> Option<Self> {
        (!violations.is_empty()).then_some(Self(violations))
    }

    /// The violations in the order of the fields.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// The violations themselves.
    pub fn into_vec(self) -> Vec<Violation> {
        self.0
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            let field = if violation.field.is_empty() {
                "body"
            } else {
                &violation.field
            };
            write!(f, "{field}: {}", violation.description)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
