//! People at their terminals: cases worked with the command line, one line after the other.

use std::process::{Command, Output};

use redress_testkit::binary;
use redress_wire::Service;
use serde_json::Value;

use crate::platform::Platform;

/// Works one case.
pub struct Terminal<'a> {
    platform: &'a Platform,
    number: String,
    handler: String,
}

impl<'a> Terminal<'a> {
    /// For a case that `handler` has.
    pub fn of(platform: &'a Platform, number: &str, handler: &str) -> Self {
        Self {
            platform,
            number: number.to_owned(),
            handler: handler.to_owned(),
        }
    }

    /// Plays a script: each line is `WHO COMMAND ARGUMENTS -> STATE`, or `-> ! WORDS` for a refusal
    /// that says so. `handler` stands for whoever has the case, everybody else is `PERSON:ROLE`.
    /// Words of arguments have no spaces; lines with `#` first are remarks.
    ///
    /// # Panics
    /// If a line ends otherwise than it says.
    pub fn play(&self, script: &str) {
        for line in script.lines().map(str::trim) {
            if !line.is_empty() && !line.starts_with('#') {
                self.line(line);
            }
        }
    }

    fn line(&self, line: &str) {
        let (typed, wanted) = line.split_once(" -> ").expect("a line says how it ends");
        let mut words = typed.split_whitespace();
        let who = words.next().expect("a line says who");
        let mut arguments = vec![words.next().expect("a line says what"), &self.number];
        arguments.extend(words);
        let output = self.case(who, &arguments);
        let (out, error) = (text(&output.stdout), text(&output.stderr));
        if let Some(refusal) = wanted.strip_prefix("! ") {
            assert_eq!(output.status.code(), Some(1), "{line}: {out}{error}");
            assert!(error.contains(refusal), "{line}: {error}");
            return;
        }
        assert!(output.status.success(), "{line}: {error}");
        let answer: Value = serde_json::from_str(&out).expect("one JSON object");
        assert_eq!(answer["state"], wanted, "{line}: {out}");
    }

    /// What a question answers, as it is shown in Chinese.
    ///
    /// # Panics
    /// If it is not answered.
    pub fn shown(&self, question: &str) -> String {
        let mut command = self.redress();
        command.args(["--lang", "zh", "case", question, &self.number]);
        let output = command.output().expect("redress runs");
        let (out, error) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{question}: {error}");
        out
    }

    fn case(&self, who: &str, arguments: &[&str]) -> Output {
        let who = match who {
            "handler" => format!("{}:handler", self.handler),
            person => person.to_owned(),
        };
        let mut command = self.redress();
        command.args(["--json", "--lang", "en", "case", "--as", &who]);
        command.args(arguments);
        command.output().expect("redress runs")
    }

    fn redress(&self) -> Command {
        let mut command = Command::new(binary("redress"));
        command.args(["--router-addr", self.platform.grpc(Service::Router)]);
        command
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
