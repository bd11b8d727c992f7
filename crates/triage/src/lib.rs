//! Applies the house rules to a complaint: category, urgency, severity, wide impact, and why.
//!
//! [`Triage::new`] compiles the rules of a policy once; [`Triage::assess`] looks at the facts of one
//! complaint and gives an [`Assessment`] in which every decision names its rule and the keywords
//! that were found. The crate keeps nothing between complaints and knows no clock.
//!
//! Keywords are found whatever the case of ASCII letters, in full-width letters and digits too. A
//! keyword that begins or ends with an ASCII letter or digit only matches whole words; a trailing
//! `*` lets it match any ending (`charg*`: charge, charged, charging).

mod assessment;
mod compile;
mod keywords;
mod triage;

pub use assessment::{Assessment, Axis, Facts, Reason};
pub use triage::{Triage, order_of_work};
