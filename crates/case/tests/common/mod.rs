//! Given facts, when a command comes, then changes follow: the shipped policy and a case of it.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "not every test file needs all of it"
)]

pub mod commands;
pub mod lives;
pub mod random;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};
use redress_case::{
    Actor, Case, Change, Circumstances, Command, Fact, Opening, Rejection, RejectionKind, Stage,
    decide, record,
};
use redress_complaint::ComplaintId;
use redress_policy::Policy;

/// Monday, 9 March 2026, 10:00 in Shanghai.
pub const START: &str = "2026-03-09T10:00:00+08:00";

pub fn start() -> Timestamp {
    START.parse().expect("a time")
}

pub fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn read(folder: &Path, root: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the shipped policy") {
        let path = entry.expect("a policy file").path();
        if path.is_dir() {
            read(&path, root, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let name = path
                .strip_prefix(root)
                .expect("below the root")
                .to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("a readable file");
            files.insert(name.into_owned(), text);
        }
    }
}

/// The shipped policy files.
pub fn shipped_files() -> BTreeMap<String, String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    files
}

/// The shipped policy.
pub fn policy() -> &'static Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(|| Policy::parse(&shipped_files()).expect("the shipped policy is right"))
}

/// The shipped policy with a text added to one of its files.
pub fn policy_with(file: &str, more: &str) -> Policy {
    let text = shipped_files()[file].clone();
    policy_from(file, text + more)
}

/// The shipped policy with another text of one of its files.
pub fn policy_from(file: &str, text: String) -> Policy {
    let mut files = shipped_files();
    files.insert(file.to_owned(), text);
    Policy::parse(&files).unwrap_or_else(|errors| panic!("{errors:?}"))
}

pub fn id(request: &str) -> ComplaintId {
    ComplaintId::of("web", request)
}

/// A complaint about product quality, routed to the after-sales technicians.
pub fn opening() -> Opening {
    Opening {
        id: id("r-1"),
        number: "CF20260309001".to_owned(),
        category: "product_quality".into(),
        urgency: "normal".into(),
        severity: "ordinary".into(),
        rank: 3,
        wide_impact: false,
        department: "after_sales_tech".into(),
        handler: HANDLER.into(),
        batch_no: "B-2026-02".to_owned(),
        items: 1,
        at: start(),
    }
}

pub const HANDLER: &str = "after-sales-tech-1";
pub const COLLEAGUE: &str = "after-sales-tech-2";
pub const HEAD: &str = "after-sales-tech-head";

pub fn handler() -> Actor {
    Actor::new(HANDLER, "handler")
}

pub fn head() -> Actor {
    Actor::new(HEAD, "department_head")
}

pub fn director() -> Actor {
    Actor::new("director-products", "director")
}

pub fn other_director() -> Actor {
    Actor::new("director-service", "director")
}

pub fn executive() -> Actor {
    Actor::new("executive-1", "executive")
}

pub fn finance() -> Actor {
    Actor::new("finance-1", "finance")
}

pub fn quality() -> Actor {
    Actor::new("quality-1", "quality")
}

pub fn service_lead() -> Actor {
    Actor::new("customer-service-lead", "customer_service_lead")
}

/// A case, its policy and its clock.
pub struct Given {
    pub case: Case,
    pub facts: Vec<Fact>,
    pub now: Timestamp,
    policy: &'static Policy,
    requests: u32,
}

/// A case with these facts behind it, all of them the handler's, a minute apart.
pub fn given(changes: impl IntoIterator<Item = Change>) -> Given {
    given_case(&opening(), changes)
}

pub fn given_case(opening: &Opening, changes: impl IntoIterator<Item = Change>) -> Given {
    let mut given = Given {
        case: Case::open(opening),
        facts: Vec::new(),
        now: opening.at,
        policy: policy(),
        requests: 0,
    };
    for change in changes {
        given = given.and_then(&handler(), change);
    }
    given
}

impl Given {
    /// A fact of somebody in particular.
    pub fn and_then(mut self, actor: &Actor, change: Change) -> Self {
        self.now += SignedDuration::from_mins(1);
        let facts = {
            let cx = circumstances(actor, self.now, self.policy);
            record(&mut self.case, vec![change], &cx)
        };
        self.facts.extend(facts);
        self
    }

    /// Under another policy.
    pub fn under(mut self, policy: Policy) -> Self {
        self.policy = Box::leak(Box::new(policy));
        self
    }

    /// The same case at the same time, without its facts.
    pub fn like(mut self, other: &Self) -> Self {
        self.case = other.case.clone();
        (self.now, self.policy) = (other.now, other.policy);
        self.requests = other.requests;
        self
    }

    /// Some time goes by.
    pub fn after(mut self, time: SignedDuration) -> Self {
        self.now += time;
        self
    }

    pub fn policy(&self) -> &'static Policy {
        self.policy
    }

    /// What follows from a command, without recording it.
    pub fn decided(&self, actor: &Actor, command: &Command) -> Result<Vec<Change>, Rejection> {
        let cx = circumstances(actor, self.now, self.policy);
        decide(&self.case, command, &cx)
    }

    /// A command comes, and what follows is recorded.
    pub fn when(mut self, actor: &Actor, command: impl Into<Command>) -> When {
        self.now += SignedDuration::from_mins(1);
        self.requests += 1;
        let request = format!("request-{}", self.requests);
        let command = command.into();
        let mut cx = circumstances(actor, self.now, self.policy);
        cx.request_id = &request;
        let outcome = decide(&self.case, &command, &cx);
        let changes = outcome.as_ref().map_or_else(
            |refused| {
                refused
                    .record
                    .iter()
                    .map(|change| (**change).clone())
                    .collect()
            },
            Clone::clone,
        );
        let facts = record(&mut self.case, changes, &cx);
        self.facts.extend(facts);
        When {
            given: self,
            outcome,
        }
    }

    /// A command that works, as a step on the way.
    pub fn done(self, actor: &Actor, command: impl Into<Command>) -> Self {
        let when = self.when(actor, command);
        when.changes();
        when.given
    }

    pub fn stage(&self) -> Stage {
        self.case.stage
    }
}

fn circumstances<'a>(actor: &'a Actor, now: Timestamp, policy: &'a Policy) -> Circumstances<'a> {
    Circumstances {
        actor,
        now,
        policy,
        request_id: "",
        expected_version: None,
    }
}

/// What came of a command.
pub struct When {
    pub given: Given,
    pub outcome: Result<Vec<Change>, Rejection>,
}

impl When {
    /// The changes that followed.
    #[track_caller]
    pub fn changes(&self) -> &[Change] {
        match &self.outcome {
            Ok(changes) => changes,
            Err(refused) => panic!("refused: {refused}"),
        }
    }

    /// Exactly these changes followed.
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = Change>) -> Given {
        let expected: Vec<Change> = expected.into_iter().collect();
        assert_eq!(self.changes(), expected);
        self.given
    }

    /// Changes of these names followed.
    #[track_caller]
    pub fn then_named(self, expected: &[&str]) -> Given {
        let names: Vec<&str> = self.changes().iter().map(Change::name).collect();
        assert_eq!(names, expected);
        self.given
    }

    /// The case is at this stage after it.
    #[track_caller]
    pub fn then_stage(self, stage: Stage) -> Given {
        self.changes();
        assert_eq!(self.given.case.stage, stage);
        self.given
    }

    /// It was refused.
    #[track_caller]
    pub fn refused(self) -> Rejection {
        match self.outcome {
            Err(refused) => refused,
            Ok(changes) => panic!("not refused: {changes:?}"),
        }
    }

    /// It was refused for this reason.
    #[track_caller]
    pub fn then_refused(self, kind: RejectionKind, code: &str) -> Rejection {
        let refused = self.refused();
        assert_eq!((refused.kind, refused.code), (kind, code), "{refused}");
        refused
    }
}
