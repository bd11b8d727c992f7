//! Many commands over one stream: those of one case in the order sent, others side by side.

use std::collections::{HashMap, VecDeque};

use futures::{
    Stream, StreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream, FuturesUnordered},
};
use redress_complaint::ComplaintId;
use redress_log::Peers;
use redress_runtime::Refusal;
use redress_wire::router::{
    CaseCommand, ExecuteManyRequest, ExecuteManyResponse, ExecuteRefusal,
    execute_many_response::Outcome,
};
use tonic::{Status, Streaming};

use super::{Caller, Desk, commands::no_command, execute::response, refused::one_of_many};

/// Commands of one stream that are taken in and not answered; beyond it the stream is not read,
/// which the caller's end of the connection feels. Some rounds' worth of a busy owner.
const AT_ONCE: usize = 1024;
/// Commands whose cases are looked for at once.
const LOOKED_FOR: usize = 64;

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
    under_way: FuturesUnordered<BoxFuture<'static, (ComplaintId, ExecuteManyResponse)>>,
    /// Commands that wait for the one before of the same case. A case with a command under way is
    /// here, even if none waits.
    waiting: HashMap<ComplaintId, VecDeque<(u64, CaseCommand)>>,
    taken: usize,
}

impl<P: Peers> Lanes<P> {
    /// The next answer; nothing when all is answered and no more will come.
    async fn next(&mut self) -> Option<Result<ExecuteManyResponse, Status>> {
        loop {
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
                Some((id, answer)) = self.under_way.next(), if !self.under_way.is_empty() => {
                    self.go_on(id);
                    return Some(Ok(answer));
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
        if let Some(lane) = self.waiting.get_mut(&id) {
            lane.push_back((position, command));
        } else {
            self.waiting.insert(id, VecDeque::new());
            self.start(position, id, command);
        }
    }

    /// A command was answered: the next of its case follows.
    fn go_on(&mut self, id: ComplaintId) {
        self.taken -= 1;
        match self.waiting.get_mut(&id).and_then(VecDeque::pop_front) {
            Some((position, command)) => self.start(position, id, command),
            None => drop(self.waiting.remove(&id)),
        }
    }

    fn start(&mut self, position: u64, id: ComplaintId, command: CaseCommand) {
        let (desk, caller) = (self.desk.clone(), self.caller.clone());
        self.under_way.push(Box::pin(async move {
            let answer = match desk.execute_on(id, command, &caller).await {
                Ok(Ok(done)) => ExecuteManyResponse {
                    position,
                    outcome: Some(Outcome::Done(response(id, done, &caller))),
                },
                Ok(Err(refused)) => ExecuteManyResponse {
                    position,
                    outcome: Some(Outcome::Refused(one_of_many(&refused, caller.speech))),
                },
                Err(refusal) => refused(position, &refusal),
            };
            (id, answer)
        }));
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
        outcome: Some(Outcome::Refused(ExecuteRefusal {
            code: refusal.code_name().to_owned(),
            message: refusal.message.clone(),
        })),
    }
}
