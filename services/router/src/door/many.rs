//! Many commands over one stream: those of one case in the order sent, others side by side.

use std::collections::{HashMap, VecDeque, hash_map::Entry};

use futures::{
    Stream, StreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream, FuturesUnordered},
};
use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_log::Peers;
use redress_runtime::Refusal;
use redress_wire::router::{
    CaseCommand, ExecuteManyRequest, ExecuteManyResponse, ExecuteRefusal,
    execute_many_response::Outcome as Answered,
};
use tonic::{Code, Status, Streaming};

use super::{
    Caller, Desk,
    commands::no_command,
    execute::{Outcome, looks_around, response},
    refused::one_of_many,
};

/// Commands of one stream that are taken in and not answered; beyond it the stream is not read,
/// which the caller's end of the connection feels. Some rounds' worth of a busy owner.
const AT_ONCE: usize = 1024;
/// Commands whose cases are looked for at once.
const LOOKED_FOR: usize = 64;
/// Commands of one case that are handed to its owner together, at most; and their bytes, so that
/// what is recorded of them stays well within a block.
const TOGETHER: usize = 128;
const TOGETHER_BYTES: usize = 128 << 10;

/// The answers as they come. Nothing happens when nobody reads them.
pub(super) fn answers<P: Peers>(
    desk: Desk<P>,
    requests: Streaming<ExecuteManyRequest>,
    caller: Caller,
) -> impl Stream<Item = Result<ExecuteManyResponse, Status>> + Send {
    let found = {
        let (desk, caller) = (desk.clone(), caller.clone());
        move |request| look(desk.clone(), caller.clone(), request)
    };
    // In the order sent: cases that are found late hold those behind them up, not overtake.
    let asked = requests.map(found).buffered(LOOKED_FOR).boxed();
    let lanes = Lanes {
        desk,
        caller,
        asked: Some(asked),
        under_way: FuturesUnordered::new(),
        answers: VecDeque::new(),
        waiting: HashMap::new(),
        taken: 0,
    };
    stream::unfold(lanes, |mut lanes| async move {
        let answer = lanes.next().await?;
        Some((answer, lanes))
    })
}

/// A command with its position and what was found to be its case.
struct Asked {
    position: u64,
    found: Result<(ComplaintId, CaseCommand), Refusal>,
}

struct Lanes<P: Peers> {
    desk: Desk<P>,
    caller: Caller,
    asked: Option<BoxStream<'static, Result<Asked, Status>>>,
    under_way: FuturesUnordered<BoxFuture<'static, (ComplaintId, Vec<ExecuteManyResponse>)>>,
    /// Answers that have come, and wait to be read.
    answers: VecDeque<ExecuteManyResponse>,
    /// Commands that wait for those before of the same case. A case with commands under way is
    /// here, even if none waits.
    waiting: HashMap<ComplaintId, Lane>,
    taken: usize,
}

/// Commands of one case with their positions.
type Lane = VecDeque<(u64, CaseCommand)>;

impl<P: Peers> Lanes<P> {
    /// The next answer; nothing when all is answered and no more will come.
    async fn next(&mut self) -> Option<Result<ExecuteManyResponse, Status>> {
        loop {
            if let Some(answer) = self.answers.pop_front() {
                self.taken -= 1;
                return Some(Ok(answer));
            }
            if self.under_way.is_empty() && self.asked.is_none() {
                return None;
            }
            let room = self.taken < AT_ONCE;
            let asked = async {
                match &mut self.asked {
                    Some(asked) if room => asked.next().await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                Some((id, answers)) = self.under_way.next(), if !self.under_way.is_empty() => {
                    self.answers.extend(answers);
                    self.go_on(id);
                }
                asked = asked => match asked {
                    Some(Ok(Asked { position, found: Ok((id, command)) })) => {
                        self.take(position, id, command);
                    }
                    Some(Ok(Asked { position, found: Err(refusal) })) => {
                        return Some(Ok(refused(position, &refusal)));
                    }
                    // The caller went away or sent what cannot be read; what is under way ends.
                    Some(Err(status)) => {
                        self.asked = None;
                        return Some(Err(status));
                    }
                    None => self.asked = None,
                },
            }
        }
    }

    fn take(&mut self, position: u64, id: ComplaintId, command: CaseCommand) {
        self.taken += 1;
        match self.waiting.entry(id) {
            Entry::Occupied(mut lane) => lane.get_mut().push_back((position, command)),
            Entry::Vacant(lane) => {
                lane.insert(Lane::from([(position, command)]));
                self.go_on(id);
            }
        }
    }

    /// Nothing of the case is under way: what waits follows.
    fn go_on(&mut self, id: ComplaintId) {
        let next = self.waiting.get_mut(&id).map(together).unwrap_or_default();
        if next.is_empty() {
            self.waiting.remove(&id);
            return;
        }
        let (desk, caller) = (self.desk.clone(), self.caller.clone());
        self.under_way.push(Box::pin(async move {
            let answers = carry_out(&desk, &caller, id, next).await;
            (id, answers)
        }));
    }
}

/// The commands at the head of a lane that go to the owner together: nobody has to wait for the
/// round of the one before, and a hot case is worked on as fast as any. One that the door has to
/// look around for goes alone, once those before it are answered.
fn together(lane: &mut Lane) -> Vec<(u64, CaseCommand)> {
    let mut taken = Vec::new();
    let mut bytes = 0;
    while let Some((_, command)) = lane.front() {
        bytes += command.encoded_len();
        let alone = looks_around(command);
        let fits = !alone && taken.len() < TOGETHER && bytes <= TOGETHER_BYTES;
        if !taken.is_empty() && !fits {
            break;
        }
        taken.extend(lane.pop_front());
        if alone {
            break;
        }
    }
    taken
}

async fn carry_out<P: Peers>(
    desk: &Desk<P>,
    caller: &Caller,
    id: ComplaintId,
    asked: Vec<(u64, CaseCommand)>,
) -> Vec<ExecuteManyResponse> {
    if asked.len() > 1 {
        let commands = asked.iter().map(|(_, command)| command.clone());
        let outcomes = match desk.execute_together(id, commands.collect(), caller).await {
            Ok(outcomes) => Some(outcomes.into_iter().map(Ok).collect()),
            // An owner of the release before takes them one by one.
            Err(refusal) if refusal.code == Code::Unimplemented => None,
            Err(refusal) => Some(vec![Err(refusal); asked.len()]),
        };
        if let Some(outcomes) = outcomes {
            let answers = asked.iter().zip(outcomes);
            return answers
                .map(|((position, _), outcome)| answer(*position, id, outcome, caller))
                .collect();
        }
    }
    let mut answers = Vec::with_capacity(asked.len());
    for (position, command) in asked {
        let outcome = desk.execute_on(id, command, caller).await;
        answers.push(answer(position, id, outcome, caller));
    }
    answers
}

fn answer(
    position: u64,
    id: ComplaintId,
    outcome: Result<Outcome, Refusal>,
    caller: &Caller,
) -> ExecuteManyResponse {
    let outcome = match outcome {
        Ok(Ok(done)) => Answered::Done(response(id, done, caller)),
        Ok(Err(refused)) => Answered::Refused(one_of_many(&refused, caller.speech)),
        Err(refusal) => return refused(position, &refusal),
    };
    ExecuteManyResponse {
        position,
        outcome: Some(outcome),
    }
}

async fn look<P: Peers>(
    desk: Desk<P>,
    caller: Caller,
    request: Result<ExecuteManyRequest, Status>,
) -> Result<Asked, Status> {
    let ExecuteManyRequest { position, command } = request?;
    let Some(command) = command else {
        let found = Err(no_command());
        return Ok(Asked { position, found });
    };
    let id = desk.id_of(&command.name, &caller.policy).await;
    let found = id.map(|id| (id, command));
    Ok(Asked { position, found })
}

fn refused(position: u64, refusal: &Refusal) -> ExecuteManyResponse {
    ExecuteManyResponse {
        position,
        outcome: Some(Answered::Refused(ExecuteRefusal {
            code: refusal.code_name().to_owned(),
            message: refusal.message.clone(),
        })),
    }
}
