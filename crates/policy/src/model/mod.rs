//! What a checked policy holds, one module per file of the policy folder.

pub(crate) mod approval;
pub(crate) mod category;
pub(crate) mod channel;
pub(crate) mod clock_rules;
pub(crate) mod command;
pub(crate) mod currency;
pub(crate) mod deadline;
pub(crate) mod department;
pub(crate) mod house;
pub(crate) mod ladder;
pub(crate) mod milestone;
pub(crate) mod need;
pub(crate) mod notification;
pub(crate) mod procedure;
pub(crate) mod right;
pub(crate) mod rule;
pub(crate) mod staff;
pub(crate) mod template;
pub(crate) mod words;
