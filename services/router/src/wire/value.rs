//! Values of commands and changes, both ways.

use jiff::Timestamp;
use redress_case::{
    ApprovalLevel, Evidence, FiveWOneH, Money, PlanStep, Redress, Satisfaction, Text, Visibility,
};
use redress_wire::{
    customer::SealedText,
    event::timestamp,
    router::{self as wire, RecordFiveWOneH},
};

use super::Fault;

/// A text as it stands in the log. There are no keys yet, so it stands plain.
pub(super) fn seal(text: &Text) -> Option<SealedText> {
    (!text.is_empty()).then(|| SealedText {
        key_id: String::new(),
        payload: text.as_str().as_bytes().to_vec(),
    })
}

/// A text from the log; one that is sealed stays so.
pub(crate) fn open(sealed: Option<&SealedText>) -> Text {
    match sealed {
        None => Text::default(),
        Some(sealed) if sealed.key_id.is_empty() => {
            Text::recorded(&String::from_utf8_lossy(&sealed.payload))
        }
        Some(_) => Text::withheld(),
    }
}

pub(super) fn sealed(texts: &[Text]) -> Vec<SealedText> {
    texts
        .iter()
        .map(|text| seal(text).unwrap_or_default())
        .collect()
}

pub(super) fn opened(texts: &[SealedText]) -> Vec<Text> {
    texts.iter().map(|text| open(Some(text))).collect()
}

/// An id that may be left out.
pub(super) fn given<T: for<'a> From<&'a str>>(text: &str) -> Option<T> {
    let text = text.trim();
    (!text.is_empty()).then(|| T::from(text))
}

/// What was left out, as it stands in the log.
pub(super) fn told<T: AsRef<str>>(id: Option<&T>) -> String {
    id.map_or_else(String::new, |id| id.as_ref().to_owned())
}

pub(super) fn words<T: AsRef<str>>(ids: &[T]) -> Vec<String> {
    ids.iter().map(|id| id.as_ref().to_owned()).collect()
}

pub(super) fn ids<T: for<'a> From<&'a str>>(words: &[String]) -> Vec<T> {
    words.iter().map(|word| T::from(word.trim())).collect()
}

/// Microseconds of a time that may be missing: 0.
pub(super) fn micros(at: Option<Timestamp>) -> i64 {
    at.map_or(0, Timestamp::as_microsecond)
}

pub(super) fn time(micros: i64) -> Option<Timestamp> {
    (micros != 0).then(|| timestamp(micros))
}

/// A time of a command.
pub(super) fn time_given(
    field: &'static str,
    seconds: i64,
    nanos: i32,
) -> Result<Timestamp, Fault> {
    // The log has microseconds.
    let at = Timestamp::new(seconds, nanos / 1000 * 1000);
    at.map_err(|_| {
        Fault::new(
            "time_out_of_range",
            field,
            &format!("{field} 不是有效时间"),
            &format!("`{field}` is no time between the years -9999 and 9999"),
        )
    })
}

pub(super) fn evidence_to(evidence: &Evidence) -> wire::Evidence {
    wire::Evidence {
        object: evidence.object.clone(),
        description: seal(&evidence.description),
        verified_by: evidence.verified_by.clone(),
    }
}

pub(super) fn evidence_from(evidence: &wire::Evidence) -> Evidence {
    Evidence {
        object: evidence.object.clone(),
        description: open(evidence.description.as_ref()),
        verified_by: evidence.verified_by.clone(),
    }
}

/// Evidence of a command: what is attached has to be named.
pub(super) fn evidence_given(given: &wire::EvidenceInput) -> Result<Evidence, Fault> {
    if given.object.trim().is_empty() {
        return Err(Fault::new(
            "attachment_missing",
            "evidence.object",
            "附件缺失：请填写对象存储键或内部档案编号",
            "the attachment is missing: name its key in the object store or the house's reference",
        ));
    }
    Ok(Evidence {
        object: given.object.trim().to_owned(),
        description: Text::of("evidence.description", &given.description)?,
        verified_by: given.verified_by.trim().to_owned(),
    })
}

pub(crate) fn redress_to(redress: &Redress) -> wire::Redress {
    wire::Redress {
        kind: redress.kind.as_str().to_owned(),
        amount: redress.amount.as_ref().map(|amount| wire::Money {
            minor_units: i64::try_from(amount.minor_units()).unwrap_or(i64::MAX),
            currency: amount.currency().to_owned(),
        }),
    }
}

pub(super) fn redress_from(redress: &wire::Redress) -> Redress {
    let amount = redress.amount.as_ref();
    Redress {
        kind: redress.kind.as_str().into(),
        amount: amount.map(|amount| Money::recorded(amount.minor_units, &amount.currency)),
    }
}

pub(super) fn redress_given(redress: &wire::Redress) -> Result<Redress, Fault> {
    let amount = redress.amount.as_ref();
    let amount = amount.map(|amount| Money::new(amount.minor_units, &amount.currency));
    Ok(Redress {
        kind: redress.kind.trim().into(),
        amount: amount.transpose()?,
    })
}

pub(super) fn step_to(step: &PlanStep) -> wire::PlanStep {
    wire::PlanStep {
        step: step.step.clone(),
        owner: step.owner.clone(),
        due_at_us: micros(step.due_at),
        text: seal(&step.text),
    }
}

pub(super) fn step_from(step: &wire::PlanStep) -> PlanStep {
    PlanStep {
        step: step.step.clone(),
        owner: step.owner.clone(),
        due_at: time(step.due_at_us),
        text: open(step.text.as_ref()),
    }
}

pub(super) fn step_given(step: &wire::PlanStepInput) -> Result<PlanStep, Fault> {
    let due = step.due_at.as_ref();
    let due = due.map(|at| time_given("steps.due_at", at.seconds, at.nanos));
    Ok(PlanStep {
        step: step.step.trim().to_owned(),
        owner: step.owner.trim().to_owned(),
        due_at: due.transpose()?,
        text: Text::of("steps.text", &step.text)?,
    })
}

pub(super) fn level_to(level: &ApprovalLevel) -> wire::ApprovalLevel {
    wire::ApprovalLevel {
        level: level.level.as_str().to_owned(),
        role: level.role.as_str().to_owned(),
        department: told(level.department.as_ref()),
        answer_by_us: micros(level.answer_by),
    }
}

pub(super) fn level_from(level: &wire::ApprovalLevel) -> ApprovalLevel {
    ApprovalLevel {
        level: level.level.as_str().into(),
        role: level.role.as_str().into(),
        department: given(&level.department),
        answer_by: time(level.answer_by_us),
    }
}

pub(super) fn answers_to(answers: &FiveWOneH) -> wire::FiveWOneH {
    wire::FiveWOneH {
        who: seal(&answers.who),
        what: seal(&answers.what),
        when: seal(&answers.when),
        why: seal(&answers.why),
        r#where: seal(&answers.place),
        how_many: seal(&answers.how_many),
    }
}

pub(super) fn answers_from(answers: &wire::FiveWOneH) -> FiveWOneH {
    FiveWOneH {
        who: open(answers.who.as_ref()),
        what: open(answers.what.as_ref()),
        when: open(answers.when.as_ref()),
        why: open(answers.why.as_ref()),
        place: open(answers.r#where.as_ref()),
        how_many: open(answers.how_many.as_ref()),
    }
}

pub(super) fn answers_given(answers: &RecordFiveWOneH) -> Result<FiveWOneH, Fault> {
    Ok(FiveWOneH {
        who: Text::of("who", &answers.who)?,
        what: Text::of("what", &answers.what)?,
        when: Text::of("when", &answers.when)?,
        why: Text::of("why", &answers.why)?,
        place: Text::of("where", &answers.r#where)?,
        how_many: Text::of("how_many", &answers.how_many)?,
    })
}

pub(super) fn satisfaction_to(satisfaction: Satisfaction) -> wire::Satisfaction {
    match satisfaction {
        Satisfaction::Satisfied => wire::Satisfaction::Satisfied,
        Satisfaction::MostlySatisfied => wire::Satisfaction::MostlySatisfied,
        Satisfaction::Dissatisfied => wire::Satisfaction::Dissatisfied,
    }
}

pub(super) fn satisfaction_from(satisfaction: i32) -> Option<Satisfaction> {
    Some(match wire::Satisfaction::try_from(satisfaction).ok()? {
        wire::Satisfaction::Satisfied => Satisfaction::Satisfied,
        wire::Satisfaction::MostlySatisfied => Satisfaction::MostlySatisfied,
        wire::Satisfaction::Dissatisfied => Satisfaction::Dissatisfied,
        wire::Satisfaction::Unspecified => return None,
    })
}

pub(super) fn visibility_to(visibility: Visibility) -> wire::Visibility {
    match visibility {
        Visibility::Internal => wire::Visibility::Internal,
        Visibility::Customer => wire::Visibility::Customer,
    }
}

pub(super) fn visibility_from(visibility: i32) -> Option<Visibility> {
    Some(match wire::Visibility::try_from(visibility).ok()? {
        wire::Visibility::Internal => Visibility::Internal,
        wire::Visibility::Customer => Visibility::Customer,
        wire::Visibility::Unspecified => return None,
    })
}
