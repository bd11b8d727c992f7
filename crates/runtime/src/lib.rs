//! Runs a service's pure core over the log.
//!
//! A [`Core`] says what follows from an event, a command or the passing of time; this crate does
//! everything else: it owns partitions, follows those that it may have to take over, rebuilds their
//! state from the log, gathers inputs into rounds, commits each round as one atomic batch of
//! fenced blocks, resolves doubtful commits, answers after the commit, and carries commands and
//! queries to the replica that owns a partition ([`Handle`]).
//!
//! Promises that rest on this crate: what was answered is in the log; nothing is decided twice;
//! the same log gives the same rows; what cannot be processed is set aside and blocks nothing.

mod assignment;
mod beginning;
mod block;
mod chain;
mod commit;
mod core;
mod feed;
mod flights;
mod following;
mod halt;
mod handle;
mod inputs;
mod node;
mod numbers;
mod ownership;
mod partition;
mod peers;
mod processor;
mod reader;
mod refusal;
mod replay;
mod request;
mod round;
mod set_aside;
mod snapshot;
mod take_over;
mod tasks;
mod trace;

pub use self::{
    assignment::assign,
    block::{Block, BlockError},
    chain::{ChainBroken, Head, follow_broken_chains},
    core::{Context, Core, Draft, Origin, Recorded},
    feed::{FeedParts, publish_feed},
    handle::{Awaited, Handle},
    node::Pace,
    numbers::NumberDesk,
    partition::block_sequence,
    peers::serve_peers,
    processor::{Parts, Processor},
    refusal::{Refusal, Violation},
    replay::{Rebuilt, rebuild},
    request::WAIT_MOST,
    snapshot::check_snapshot,
    tasks::{Task, Tasks, TokioTasks, Work},
};
