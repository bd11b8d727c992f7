//! The handler takes the case.

use redress_policy::PersonId;

use crate::command::Step;
use crate::desk::Desk;
use crate::rejection::rejections;
use crate::stage::Stages;
use crate::{Change, Rejection};

/// The handler takes the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept;

impl Step for Accept {
    const STAGES: Stages = Stages::WITH_HANDLER;

    fn ready(desk: &Desk<'_>) -> Result<(), Rejection> {
        let case = desk.case;
        if let Some((by, _)) = &case.accepted {
            let by = by.clone();
            return Err(desk.instead(AcceptRejection::Already { by }));
        }
        let right = desk.right()?;
        let for_handler = right
            .on_behalf_of
            .is_some_and(|person| person.id == case.handler);
        if desk.cx.actor.id != case.handler && !for_handler {
            let handler = case.handler.clone();
            return Err(desk.instead(AcceptRejection::Not { handler }));
        }
        Ok(())
    }

    fn decide(&self, _: &Desk<'_>) -> Result<Vec<Change>, Rejection> {
        Ok(vec![Change::Accepted])
    }
}

rejections! {
    /// Why a case is not accepted.
    AcceptRejection {
        Already { by: PersonId } => NotAllowedNow "already_accepted"
            "{by} has accepted the case already"
            "{by} 已受理本案",
        Not { handler: PersonId } => NoRight "not_the_handler"
            "the case is {handler}'s, who alone accepts it: assign it first to take it over"
            "本案由 {handler} 负责,只能由其受理:如需接手,请先分派",
    }
}
