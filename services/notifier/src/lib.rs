//! Tells people: customers by mail, departments by signed webhook.
//!
//! Who is told what on which occasion, by which means and in which words, is the policy's. For
//! every occasion the intent is recorded first; only then something is sent, and what came of it
//! is recorded again. So nothing is lost because a process died or a receiver was down, and what
//! is sent a second time after a crash carries the same id, by which the receiver tells a repeat.
//!
//! It keeps of a case how to reach the customer and every delivery. It does not decide cases,
//! knows no deadlines but those it is told, and shows no customer's address unmasked: letters are
//! written when they are sent, and exist in memory only.
//!
//! | room       | what it holds                                                       |
//! |------------|---------------------------------------------------------------------|
//! | `rules`    | the policy with its templates compiled                              |
//! | `occasion` | events → notifications to plan                                      |
//! | `decide`   | what came of a sending, and operators' retries → events             |
//! | `cases`    | what is kept of a case; `rows` has the keys, `lanes` what is due    |
//! | `letter`   | a delivery → the words and the address                              |
//! | `sender`   | the outside world: SMTP and HTTP                                    |

mod args;
mod asked;
mod cases;
mod core;
mod decide;
mod doors;
mod grpc;
mod lanes;
mod letter;
mod list;
mod occasion;
mod recall;
mod rows;
mod rules;
mod sender;
mod words;

use std::time::Duration;

use redress_runtime::Pace;

pub use self::{
    args::NotifierArgs,
    core::NotifierCore,
    doors::doors,
    grpc::Door,
    letter::{Letter, Parcel, Sending, Unsendable, Webhook},
    rules::Rules,
    sender::{MailSettings, Secrets, Sender, SenderMetrics, WebhookSettings},
};

/// How rounds are paced: it waits 200 ms for company. What it sends travels for longer than that,
/// and nobody waits for an answer but its own senders, while fewer and larger blocks spare the
/// broker writes that the other services need.
pub const PACE: Pace = Pace {
    linger: Duration::from_millis(200),
    change_linger: Duration::from_millis(200),
    max_changes: 2_000,
    queue: 20_000,
    untold_most: Pace::UNTOLD_MOST,
};
