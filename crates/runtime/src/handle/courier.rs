//! Carries changes to owners in other replicas: those for one owner that wait at the same time travel
//! in one message.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures::{
    StreamExt as _,
    future::{BoxFuture, pending},
    stream::FuturesUnordered,
};
use prost::Message as _;
use redress_log::{PeerError, Peers};
use redress_wire::{
    Service,
    peer::{Call, Calls, Reply, call::Body},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout},
};

use crate::tasks::{Task, Tasks};

/// Calls of one message. Their answers come when the last of them is decided, which is in the same
/// round as the first unless the owner is overrun.
const MOST_CALLS: usize = 64;
/// Bytes of the calls of one message, unless one alone has more: answers are some times larger than
/// small calls, and have to fit into one message of the broker as well.
const MOST_BYTES: usize = 64 << 10;
/// So long calls that do not fill a message wait for the one before to be answered: about a round of an owner under
/// load. If its answer is lost, those behind it wait no longer than this.
const HOLD: Duration = Duration::from_millis(20);
/// Calls on their way from the doors; the doors bound how many wait beyond that.
const QUEUE: usize = 1024;

/// Takes calls to other members.
pub(super) struct Courier {
    errands: mpsc::Sender<Errand>,
    _task: Task,
}

/// A call, and where its answer goes.
struct Errand {
    member: String,
    call: Call,
    until: Instant,
    answer: oneshot::Sender<Result<Reply, PeerError>>,
}

impl Courier {
    pub(super) fn start(service: Service, peers: impl Peers, tasks: &Arc<dyn Tasks>) -> Self {
        let (errands, taken) = mpsc::channel(QUEUE);
        let ways = Ways {
            service,
            peers,
            errands: taken,
            lanes: BTreeMap::new(),
            under_way: FuturesUnordered::new(),
        };
        Self {
            errands,
            _task: tasks.spawn(Box::pin(ways.run())),
        }
    }

    /// Has a call answered by another member.
    ///
    /// # Errors
    /// The member is not there, or did not answer in time: what was asked may have been done.
    pub(super) async fn call(
        &self,
        member: &str,
        call: Call,
        patience: Duration,
    ) -> Result<Reply, PeerError> {
        let (answer, answered) = oneshot::channel();
        let errand = Errand {
            member: member.to_owned(),
            call,
            until: Instant::now() + patience,
            answer,
        };
        let asked = async {
            self.errands.send(errand).await.ok()?;
            answered.await.ok()
        };
        let answer = timeout(patience, asked).await.ok().flatten();
        answer.unwrap_or_else(|| Err(PeerError::NoAnswer(member.to_owned())))
    }
}

/// What waits for a member.
#[derive(Default)]
struct Lane {
    waiting: VecDeque<Errand>,
    /// When the newest message went out, while it is not answered.
    sent: Option<Instant>,
    /// A release that knows of one call in a message only.
    takes_single: bool,
}

/// A message that was answered, or not.
struct Delivered {
    member: String,
    sent: Instant,
    errands: Vec<Errand>,
    answer: Result<Bytes, PeerError>,
}

struct Ways<P> {
    service: Service,
    peers: P,
    errands: mpsc::Receiver<Errand>,
    lanes: BTreeMap<String, Lane>,
    under_way: FuturesUnordered<BoxFuture<'static, Delivered>>,
}

impl<P: Peers> Ways<P> {
    /// Until nobody hands anything over any more.
    async fn run(mut self) {
        loop {
            let due = self.lanes.values().filter_map(Lane::held_until).min();
            let due = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                biased;
                Some(delivered) = self.under_way.next() => self.delivered(delivered),
                errand = self.errands.recv() => match errand {
                    Some(errand) => self.take(errand),
                    None => return,
                },
                () = due => {}
            }
            while let Ok(errand) = self.errands.try_recv() {
                self.take(errand);
            }
            self.send();
        }
    }

    fn take(&mut self, errand: Errand) {
        if let Some(lane) = self.lanes.get_mut(&errand.member) {
            lane.waiting.push_back(errand);
        } else {
            let lane = self.lanes.entry(errand.member.clone()).or_default();
            lane.waiting.push_back(errand);
        }
    }

    /// Sends what need not wait.
    fn send(&mut self) {
        let now = Instant::now();
        for (member, lane) in &mut self.lanes {
            while lane.may_send(now) {
                let errands = lane.next();
                let Some(until) = errands.iter().map(|errand| errand.until).max() else {
                    break;
                };
                lane.sent = Some(now);
                let (peers, service, member) = (self.peers.clone(), self.service, member.clone());
                self.under_way.push(Box::pin(async move {
                    let patience = until.saturating_duration_since(now);
                    let answer = peers.call(service, &member, message(&errands), patience);
                    let answer = answer.await;
                    Delivered {
                        member,
                        sent: now,
                        errands,
                        answer,
                    }
                }));
            }
        }
        self.lanes.retain(|_, lane| lane.is_used());
    }

    fn delivered(&mut self, delivered: Delivered) {
        let Delivered {
            member,
            sent,
            errands,
            answer,
        } = delivered;
        let lane = self.lanes.entry(member.clone()).or_default();
        lane.sent.take_if(|newest| *newest == sent);
        let several = errands.len() > 1;
        let lost = || PeerError::NoAnswer(member.clone());
        let reply = answer.and_then(|bytes| Reply::decode(bytes).map_err(|_| lost()));
        match reply {
            Ok(reply) if several && reply.all.len() == errands.len() => {
                for (errand, reply) in errands.into_iter().zip(reply.all) {
                    errand.settle(Ok(reply));
                }
            }
            // It did not know what this is, and so has done nothing of it.
            Ok(reply) if several && reply == Reply::default() => {
                lane.takes_single = true;
                for errand in errands.into_iter().rev() {
                    lane.waiting.push_front(errand);
                }
            }
            Ok(reply) if !several => {
                for errand in errands {
                    errand.settle(Ok(reply.clone()));
                }
            }
            fault => {
                let fault = fault.err().unwrap_or_else(lost);
                // Another release may stand under this name next time.
                lane.takes_single &= !matches!(fault, PeerError::Absent(_));
                for errand in errands {
                    errand.settle(Err(fault.clone()));
                }
            }
        }
    }
}

impl Lane {
    /// When what waits goes out even if nothing is answered before.
    fn held_until(&self) -> Option<Instant> {
        let waits = !self.waiting.is_empty() && !self.takes_single;
        self.sent.filter(|_| waits).map(|sent| sent + HOLD)
    }

    fn may_send(&self, now: Instant) -> bool {
        let is_full = self.waiting.len() >= MOST_CALLS;
        let is_free = || self.held_until().is_none_or(|due| due <= now);
        !self.waiting.is_empty() && (is_full || is_free())
    }

    /// What goes into the next message: those that wait, in their order. Nobody waits any more for the
    /// others.
    fn next(&mut self) -> Vec<Errand> {
        let most = if self.takes_single { 1 } else { MOST_CALLS };
        let (mut errands, mut bytes) = (Vec::new(), 0);
        while let Some(errand) = self.waiting.pop_front() {
            if errand.answer.is_closed() {
                continue;
            }
            bytes += errand.call.encoded_len();
            let fits = errands.len() < most && bytes <= MOST_BYTES;
            if !fits && !errands.is_empty() {
                self.waiting.push_front(errand);
                break;
            }
            errands.push(errand);
        }
        errands
    }

    fn is_used(&self) -> bool {
        self.sent.is_some() || !self.waiting.is_empty() || self.takes_single
    }
}

impl Errand {
    fn settle(self, answer: Result<Reply, PeerError>) {
        // A caller that no longer waits does not want the answer.
        drop(self.answer.send(answer));
    }
}

/// One call as it always was, or several.
fn message(errands: &[Errand]) -> Bytes {
    if let [only] = errands {
        return only.call.encode_to_vec().into();
    }
    let calls = errands.iter().map(|errand| errand.call.clone()).collect();
    let all = Call {
        body: Some(Body::Calls(Calls { calls })),
        ..Call::default()
    };
    all.encode_to_vec().into()
}
