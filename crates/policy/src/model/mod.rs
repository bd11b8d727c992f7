//! What a checked policy holds, one module per file of the policy folder.

pub(crate) mod category;
pub(crate) mod channel;
pub(crate) mod deadline;
pub(crate) mod department;
pub(crate) mod house;
pub(crate) mod notification;
pub(crate) mod rule;
pub(crate) mod template;
pub(crate) mod words;
