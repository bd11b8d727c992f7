//! `redress sla`: why a deadline is what it is, and that an escalation was seen.

use clap::{Args, Subcommand};
use comfy_table::Color;
use jiff::tz::TimeZone;
use redress_wire::{
    Service,
    sla_monitor::{
        AcknowledgeEscalationRequest, AdoptPolicyRequest, ClockExplanation, ExplainClocksRequest,
        ExplainClocksResponse, ExplainedSpan, ExplainedStep, GetClocksResponse,
        sla_monitor_client::SlaMonitorClient,
    },
};
use tonic::transport::Channel;

use super::{Ending, clocks, list::Ended};
use crate::{
    args::Global,
    clients::Clients,
    lang::Lang,
    output::{Output, at_in, cell, message_to_json},
};

type Client = SlaMonitorClient<Channel>;

/// `redress sla`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  redress sla explain CF20260501001                 the calculation of every clock
  redress sla explain CF20260501001 --clock result --lang zh
  redress sla ack CF20260501001 result --as after-sales-tech-1
  redress sla adopt CF20260501001                   run its clocks by the policy in force")]
pub(crate) struct SlaArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Why each clock of a case ends when it ends, row by row (时限计算说明)
    Explain {
        /// Case number or complaint id
        #[arg(value_name = "CASE")]
        name: String,
        /// Only this clock
        #[arg(long, value_name = "ID")]
        clock: Option<String>,
    },
    /// Say that an escalation was seen and is acted on (确认催办)
    Ack {
        /// Case number or complaint id
        #[arg(value_name = "CASE")]
        name: String,
        /// Which clock
        #[arg(value_name = "CLOCK")]
        clock: String,
        /// Which step [default: the last one reached]
        #[arg(long, value_name = "ID")]
        step: Option<String>,
        /// Who has seen it: id of a person in the policy
        #[arg(long = "as", value_name = "PERSON")]
        actor: String,
        /// Id of this request: sent twice, it counts once [default: a new one]
        #[arg(long, value_name = "ID")]
        request_id: Option<String>,
    },
    /// Put the running clocks of a case under the policy in force (按现行规则重算)
    Adopt {
        /// Case number or complaint id
        #[arg(value_name = "CASE")]
        name: String,
    },
}

pub(crate) async fn run(args: &SlaArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    let client = clients.sla_monitor()?;
    let done = match &args.action {
        Action::Explain { name, clock } => explain(name, clock.as_deref(), client, out).await,
        Action::Ack {
            name,
            clock,
            step,
            actor,
            request_id,
        } => {
            let request = AcknowledgeEscalationRequest {
                name: name.clone(),
                clock: clock.clone(),
                step: step.clone().unwrap_or_default(),
                actor: actor.clone(),
                request_id: request_id.clone().unwrap_or_else(fresh),
            };
            acknowledge(request, client, out).await
        }
        Action::Adopt { name } => adopt(name, client, out).await,
    };
    done.map_err(|ended| ended.explain(&clients, Service::SlaMonitor))?;
    Ok(Ending::Fine)
}

fn fresh() -> String {
    uuid::Uuid::now_v7().to_string()
}

async fn explain(
    name: &str,
    clock: Option<&str>,
    mut client: Client,
    out: &Output,
) -> Result<(), Ended> {
    let request = ExplainClocksRequest {
        name: name.to_owned(),
        clock: clock.unwrap_or_default().to_owned(),
        locale: out.pick("en", "zh-CN").to_owned(),
    };
    let found = client.explain_clocks(request).await?.into_inner();
    if out.json {
        let json = message_to_json("redress.sla_monitor.v1.ExplainClocksResponse", &found);
        return out.object(&json).map_err(Ended::Output);
    }
    show(&found, out).map_err(Ended::Output)
}

async fn acknowledge(
    request: AcknowledgeEscalationRequest,
    mut client: Client,
    out: &Output,
) -> Result<(), Ended> {
    let answer = client.acknowledge_escalation(request).await?.into_inner();
    table(&answer.clocks.unwrap_or_default(), out).map_err(Ended::Output)
}

async fn adopt(name: &str, mut client: Client, out: &Output) -> Result<(), Ended> {
    let request = AdoptPolicyRequest {
        name: name.to_owned(),
        request_id: fresh(),
    };
    let answer = client.adopt_policy(request).await?.into_inner();
    table(&answer.clocks.unwrap_or_default(), out).map_err(Ended::Output)
}

fn table(clocks: &GetClocksResponse, out: &Output) -> std::io::Result<()> {
    if out.json {
        return out.object(&message_to_json(
            "redress.sla_monitor.v1.GetClocksResponse",
            clocks,
        ));
    }
    out.line(&clocks::table(&clocks.clocks, out, false).to_string())
}

fn show(found: &ExplainClocksResponse, out: &Output) -> std::io::Result<()> {
    let policy = out.pick("policy version", "规则版本");
    out.line(&out.bold(&format!("{}  {policy} {}", found.number, found.policy)))?;
    for clock in &found.clocks {
        out.line("")?;
        out.line(&heading(clock, out))?;
        if !clock.fault.is_empty() {
            out.line(&out.paint(clock.fault.trim_end(), Color::Red))?;
        }
        if clock.spans.is_empty() {
            continue;
        }
        out.line(&spans(clock, out))?;
        if !clock.ladder.is_empty() {
            out.line(&ladder(&clock.ladder, &zone(clock), out))?;
        }
    }
    Ok(())
}

/// `Result (result): 7 working days, from_next_day, calendar house (Asia/Shanghai), running`. Where
/// days begin to count matters only where days are counted.
fn heading(clock: &ClockExplanation, out: &Output) -> String {
    let calendar = out.pick("calendar", "日历");
    let counting = match clock.counted_in.as_str() {
        "days" => format!("{}, ", clock.counting),
        _ => String::new(),
    };
    format!(
        "{} ({}): {}, {counting}{calendar} {} ({}), {}",
        out.bold(&clock.name),
        clock.clock,
        clock.allowance,
        clock.calendar,
        clock.zone,
        clock.state
    )
}

/// The zone that a clock's days are of: a calculation is read on its clocks, wherever one sits.
fn zone(clock: &ClockExplanation) -> TimeZone {
    TimeZone::get(&clock.zone).unwrap_or_else(|_| TimeZone::system())
}

fn spans(clock: &ClockExplanation, out: &Output) -> String {
    let labels = match out.lang {
        Lang::En => ["From", "To", "Counts", "What"],
        Lang::Zh => ["起", "止", "计入", "说明"],
    };
    let mut grid = out.grid(&labels);
    let zone = zone(clock);
    let row = |span: &ExplainedSpan| {
        let to = if span.to.is_some() {
            at_in(span.to.as_ref(), &zone)
        } else {
            "…".to_owned()
        };
        let counted = amount(span.counted, clock, out);
        let counted = if span.counted == 0 {
            "–".to_owned()
        } else {
            counted
        };
        vec![
            cell(at_in(span.from.as_ref(), &zone)),
            cell(to),
            cell(counted),
            cell(&span.text),
        ]
    };
    for span in &clock.spans {
        grid.row(row(span));
    }
    let due = out.pick("due", "到期");
    grid.row(vec![
        cell(due),
        cell(at_in(clock.due_at.as_ref(), &zone)),
        cell(amount(clock.counted, clock, out)),
        cell(&clock.allowance),
    ]);
    grid.to_string()
}

/// Seconds as hours, minutes and seconds, days as days.
fn amount(counted: u64, clock: &ClockExplanation, out: &Output) -> String {
    if clock.counted_in == "days" {
        return format!("{counted} {}", out.pick("days", "天"));
    }
    let (hours, minutes, seconds) = (counted / 3600, counted / 60 % 60, counted % 60);
    format!("{hours}:{minutes:02}:{seconds:02}")
}

fn ladder(steps: &[ExplainedStep], zone: &TimeZone, out: &Output) -> String {
    let labels = match out.lang {
        Lang::En => ["Step", "At", "Reached", "Told", "Acknowledged"],
        Lang::Zh => ["步骤", "时间", "已执行", "通知", "确认"],
    };
    let mut grid = out.grid(&labels);
    for step in steps {
        let told = if step.quiet.is_empty() {
            step.to.join(", ")
        } else {
            step.quiet.clone()
        };
        grid.row(vec![
            cell(&step.name),
            cell(at_in(step.at.as_ref(), zone)),
            cell(at_in(step.reached_at.as_ref(), zone)),
            cell(told),
            cell(&step.acknowledged_by),
        ]);
    }
    grid.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(counted_in: &str) -> ClockExplanation {
        ClockExplanation {
            name: "Result".to_owned(),
            clock: "result".to_owned(),
            allowance: "3 working days".to_owned(),
            counted: 3,
            counted_in: counted_in.to_owned(),
            ..ClockExplanation::default()
        }
    }

    #[test]
    fn the_table_ends_with_the_end_and_what_counted_together() {
        let out = Output::plain(Lang::En);
        let text = spans(&clock("days"), &out);
        let last = text.lines().last().unwrap_or_default();
        assert!(
            last.trim().starts_with("due") && last.contains("3 days"),
            "{text}"
        );
        assert_eq!(amount(3_661, &clock("seconds"), &out), "1:01:01");
        assert_eq!(amount(3, &clock("days"), &Output::plain(Lang::Zh)), "3 天");
    }

    #[test]
    fn a_calculation_is_read_on_the_clocks_of_its_calendar() {
        let clock = ClockExplanation {
            zone: "Asia/Shanghai".to_owned(),
            due_at: Some(prost_types::Timestamp {
                seconds: 1_796_119_200,
                nanos: 0,
            }),
            ..clock("days")
        };
        let out = Output::plain(Lang::En);
        let text = spans(&clock, &out);
        assert!(text.contains("2026-12-01 18:00:00"), "{text}");
        assert!(!heading(&clock, &out).contains("from_next_day"));
    }

    #[test]
    fn a_step_that_told_nobody_says_why() {
        let step = ExplainedStep {
            name: "Urge".to_owned(),
            quiet: "acknowledged".to_owned(),
            ..ExplainedStep::default()
        };
        let text = ladder(&[step], &TimeZone::UTC, &Output::plain(Lang::En));
        assert!(text.contains("acknowledged"), "{text}");
    }
}
