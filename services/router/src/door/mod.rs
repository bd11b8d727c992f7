//! The gRPC doors: what callers want is handed to the owners of the partitions.

mod cases;
mod commands;
mod execute;
mod follow;
mod many;
mod notices;
mod queries;
mod recall;
mod recalled;
mod refused;
mod related;
mod trace;
mod watch;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_nats::Client;
use redress_complaint::{ComplaintId, NumberSpace, partition_of};
use redress_host::{grpc::Deadline, policy_dir::PolicyReceiver};
use redress_log::{EventLog, Peers};
use redress_policy::Policy;
use redress_runtime::{Handle, Refusal};
use redress_service::{CaseName, case_name};
use redress_triage::Triage;
use redress_wire::router::{Case, CaseRow, Found, Query, query};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::Request;

use self::watch::Watcher;
use crate::{RouterCore, case_view, locale::Speech, recent::Recent};

/// The longest a command waits for an owner that moves: a lease that runs out, and a take-over.
const PATIENCE: Duration = Duration::from_secs(15);
/// Numbers whose cases are remembered, so that who works on a case by its number does not have all
/// partitions asked each time: some 100 bytes each. A number never becomes another case's.
const REMEMBERED: usize = 10_000;
/// Cases that are followed at once through one replica: each costs some questions a second while
/// much happens to it, and nothing while nothing does.
const FOLLOWERS: usize = 512;

/// What all doors share.
pub(crate) struct Desk<P: Peers> {
    handle: Handle<RouterCore, P>,
    rules: PolicyReceiver<Triage>,
    numbers: Arc<Mutex<Recent<String, ComplaintId>>>,
    followers: Arc<Semaphore>,
    watcher: Watcher,
    stopping: CancellationToken,
    /// For questions to other services.
    nats: Client,
}

impl<P: Peers> Clone for Desk<P> {
    fn clone(&self) -> Self {
        Self {
            handle: self.handle.clone(),
            rules: self.rules.clone(),
            numbers: self.numbers.clone(),
            followers: self.followers.clone(),
            watcher: self.watcher.clone(),
            stopping: self.stopping.clone(),
            nats: self.nats.clone(),
        }
    }
}

/// Who calls: the language, the trace, and how long they wait.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) policy: Arc<Policy>,
    pub(crate) speech: Speech,
    pub(crate) trace: String,
    pub(crate) patience: Duration,
}

impl Caller {
    /// The case in the caller's words.
    pub(crate) fn shown(&self, row: CaseRow) -> Case {
        case_view(row, &self.policy, self.speech)
    }
}

impl<P: Peers> Desk<P> {
    pub(crate) fn new(
        handle: Handle<RouterCore, P>,
        rules: PolicyReceiver<Triage>,
        log: impl EventLog,
        stopping: CancellationToken,
        nats: Client,
    ) -> Self {
        Self {
            handle,
            rules,
            numbers: Arc::new(Mutex::new(Recent::new(REMEMBERED))),
            followers: Arc::new(Semaphore::new(FOLLOWERS)),
            watcher: Watcher::new(log),
            stopping,
            nats,
        }
    }

    fn caller<T>(&self, request: &Request<T>) -> Caller {
        let policy = self.rules.borrow().policy.policy().clone();
        let metadata = request.metadata();
        let header = |name| metadata.get(name).and_then(|value| value.to_str().ok());
        let left = request.extensions().get::<Deadline>();
        Caller {
            speech: Speech::accepted(header("accept-language"), &policy.house().default_locale),
            trace: trace::carried(header("traceparent")),
            patience: left.map_or(PATIENCE, |left| left.remaining().min(PATIENCE)),
            policy,
        }
    }

    fn partition(&self, id: &ComplaintId) -> u32 {
        partition_of(id, self.handle.partitions())
    }

    async fn ask(&self, id: &ComplaintId, query: query::Query) -> Result<Found, Refusal> {
        let query = Query { query: Some(query) };
        self.handle.query_one(self.partition(id), &query).await
    }

    async fn ask_all(&self, query: query::Query) -> Result<Vec<Found>, Refusal> {
        let query = Query { query: Some(query) };
        let found = self.handle.query_all(&query).await?;
        Ok(found.into_iter().map(|(_, found)| found).collect())
    }

    /// The case of that name.
    async fn find(&self, name: &str, policy: &Policy) -> Result<CaseRow, Refusal> {
        let found = match case_name(name)? {
            CaseName::Id(id) => self.with_id(&ComplaintId::from_bytes(id)).await?,
            CaseName::Number(number) => self.with_number(as_written(&number, policy)).await?,
        };
        found.ok_or_else(|| unknown(name))
    }

    /// The id of the case of that name, without asking for the case if it can be known.
    async fn id_of(&self, name: &str, policy: &Policy) -> Result<ComplaintId, Refusal> {
        let number = match case_name(name)? {
            CaseName::Id(id) => return Ok(ComplaintId::from_bytes(id)),
            CaseName::Number(number) => as_written(&number, policy),
        };
        if let Some(id) = self.remembered(&number) {
            return Ok(id);
        }
        let found = self.with_number(number).await?;
        found
            .and_then(|row| id_of_row(&row))
            .ok_or_else(|| unknown(name))
    }

    async fn with_id(&self, id: &ComplaintId) -> Result<Option<CaseRow>, Refusal> {
        let query = query::Query::ComplaintId(id.as_bytes().to_vec());
        Ok(self.ask(id, query).await?.cases.into_iter().next())
    }

    async fn with_number(&self, number: String) -> Result<Option<CaseRow>, Refusal> {
        if let Some(id) = self.remembered(&number) {
            return self.with_id(&id).await;
        }
        let found = self.ask_all(query::Query::Number(number.clone())).await?;
        let row = found.into_iter().find_map(|f| f.cases.into_iter().next());
        if let Some(id) = row.as_ref().and_then(id_of_row) {
            let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
            numbers.put(number, id);
        }
        Ok(row)
    }

    fn remembered(&self, number: &str) -> Option<ComplaintId> {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let id = numbers.take(number)?;
        numbers.put(number.to_owned(), id);
        Some(id)
    }
}

fn id_of_row(row: &CaseRow) -> Option<ComplaintId> {
    ComplaintId::try_from(&row.complaint_id[..]).ok()
}

fn unknown(name: &str) -> Refusal {
    Refusal::not_found(format!(
        "there is no case {:?}: check the number or id; one that was registered just now is here \
         within moments",
        name.trim()
    ))
}

/// The number as the house writes it, however it was typed. One with the prefix of an earlier
/// policy is taken as it is.
fn as_written(number: &str, policy: &Policy) -> String {
    let space = NumberSpace::from(&policy.house().number);
    match space.read(number) {
        Ok(read) => space.write(read),
        Err(_) => number.to_uppercase(),
    }
}
