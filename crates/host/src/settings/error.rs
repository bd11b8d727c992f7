//! A wrong setting, told in one line.

use std::error::Error as _;
use std::fmt;
use std::path::PathBuf;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::layers::Origins;

/// Where the value of a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// An environment variable.
    Environment,
    /// A line of the settings file.
    File {
        /// The file as it was named.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// Nobody set it.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment => f.write_str("environment variable"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A wrong setting: its name, its value, where that came from, and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SettingError {
    /// As the reader wrote it: `--partitions`, `REDRESS_PARTITIONS`, or the key of the file.
    pub setting: String,
    /// The value that was refused; `None` when there is none, or when it is nobody's business.
    pub value: Option<String>,
    /// Where it came from.
    pub origin: Origin,
    /// What is wrong and what is allowed.
    pub problem: String,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.setting)?;
        if let Some(value) = &self.value {
            write!(f, " {}", one_line(value))?;
        }
        write!(f, " ({}): {}", self.origin, one_line(&self.problem))
    }
}

/// The longest part of a refused value that is shown, in characters.
const SHOWN_CHARS: usize = 120;

fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match plain.char_indices().nth(SHOWN_CHARS * 4) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    }
}

impl SettingError {
    /// An error about the known setting `id`. Secrets and addresses with a password are not shown.
    pub(super) fn new(
        id: &str,
        value: Option<&str>,
        origin: Origin,
        problem: impl Into<String>,
    ) -> Self {
        let secret = ["password", "secret", "token"]
            .iter()
            .any(|word| id.contains(word));
        let shown = value.filter(|v| !secret && !v.contains('@'));
        Self {
            setting: variable(id),
            value: shown.map(|v| v.chars().take(SHOWN_CHARS).collect()),
            origin,
            problem: problem.into(),
        }
    }

    /// An error about something that is no setting at all.
    pub(super) fn unknown(name: impl Into<String>, origin: Origin, guess: Option<&str>) -> Self {
        let problem = match guess {
            Some(guess) => format!("is not a setting; did you mean {guess}?"),
            None => "is not a setting; --help lists all of them".to_owned(),
        };
        Self {
            setting: name.into(),
            value: None,
            origin,
            problem,
        }
    }
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum Unparsed {
    /// `--help` or `--version` was asked for; the text goes to standard output.
    #[error("{0}")]
    Help(String),
    /// A setting is wrong.
    #[error(transparent)]
    Wrong(#[from] SettingError),
}

/// What of a value may be shown: nothing of a secret, nor of an address with a password in it.
pub(super) fn shown(id: &str, value: &str) -> Option<String> {
    let secret = ["password", "secret", "token"]
        .iter()
        .any(|word| id.contains(word));
    (!secret && !value.contains('@')).then(|| value.chars().take(SHOWN_CHARS).collect())
}

/// The environment variable of the setting `id`.
pub(super) fn variable(id: &str) -> String {
    format!("REDRESS_{}", id.to_uppercase().replace('-', "_"))
}

/// What clap found wrong, as one [`SettingError`].
pub(super) fn from_clap(error: &clap::Error, command: &Command, origins: &Origins) -> Unparsed {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return Unparsed::Help(error.render().to_string());
    }
    let shown = context(error, ContextKind::InvalidArg).unwrap_or_default();
    let Some(id) = id_of(&shown, command) else {
        let guess = context(error, ContextKind::SuggestedArg);
        return SettingError::unknown(shown, Origin::Flag, guess.as_deref()).into();
    };
    let value = context(error, ContextKind::InvalidValue);
    SettingError::new(&id, value.as_deref(), origins.of(&id), problem(error)).into()
}

fn problem(error: &clap::Error) -> String {
    let allowed = context(error, ContextKind::ValidValue);
    match (error.kind(), error.source(), allowed) {
        (ErrorKind::MissingRequiredArgument, ..) => "is missing".to_owned(),
        (ErrorKind::ArgumentConflict, ..) => {
            let other = context(error, ContextKind::PriorArg).unwrap_or_default();
            format!("cannot be used together with {other}")
        }
        (_, Some(cause), _) => cause.to_string(),
        (_, None, Some(allowed)) => format!("must be one of: {allowed}"),
        _ => error
            .kind()
            .as_str()
            .unwrap_or("is not understood")
            .to_owned(),
    }
}

/// A piece of what clap knows about the error, as text.
pub(super) fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    }
}

/// The id of the argument that clap shows as `--grpc-addr <ADDRESS>`.
fn id_of(shown: &str, command: &Command) -> Option<String> {
    let flag = shown
        .split([' ', '=', '[', ','])
        .next()?
        .trim_start_matches('-');
    let arg = command
        .get_arguments()
        .find(|arg| arg.get_long() == Some(flag))?;
    Some(arg.get_id().to_string())
}
