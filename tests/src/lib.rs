//! What the whole-system tests share: the platform as real processes, an outside recorder of
//! requests and answers, and the verdict over what is in the log at the end.

pub mod accounts;
pub mod controls;
pub mod deeds;
pub mod faults;
pub mod overload;
pub mod platform;
pub mod policy;
pub mod recorder;
pub mod stores;
pub mod submissions;
pub mod terminal;
pub mod verdict;
