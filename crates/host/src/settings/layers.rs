//! Merges the layers into one argument list, remembering where each value came from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::slice::from_ref;

use clap::error::ContextKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::error::{Origin, SettingError, Unparsed, context, from_clap, shown, variable};
use super::file;
use super::profile::Profile;
use super::strings::Strings;

/// Where the value of each setting came from, and the value as it was written, if it may be shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Origins(BTreeMap<String, (Origin, Option<String>)>);

impl Origins {
    pub(super) fn of(&self, id: &str) -> Origin {
        self.0
            .get(id)
            .map_or(Origin::Default, |(origin, _)| origin.clone())
    }

    pub(super) fn value(&self, id: &str) -> Option<&str> {
        self.0.get(id)?.1.as_deref()
    }
}

/// One argument list out of all layers.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) argv: Vec<OsString>,
    pub(super) origins: Origins,
    pub(super) remarks: Vec<String>,
}

/// Reads `argv` alone first, to learn which settings it leaves open, then fills those in.
pub(super) fn gather(
    command: &Command,
    profile: &Profile,
    argv: Vec<OsString>,
    environment: &dyn Strings,
) -> Result<Layers, Unparsed> {
    let flags = command
        .clone()
        .mut_args(|arg| arg.required(false))
        .try_get_matches_from(&argv)
        .map_err(|e| from_clap(&e, command, &as_flags(command)))?;
    let mut merge = Merge {
        command,
        flags: &flags,
        argv: Vec::new(),
        origins: Origins::default(),
    };
    merge.note_flags();

    let mut environment = environment.all();
    // An empty variable is an unset one: that is how compose files and unit files leave it out.
    environment.retain(|name, value| name.starts_with("REDRESS_") && !value.is_empty());
    let remarks = unknown_variables(command, &environment);
    let config = flags.get_one::<PathBuf>("config").cloned();
    let config = config.or_else(|| environment.get("REDRESS_CONFIG").map(PathBuf::from));
    for arg in command.get_arguments() {
        if let Some(value) = environment.get(&variable(arg.get_id().as_str())) {
            merge.offer(arg, from_ref(value), &Origin::Environment)?;
        }
    }
    if let Some(path) = config {
        for (key, entry) in file::read(&path, profile.service, &merge.origins.of("config"))? {
            let origin = Origin::File {
                path: path.clone(),
                line: entry.line,
            };
            let Some(arg) = settable(command).find(|arg| arg.get_id() == key.as_str()) else {
                return Err(
                    SettingError::unknown(&key, origin, guess(command, &key).as_deref()).into(),
                );
            };
            merge.offer(arg, &entry.values, &origin)?;
        }
    }
    let (mut all, origins) = (merge.argv, merge.origins);
    let mut argv = argv.into_iter();
    let name = argv.next().unwrap_or_else(|| profile.service.into());
    all.insert(0, name);
    all.extend(argv);
    Ok(Layers {
        argv: all,
        origins,
        remarks,
    })
}

/// What a file or the environment may set: everything but the file's own name, help and version.
fn settable(command: &Command) -> impl Iterator<Item = &Arg> {
    let fixed = ["config", "help", "version"];
    command
        .get_arguments()
        .filter(move |arg| !fixed.contains(&arg.get_id().as_str()))
}

/// While the command line alone is read, whatever is wrong came from it.
fn as_flags(command: &Command) -> Origins {
    let flag = |arg: &Arg| (arg.get_id().to_string(), (Origin::Flag, None));
    Origins(command.get_arguments().map(flag).collect())
}

struct Merge<'a> {
    command: &'a Command,
    flags: &'a ArgMatches,
    argv: Vec<OsString>,
    origins: Origins,
}

impl Merge<'_> {
    fn note_flags(&mut self) {
        for arg in self.command.get_arguments() {
            let id = arg.get_id().as_str();
            if self.flags.value_source(id) == Some(ValueSource::CommandLine) {
                let raw = self.flags.get_raw(id).into_iter().flatten();
                let raw: Vec<_> = raw.map(|value| value.to_string_lossy()).collect();
                self.origins
                    .0
                    .insert(id.to_owned(), (Origin::Flag, shown(id, &raw.join(","))));
            } else if let Some(value) = arg.get_default_values().first() {
                let value = value.to_string_lossy();
                self.origins
                    .0
                    .insert(id.to_owned(), (Origin::Default, shown(id, &value)));
            }
        }
    }

    /// Takes the values unless a stronger layer has set the argument already.
    fn offer(&mut self, arg: &Arg, values: &[String], origin: &Origin) -> Result<(), SettingError> {
        let id = arg.get_id().as_str();
        if self
            .origins
            .0
            .get(id)
            .is_some_and(|(origin, _)| *origin != Origin::Default)
        {
            return Ok(());
        }
        let Some(flag) = arg.get_long() else {
            return Ok(());
        };
        let wrong =
            |problem: &str| SettingError::new(id, Some(&values.join(",")), origin.clone(), problem);
        match (arg.get_action(), values) {
            (ArgAction::SetTrue, [value]) => match value.as_str() {
                "true" | "1" => self.argv.push(format!("--{flag}").into()),
                "false" | "0" => {}
                _ => return Err(wrong("must be true or false")),
            },
            (ArgAction::Append, values) => {
                self.argv
                    .extend(values.iter().map(|v| format!("--{flag}={v}").into()));
            }
            (_, [value]) => self.argv.push(format!("--{flag}={value}").into()),
            _ => return Err(wrong("must be a single value, not a list")),
        }
        self.origins.0.insert(
            id.to_owned(),
            (origin.clone(), shown(id, &values.join(","))),
        );
        Ok(())
    }
}

fn unknown_variables(command: &Command, environment: &BTreeMap<String, String>) -> Vec<String> {
    let known: Vec<_> = command
        .get_arguments()
        .map(|a| variable(a.get_id().as_str()))
        .collect();
    let unknown = environment.keys().filter(|name| !known.contains(name));
    unknown
        .map(
            |name| match guess(command, &name["REDRESS_".len()..].to_lowercase()) {
                Some(id) => format!(
                    "{name} is not a setting of this service; did you mean {}?",
                    variable(&id)
                ),
                None => format!("{name} is not a setting of this service and is ignored"),
            },
        )
        .collect()
}

/// The setting whose name is closest to `key`, if clap finds one close enough.
fn guess(command: &Command, key: &str) -> Option<String> {
    let flag = format!("--{}=", key.replace('_', "-"));
    let error = command
        .clone()
        .try_get_matches_from(["", flag.as_str()])
        .err()?;
    let found = context(&error, ContextKind::SuggestedArg)?;
    let flag = found.trim_start_matches('-');
    settable(command)
        .find(|arg| arg.get_long() == Some(flag))
        .map(|arg| arg.get_id().to_string())
}
