//! The seeded simulator: the five real cores over the real runtime, on one thread, with a clock, a
//! broker, disks and receivers that misbehave as a seed says.
//!
//! A [`run()`] is a storm, then calm, then the verdict. In the storm processes are killed between
//! any two polls, paused beyond their leases, stopped and started; the broker delays, loses,
//! repeats and refuses; disks fall back to an earlier flush, are lost or go bad. A reference
//! [`model`] checks every message that is stored and every answer that is given as it comes; when
//! it is calm again everything must come to rest, and all that the services hold and answer must
//! be what the log folds to.
//!
//! The same seed gives the same bytes ([`Report::hash`]). [`Control`]s that switch off what a
//! promise rests on must be caught; they prove that the simulator sees.
//!
//! | room         | what it holds                                                              |
//! |--------------|----------------------------------------------------------------------------|
//! | `scheduler`  | tasks by process, polled in an order drawn from the seed; kill and pause   |
//! | `broker`     | the twins of the ports behind a network                                    |
//! | `store`      | the twin of the store, with a disk's fates                                 |
//! | `process`    | one replica of a service                                                   |
//! | `doors`, `outside`, `customers`, `clerks` | what stands around the services: doors, receivers, callers |
//! | `storm`      | what happens to processes                                                  |
//! | `model`      | what the log and the answers must be like                                  |
//! | `rest`       | what must hold in the end                                                  |
//!
//! It does not simulate NATS, sled, gRPC and the network's bytes: those have tests with real ones.

mod broker;
mod chance;
mod clerks;
mod clock;
mod control;
mod customers;
mod doors;
mod house;
pub mod model;
mod outside;
mod process;
mod rest;
mod run;
mod scheduler;
mod setting;
mod store;
mod storm;
mod trace;
mod weather;
mod world;

pub use self::{
    chance::Chance,
    control::Control,
    run::{Report, run, run_as},
    setting::{Mishaps, Setting},
    weather::Weather,
};
