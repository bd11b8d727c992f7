//! `redress submit`.

use std::time::Duration;

use serde_json::json;

use super::{Ending, Usage};
use crate::{
    args::{Global, SubmitArgs, Via},
    broker::{PATIENCE, reach},
    clients::Clients,
    door::{
        Done, Job, Outcome, Pace, Progress, Tally, send_over_grpc, send_over_nats, send_to_inbox,
    },
    input::{self, Item},
    output::Output,
};

/// Up to this many complaints every answer is shown.
const SHOW_EACH: u64 = 20;

pub(crate) async fn run(
    args: &SubmitArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    let items = items(args)?;
    let single = args.text.is_some();
    let progress = Progress::new(out, None);
    let mut report = Report {
        out,
        single,
        tally: Tally::default(),
        progress,
        failed: None,
    };
    let mut wrong = None;
    // What cannot be read ends the run, after what could be read was sent.
    let jobs = items.map_while(|item| match item {
        Ok(item) => Some(item.into_job()),
        Err(error) => {
            wrong = Some(error);
            None
        }
    });
    send(args, global, jobs, |done| report.hear(&done)).await?;
    report.progress.finish();
    if let Some(error) = report.failed {
        return Err(error.into());
    }
    if !single && !out.json {
        out.line(&report.tally.in_words(out))?;
    }
    match wrong {
        Some(error) => Err(error.into()),
        None if report.tally.all_taken() => Ok(Ending::Fine),
        None => Ok(Ending::Problems),
    }
}

async fn send(
    args: &SubmitArgs,
    global: &Global,
    jobs: impl Iterator<Item = Job>,
    hear: impl FnMut(Done),
) -> anyhow::Result<()> {
    let pace = Pace {
        rate: args.rate,
        in_flight: args.concurrency.max(1),
        patience: Duration::from_secs(args.patience),
    };
    match args.via {
        Via::Nats => {
            let broker = reach(&global.nats, PATIENCE).await?;
            send_over_nats(broker.client(), jobs, pace, hear).await
        }
        Via::Inbox => {
            let broker = reach(&global.nats, PATIENCE).await?;
            send_to_inbox(broker.client(), jobs, pace, hear).await
        }
        Via::Grpc => send_over_grpc(&Clients::new(&global.at), jobs, pace, hear).await,
    }
}

fn items(
    args: &SubmitArgs,
) -> anyhow::Result<Box<dyn Iterator<Item = Result<Item, input::InputError>> + Send>> {
    if let Some(text) = &args.text {
        if !args.files.is_empty() {
            return Err(Usage::new("give --text or files, not both").into());
        }
        let item = input::from_flags(args, text)?;
        return Ok(Box::new(std::iter::once(Ok(item))));
    }
    if args.files.is_empty() {
        let text = "what is to be submitted? Give --text, or files; see `redress submit --help`";
        return Err(Usage::new(text).into());
    }
    let channel = args.channel.as_deref();
    let opened = args.files.iter().map(|file| input::open(file, channel));
    Ok(Box::new(
        opened
            .collect::<anyhow::Result<Vec<_>>>()?
            .into_iter()
            .flatten(),
    ))
}

/// Tells what comes of each complaint.
struct Report<'a> {
    out: &'a Output,
    single: bool,
    tally: Tally,
    progress: Progress,
    failed: Option<std::io::Error>,
}

impl Report<'_> {
    fn hear(&mut self, done: &Done) {
        self.tally.add(&done.outcome);
        if let Err(error) = self.tell(done) {
            self.failed.get_or_insert(error);
        }
        self.progress.show(&self.tally);
    }

    fn tell(&self, done: &Done) -> std::io::Result<()> {
        if self.out.json {
            return self.out.object(&line(done));
        }
        if let Some(trouble) = done.outcome.trouble() {
            let (place, id) = (&done.place, &done.request_id);
            self.progress.line(&format!("{place} ({id}): {trouble}"));
            return Ok(());
        }
        if self.single || done.generated || self.tally.total() <= SHOW_EACH {
            let text = words(done, self.out);
            if self.single {
                self.out.line(&text)?;
            } else {
                self.progress.line(&text);
            }
        }
        Ok(())
    }
}

fn words(done: &Done, out: &Output) -> String {
    let Some(answer) = done.outcome.answer() else {
        return String::new();
    };
    let what = match &done.outcome {
        Outcome::Duplicate(_) => out.pick("came before", "此前已提交"),
        Outcome::Accepted(_) => out.pick("accepted, the number follows", "已接收，编号稍后生成"),
        _ => out.pick("registered", "已登记"),
    };
    let mut text = format!("{} {what}", answer.number).trim().to_owned();
    if !answer.respond_by.is_empty() {
        let until = out.pick("answer due by", "答复期限");
        text = format!("{text}, {until} {}", answer.respond_by);
    }
    format!("{text} (requestId {})", done.request_id)
}

/// An outcome for programs.
fn line(done: &Done) -> serde_json::Value {
    let answer = done.outcome.answer().cloned().unwrap_or_default();
    let mut line = json!({"requestId": done.request_id, "channel": done.channel,
        "status": done.outcome.word(), "complaintId": answer.complaint_id,
        "number": answer.number, "respondBy": answer.respond_by, "place": done.place});
    match &done.outcome {
        Outcome::Refused(refusal) => {
            let fields = refusal
                .violations
                .iter()
                .map(|one| json!({"field": one.field, "description": one.description}));
            line["error"] = json!({"code": refusal.code, "message": refusal.message,
                                   "violations": fields.collect::<Vec<_>>()});
        }
        Outcome::Unknown(reason) => line["error"] = json!({"code": "UNKNOWN", "message": reason}),
        _ => {}
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        door::{Answer, Refusal},
        lang::Lang,
    };

    fn done(outcome: Outcome) -> Done {
        Done {
            request_id: "r-1".to_owned(),
            generated: false,
            channel: "web".to_owned(),
            place: "x.csv:2".to_owned(),
            outcome,
            took: Duration::ZERO,
        }
    }

    #[test]
    fn a_registered_complaint_is_told_with_its_number() {
        let answer = Answer {
            number: "CF20260501001".to_owned(),
            ..Answer::default()
        };
        let done = done(Outcome::Registered(answer));
        let out = Output::plain(Lang::En);
        assert_eq!(
            words(&done, &out),
            "CF20260501001 registered (requestId r-1)"
        );
        assert_eq!(line(&done)["status"], "REGISTERED");
        assert_eq!(line(&done)["number"], "CF20260501001");
    }

    #[test]
    fn a_refusal_is_told_to_programs_with_its_code() {
        let refusal = Refusal {
            code: "INVALID_ARGUMENT".to_owned(),
            ..Refusal::default()
        };
        let line = line(&done(Outcome::Refused(refusal)));
        assert_eq!(line["status"], "REFUSED");
        assert_eq!(line["error"]["code"], "INVALID_ARGUMENT");
    }
}
