//! History that is not in the log: cases of a service desk, with what the desk itself says about
//! their deadlines.

mod servicenow;
mod verdicts;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, bail};
use jiff::{SignedDuration, Timestamp};
use redress_complaint::ComplaintId;
use redress_policy::{ClockId, Kind, Milestone, Moment, Policy};
use redress_what_if::{
    Correction, Ended, Happening, Pair, Recorded, RecordedRouting, Registration, Replay, Side,
    Verdict, What, Window,
};

use super::{run::tell, sides::Policies, subject::Subject};
use crate::{
    args::SimulateArgs,
    commands::{Ending, Usage, policy::load},
    output::Output,
};
use verdicts::Verdicts;

/// A case as a desk has it.
pub(super) struct DeskCase {
    pub(super) number: String,
    pub(super) channel: &'static str,
    pub(super) text: String,
    /// 1 is the most urgent.
    pub(super) priority: Option<u8>,
    pub(super) priority_name: String,
    pub(super) opened_at: Timestamp,
    /// What happened to it, in the order of time.
    pub(super) life: Vec<(Timestamp, Milestone)>,
    /// Whether the desk says that it made its deadline.
    pub(super) made: bool,
}

/// `redress policy simulate --from-file KIND FILE`.
pub(super) fn run(args: &SimulateArgs, history: &[String], out: &Output) -> anyhow::Result<Ending> {
    let [kind, file] = history else {
        return Err(Usage::new("--from-file takes a kind and a file").into());
    };
    if kind != "servicenow" {
        return Err(Usage::new(format!(
            "there is no kind of history {kind:?}; there is servicenow"
        ))
        .into());
    }
    let policies = policies(args)?;
    let zone = &policies.sides.today.policy().house().time_zone;
    let started = Instant::now();
    let cases = servicenow::read(Path::new(file), zone)?;
    let clock = args.clock.as_deref();
    check_clock(clock, &policies.sides)?;
    let (subject, verdicts) = replay(&cases, policies, file, clock, started)?;
    let alike = subject.version(|it| &it.today) == subject.version(|it| &it.candidate);
    if !alike || args.html.is_some() {
        tell(&subject, args, out)?;
    }
    verdicts.show(alike, &subject, out)?;
    Ok(Ending::Fine)
}

/// The candidate beside today's policy, if one was named; else the candidate alone. Without any,
/// the policy that was made for such logs.
fn policies(args: &SimulateArgs) -> anyhow::Result<Policies> {
    let own = || -> anyhow::Result<(Policy, String)> {
        let files = servicenow::policy();
        let policy = Policy::parse(&files).context("in the policy for ServiceNow logs")?;
        Ok((policy, "docs/examples/servicenow-policy".to_owned()))
    };
    let read = |dir: &Path| anyhow::Ok((load(dir)?, dir.display().to_string()));
    let candidate = || args.policy.as_deref().map_or_else(own, read);
    let today = args.against.as_deref().map_or_else(candidate, read)?;
    let policies = Policies::of(today, candidate()?);
    let urgencies = policies.sides.as_ref().map(|side| {
        let all = side.policy().house().urgencies.iter();
        all.map(|it| it.id.clone()).collect::<Vec<_>>()
    });
    if !urgencies.agrees() {
        bail!("the two policies have different urgencies: priorities cannot be told to both");
    }
    Ok(policies)
}

fn check_clock(clock: Option<&str>, sides: &Pair<Side>) -> anyhow::Result<()> {
    let Some(clock) = clock else { return Ok(()) };
    for side in [&sides.today, &sides.candidate] {
        let clocks = side.policy().clocks();
        if !clocks.contains(clock) {
            let known: Vec<&str> = clocks.iter().map(|it| it.id.as_str()).collect();
            let known = known.join(", ");
            return Err(
                Usage::new(format!("there is no clock {clock:?}; there is {known}")).into(),
            );
        }
    }
    Ok(())
}

fn replay(
    cases: &[DeskCase],
    policies: Policies,
    file: &str,
    clock: Option<&str>,
    started: Instant,
) -> anyhow::Result<(Subject, Verdicts)> {
    let times = cases.iter().flat_map(|case| {
        let life = case.life.iter().map(|(at, _)| *at);
        life.chain([case.opened_at])
    });
    let Some(until) = times.clone().max() else {
        bail!("{file} has no case");
    };
    let window = Window {
        since: times.min().unwrap_or(until),
        until: until.checked_add(SignedDuration::from_secs(1))?,
    };
    let mut replay = Replay::new(&policies.sides, window);
    let mut verdicts = Verdicts::new(clock);
    let mut events = 0;
    for (index, case) in cases.iter().enumerate() {
        let id = id(index)?;
        events += live(case, id, &policies.sides.today, &mut replay);
        let ended = replay.end(id).unwrap_or_default();
        verdicts.add(case, judged(&ended, clock));
    }
    let mut report = replay.finish();
    // The desk recorded nothing of ours.
    report.recorded = Recorded::default();
    let subject = Subject {
        report,
        sides: policies.sides.clone(),
        dirs: policies.dirs,
        window,
        history: file.to_owned(),
        events,
        seconds: started.elapsed().as_secs_f64(),
    };
    Ok((subject, verdicts))
}

fn id(index: usize) -> anyhow::Result<ComplaintId> {
    let bytes = (index as u128).to_be_bytes();
    ComplaintId::try_from(&bytes[..]).map_err(|_| anyhow::anyhow!("16 bytes are an id"))
}

/// Tells a case from its beginning to its end. Gives how much there was to tell.
fn live(case: &DeskCase, id: ComplaintId, today: &Side, replay: &mut Replay<'_>) -> u64 {
    let mut count = 0;
    let mut say = |at: Timestamp, what: What<'_>| {
        count += 1;
        replay.tell(id, &Happening { at, what });
    };
    let at = case.opened_at;
    let id_text = id.to_string();
    say(
        at,
        What::Registered(Registration {
            id: &id_text,
            number: &case.number,
            received_at: at,
            channel: case.channel,
            kind: Kind::Complaint,
            wish: None,
            product: "",
            quantity: None,
            tier: "",
            text: Some(&case.text),
        }),
    );
    // The desk recorded no routing of ours.
    say(
        at,
        What::Routed(RecordedRouting {
            policy: "",
            category: "",
            urgency: "",
            severity: "",
            wide_impact: false,
            department: "",
            handler: "",
        }),
    );
    let urgency = case.priority.and_then(|it| urgency(it, today.policy()));
    if let Some(urgency) = urgency {
        let correction = Correction {
            urgency: Some(urgency),
            ..Correction::default()
        };
        say(at, What::Corrected(correction));
    }
    say(at, What::Acknowledged);
    for (at, milestone) in &case.life {
        say(*at, What::Reached(&Moment::from(*milestone)));
    }
    count
}

/// Priorities 1 to 4 are degrees of urgency; of a policy with fewer degrees the first ones share
/// the highest.
fn urgency(priority: u8, policy: &Policy) -> Option<&str> {
    const PRIORITIES: usize = 4;
    let urgencies = &policy.house().urgencies;
    let place = usize::from(priority).checked_sub(1)?;
    let fewer = PRIORITIES.saturating_sub(urgencies.len());
    let place = place.saturating_sub(fewer).min(urgencies.len() - 1);
    urgencies.iter().nth(place).map(|it| it.id.as_str())
}

/// Whether a case made its deadline: that of a clock, or all that it had; `None` if none was
/// decided.
fn judged(ended: &Ended, clock: Option<&str>) -> Pair<Option<bool>> {
    let made = |clocks: &Vec<(ClockId, Timestamp, Verdict)>| {
        let wanted = clocks
            .iter()
            .filter(|(id, ..)| clock.is_none_or(|clock| *id == *clock));
        let made = wanted.filter_map(|(_, _, verdict)| match verdict {
            Verdict::OnTime => Some(true),
            Verdict::Late => Some(false),
            Verdict::Open | Verdict::Cancelled => None,
        });
        made.reduce(|all, one| all && one)
    };
    ended.clocks.as_ref().map(made)
}

/// Counts by the name of something.
pub(super) type By<T> = BTreeMap<String, T>;
