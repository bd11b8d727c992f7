//! The life of cases after their routing: decided by `redress_case`, kept fact by fact.

mod acting;
mod agenda;
mod answer;
mod decide;
mod late;
mod lives;
mod next;
mod timeline;

pub(crate) use acting::actor;
pub(crate) use agenda::Agenda;
pub(crate) use answer::all;
pub(crate) use decide::{decide, decide_all, expire};
pub(crate) use lives::Lives;
pub(crate) use next::next_steps;
pub(crate) use timeline::timeline;
