//! `redress case run`: commands from a file of JSON lines.

use std::{
    cell::Cell,
    collections::{BTreeMap, VecDeque},
    io::BufRead as _,
    path::PathBuf,
    rc::Rc,
};

use clap::Args;
use redress_wire::router::{CaseCommand, ExecuteRefusal, ExecuteResponse};
use serde_json::{Value, json};

use super::{
    many::{Lane, carry_out},
    value::Person,
};
use crate::{
    clients::Clients,
    commands::Ending,
    input::{InputError, open_text},
    output::{Output, message_from_json},
};

/// `redress case run`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Example:
  redress case run today.jsonl --as wang:handler

today.jsonl, the message CaseCommand on each line; without an actor it is --as, without a request id
a file that is run twice does things twice:
  {\"name\": \"CF20260501001\", \"requestId\": \"t-1\", \"accept\": {}}
  {\"name\": \"CF20260501001\", \"requestId\": \"t-2\", \"verify\": {\"authentic\": true, \"reasonable\": true}}

Commands of one case are carried out in the file's order, of different cases side by side.")]
pub(crate) struct ScriptArgs {
    /// .jsonl, also with .gz; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Cases under way at once
    #[arg(long, value_name = "N", default_value_t = 256)]
    in_flight: usize,
}

pub(super) async fn run(
    clients: &Clients,
    args: &ScriptArgs,
    actor: Option<&Person>,
    out: &Output,
) -> anyhow::Result<Ending> {
    let tally = Rc::new(Tally::default());
    let lanes = lanes(args, actor, out, &tally)?;
    carry_out(clients, lanes.into_iter(), (args.in_flight, out.lang), drop).await?;
    let (done, refused) = (tally.done.get(), tally.refused.get());
    out.say(&format!(
        "{done} {}, {refused} {}",
        out.pick("done", "已执行"),
        out.pick("refused", "被拒绝")
    ));
    Ok(if refused == 0 {
        Ending::Fine
    } else {
        Ending::Problems
    })
}

#[derive(Default)]
struct Tally {
    done: Cell<u64>,
    refused: Cell<u64>,
}

/// The commands of one case with their places.
struct Queue {
    waiting: VecDeque<(String, CaseCommand)>,
    /// Place and request id of the one that was sent.
    sent: (String, String),
    out: Output,
    tally: Rc<Tally>,
}

fn lanes(
    args: &ScriptArgs,
    actor: Option<&Person>,
    out: &Output,
    tally: &Rc<Tally>,
) -> anyhow::Result<Vec<Queue>> {
    let file = args.file.display().to_string();
    let mut cases: BTreeMap<String, VecDeque<(String, CaseCommand)>> = BTreeMap::new();
    for (index, line) in open_text(&args.file)?.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let place = format!("{file}:{}", index + 1);
        let command = read(&line, actor).map_err(|error| InputError {
            file: file.clone(),
            line: index as u64 + 1,
            reason: format!("is no command: {error:#}"),
        })?;
        let case = cases.entry(command.name.clone()).or_default();
        case.push_back((place, command));
    }
    let queue = |waiting| Queue {
        waiting,
        sent: (String::new(), String::new()),
        out: out.clone(),
        tally: tally.clone(),
    };
    Ok(cases.into_values().map(queue).collect())
}

fn read(line: &str, actor: Option<&Person>) -> anyhow::Result<CaseCommand> {
    let json: Value = serde_json::from_str(line)?;
    let mut command: CaseCommand = message_from_json("redress.router.v1.CaseCommand", json)?;
    anyhow::ensure!(!command.name.is_empty(), "it names no case");
    anyhow::ensure!(command.command.is_some(), "it says nothing to do");
    if command.actor.is_none() {
        command.actor = actor.map(Person::actor);
    }
    anyhow::ensure!(command.actor.is_some(), "nobody acts; give --as");
    if command.request_id.is_empty() {
        command.request_id = uuid::Uuid::now_v7().to_string();
    }
    Ok(command)
}

impl Lane for Queue {
    fn next(&mut self) -> Option<CaseCommand> {
        let (place, command) = self.waiting.pop_front()?;
        self.sent = (place, command.request_id.clone());
        Some(command)
    }

    fn answered(&mut self, answer: Result<ExecuteResponse, ExecuteRefusal>) {
        let (place, request_id) = &self.sent;
        let count = match &answer {
            Ok(_) => &self.tally.done,
            Err(_) => &self.tally.refused,
        };
        count.set(count.get() + 1);
        let json = match &answer {
            Ok(done) => json!({"place": place, "requestId": request_id, "number": done.number,
                               "version": done.version, "state": done.state}),
            Err(refusal) => json!({"place": place, "requestId": request_id, "code": refusal.code,
                                   "message": refusal.message}),
        };
        let text = match &answer {
            Ok(done) => format!("{place}: {}: {}", done.number, done.state),
            Err(refusal) => format!("{place}: {}: {}", refusal.code, refusal.message),
        };
        // Whoever reads may have left; the commands are carried out all the same.
        let _ = if self.out.json {
            self.out.object(&json)
        } else {
            self.out.line(&text)
        };
    }
}

#[cfg(test)]
mod tests {
    use redress_wire::router::case_command::Command;

    use super::*;

    #[test]
    fn a_line_is_a_command_of_the_schema() {
        let actor: Person = "wang:handler".parse().expect("a person");
        let line = r#"{"name":"CF1","requestId":"t-1","addNote":{"text":"x"}}"#;
        let command = read(line, Some(&actor)).expect("a command");
        assert_eq!(command.request_id, "t-1");
        assert_eq!(command.actor.expect("an actor").role, "handler");
        assert!(matches!(command.command, Some(Command::AddNote(_))));
        let line = r#"{"name":"CF1","accept":{}}"#;
        let command = read(line, Some(&actor)).expect("a command");
        assert!(!command.request_id.is_empty());
    }

    #[test]
    fn what_is_no_command_is_told() {
        for (line, said) in [
            ("{}", "names no case"),
            (r#"{"name":"CF1"}"#, "nothing to do"),
            (r#"{"name":"CF1","accept":{}}"#, "nobody acts"),
            (r#"{"name":"CF1","acceptt":{}}"#, "acceptt"),
        ] {
            let error = format!("{:#}", read(line, None).expect_err(line));
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
