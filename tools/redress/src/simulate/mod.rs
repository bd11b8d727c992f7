//! `redress policy simulate` and `redress policy shadow`: what another policy would have made of
//! history, or makes of it while it happens (`redress-what-if`).
//!
//! Nothing here writes to the broker. The log is read with consumers that live in memory and are
//! taken away at the end.

mod decode;
mod desk;
mod html;
mod parallel;
mod run;
mod shadow;
mod show;
mod sides;
mod source;
mod subject;
mod window;

pub(crate) use run::run;
pub(crate) use shadow::run as shadow;
