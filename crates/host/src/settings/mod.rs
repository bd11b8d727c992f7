//! Settings: flags win over environment over the file of `--config` over defaults.
//!
//! There is one list of settings, the clap arguments: the flag `--nats-url` is the variable
//! `REDRESS_NATS_URL` and the key `nats_url` of the TOML file. All layers are merged into one
//! argument list and parsed once, so a value means the same wherever it stands. A service adds
//! settings of its own with any `clap::Args` type.
//!
//! A wrong setting is one [`SettingError`]: its name, where it came from, and what is allowed.

mod error;
mod file;
mod layers;
mod profile;
mod shared;
mod strings;
mod value;

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches};

pub use error::{Origin, SettingError, Unparsed};
use layers::Origins;
pub use profile::Profile;
pub use shared::{LogFormat, Shared};
pub use strings::{ProcessEnvironment, Strings};
pub use value::Secret;

/// For a service without settings of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args)]
pub struct Nothing {}

/// All settings of one process.
#[derive(Debug, Clone)]
pub struct Settings<X = Nothing> {
    /// The settings that all services share.
    pub shared: Shared,
    /// The settings of this service alone.
    pub own: X,
    service: &'static str,
    origins: Origins,
    remarks: Vec<String>,
}

/// The whole command line of a service.
#[derive(Debug, clap::Parser)]
struct CommandLine<X: clap::Args> {
    /// A TOML file with settings; the keys are the flags' names with `_` for `-`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    shared: Shared,
    #[command(flatten, next_help_heading = "Of this service")]
    own: X,
}

impl<X: clap::Args> Settings<X> {
    /// Parses `argv` (with the program's name in front) over `environment` over the file that
    /// `--config` or `REDRESS_CONFIG` names.
    pub fn parse(
        profile: &Profile,
        argv: impl IntoIterator<Item = impl Into<OsString>>,
        environment: &dyn Strings,
    ) -> Result<Self, Unparsed> {
        let command = profile.prepare(CommandLine::<X>::command());
        let argv = argv.into_iter().map(Into::into).collect();
        let layers = layers::gather(&command, profile, argv, environment)?;
        let origins = layers.origins;
        let refused = |e: clap::Error| error::from_clap(&e, &command, &origins);
        let mut matches = command
            .clone()
            .try_get_matches_from(layers.argv)
            .map_err(refused)?;
        let line = CommandLine::<X>::from_arg_matches_mut(&mut matches).map_err(refused)?;
        let settings = Self {
            shared: line.shared,
            own: line.own,
            service: profile.service,
            origins,
            remarks: layers.remarks,
        };
        settings.check_together()?;
        Ok(settings)
    }

    /// What no single value can tell: settings that only make sense in company.
    fn check_together(&self) -> Result<(), SettingError> {
        match (&self.shared.nats_user, &self.shared.nats_password) {
            (Some(_), None) => Err(self.wrong("nats_user", "needs REDRESS_NATS_PASSWORD as well")),
            (None, Some(_)) => Err(self.wrong("nats_password", "needs REDRESS_NATS_USER as well")),
            _ => Ok(()),
        }
    }
}

impl<X> Settings<X> {
    /// Creates the store directory and looks whether the other paths can be read.
    pub fn check_paths(&self) -> Result<(), SettingError> {
        fs::create_dir_all(self.store_dir())
            .map_err(|e| self.wrong("data_dir", format!("cannot be created: {e}")))?;
        fs::read_dir(&self.shared.policy_dir).map_err(|e| {
            self.wrong(
                "policy_dir",
                format!("must be a directory of policy files: {e}"),
            )
        })?;
        if let Some(path) = &self.shared.nats_creds {
            fs::File::open(path).map_err(|e| {
                self.wrong(
                    "nats_creds",
                    format!("must be a readable credentials file: {e}"),
                )
            })?;
        }
        Ok(())
    }

    /// Where this service keeps its store: a folder of its own below the data directory, so that
    /// the services of one machine can share `REDRESS_DATA_DIR`.
    pub fn store_dir(&self) -> PathBuf {
        self.shared.data_dir.join(self.service)
    }

    /// Where the value of the setting `id` (`grpc_addr`, not `--grpc-addr`) came from.
    pub fn origin(&self, id: &str) -> Origin {
        self.origins.of(id)
    }

    /// An error about the setting `id`, for a value that turned out to be wrong only when used.
    pub fn wrong(&self, id: &str, problem: impl Into<String>) -> SettingError {
        SettingError::new(id, self.origins.value(id), self.origin(id), problem)
    }

    /// Things worth a warning once there is a log: for instance an unknown `REDRESS_` variable.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }
}
