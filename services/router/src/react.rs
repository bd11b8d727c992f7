//! A registered complaint is triaged.

use prost::Message as _;
use redress_complaint::ComplaintId;
use redress_policy::Kind;
use redress_runtime::Draft;
use redress_store::Rows;
use redress_triage::{Assessment, Facts, Triage};
use redress_wire::{
    Payload,
    customer::{PersonalData, SealedPersonalData},
    intake::ComplaintRegistered,
    log::Event,
    router::{CaseRouted, Reason},
};

use crate::rows;

/// What `rule` says in an event when no rule decided.
pub(crate) const DEFAULT_RULE: &str = "default";

/// What follows from an event of intake: the case's routing, unless it has one.
pub(crate) fn react(rows: &Rows, event: &Event, triage: &Triage) -> Result<Vec<Draft>, String> {
    let Some(Payload::ComplaintRegistered(registered)) = &event.payload else {
        return Ok(Vec::new());
    };
    let id = ComplaintId::try_from(&event.complaint_id[..])
        .map_err(|_| "the registration names no complaint".to_owned())?;
    if rows::routed_case(rows, &id).is_some() {
        return Ok(Vec::new());
    }
    let routed = route(&id, registered, event.time_us, triage)?;
    Ok(vec![Draft::about(
        *id.as_bytes(),
        Payload::CaseRouted(routed),
    )])
}

fn route(
    id: &ComplaintId,
    registered: &ComplaintRegistered,
    registered_at_us: i64,
    triage: &Triage,
) -> Result<CaseRouted, String> {
    let personal = open(registered.personal.as_ref())?;
    let facts = Facts {
        complaint_id: &id.to_string(),
        channel: &registered.channel,
        // A kind of a newer release still deserves somebody who looks at it.
        kind: registered.kind.parse().unwrap_or(Kind::Complaint),
        wish: registered.wish.parse().ok(),
        product: &registered.product,
        quantity: u64::try_from(registered.quantity)
            .ok()
            .filter(|quantity| *quantity > 0),
        text: &personal.description,
    };
    let assessment = triage.assess(&facts);
    Ok(CaseRouted {
        number: registered.number.clone(),
        channel: registered.channel.clone(),
        kind: registered.kind.clone(),
        category: assessment.category.as_str().to_owned(),
        urgency: assessment.urgency.as_str().to_owned(),
        severity: assessment.severity.as_str().to_owned(),
        wide_impact: assessment.wide_impact,
        department: assessment.department.as_str().to_owned(),
        handler: assessment.handler.as_str().to_owned(),
        reasons: reasons(&assessment),
        registered_at_us,
        policy: triage.policy().version().to_owned(),
        product: registered.product.clone(),
        batch_no: registered.batch_no.clone(),
        rank: assessment.rank.into(),
        received_at_us: registered.received_at_us,
        customer_tier: registered.customer_tier.clone(),
    })
}

fn open(sealed: Option<&SealedPersonalData>) -> Result<PersonalData, String> {
    let sealed = sealed.ok_or("the registration has no personal data, so no text to triage")?;
    if !sealed.key_id.is_empty() {
        return Err("the personal data is sealed, and this release has no keys".to_owned());
    }
    PersonalData::decode(sealed.payload.clone())
        .map_err(|_| "the personal data cannot be decoded".to_owned())
}

/// Keywords are the policy's words, not the customer's: they are no personal data.
fn reasons(assessment: &Assessment) -> Vec<Reason> {
    let reason = |reason: &redress_triage::Reason| Reason {
        axis: reason.axis.as_str().to_owned(),
        rule: reason
            .rule
            .as_ref()
            .map_or(DEFAULT_RULE, |rule| rule.as_str())
            .to_owned(),
        keywords: reason
            .keywords
            .iter()
            .map(|word| (**word).to_owned())
            .collect(),
    };
    assessment.reasons.iter().map(reason).collect()
}
