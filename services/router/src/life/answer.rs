//! What the owner of a case answers to a wish.

use redress_case::{Case, Change, CommandKind, Missing, Rejection, RejectionKind};
use redress_wire::router::{Answer, CaseAnswers, CaseDone, CaseRefused, Words, answer};
use tonic::Code;

use crate::wire::Fault;

pub(super) fn done(number: &str, version: u64, state: &str) -> CaseDone {
    CaseDone {
        number: number.to_owned(),
        version,
        state: state.to_owned(),
        ..CaseDone::default()
    }
}

pub(super) fn of_one(done: CaseDone) -> Answer {
    Answer {
        answer: Some(answer::Answer::Done(done)),
    }
}

/// One answer of several.
pub(crate) fn all(answers: Vec<Answer>) -> Answer {
    Answer {
        answer: Some(answer::Answer::All(CaseAnswers { answers })),
    }
}

/// The case refuses.
pub(super) fn rejected(case: &Case, command: CommandKind, rejection: &Rejection) -> Answer {
    let allowed_now = rejection.allowed_now.iter();
    refused(CaseRefused {
        code: code(rejection.kind) as u32,
        reason: rejection.code.to_owned(),
        sentence: Some(Words {
            zh: rejection.zh().to_owned(),
            en: rejection.en().to_owned(),
        }),
        field: String::new(),
        version: case.version,
        state: case.state().to_owned(),
        allowed_now: allowed_now.map(ToString::to_string).collect(),
        missing: rejection.missing.iter().map(words).collect(),
        command: command.to_string(),
    })
}

/// The command cannot be read.
pub(super) fn faulty(fault: Fault) -> Answer {
    refused(CaseRefused {
        code: fault.code as u32,
        reason: fault.reason.to_owned(),
        sentence: Some(Words {
            zh: fault.zh,
            en: fault.en,
        }),
        field: fault.field.to_owned(),
        ..CaseRefused::default()
    })
}

pub(super) fn words(missing: &Missing) -> Words {
    Words {
        zh: missing.zh.clone(),
        en: missing.en.clone(),
    }
}

/// What an 8D report that was compiled does not have yet.
pub(super) fn report_lacks(change: &Change) -> Vec<Words> {
    let Change::EightDCompiled { missing, .. } = change else {
        return Vec::new();
    };
    let lacks = missing.iter().map(|discipline| {
        let (en, zh) = discipline.filled_by();
        Words {
            en: format!("{discipline} lacks {en}"),
            zh: format!("{discipline} {}缺少：{zh}", discipline.zh()),
        }
    });
    lacks.collect()
}

/// The one place where reasons of the case become gRPC codes.
fn code(kind: RejectionKind) -> Code {
    match kind {
        RejectionKind::Invalid => Code::InvalidArgument,
        RejectionKind::NotAllowedNow => Code::FailedPrecondition,
        RejectionKind::NoRight => Code::PermissionDenied,
        RejectionKind::Conflict => Code::Aborted,
        RejectionKind::NotFound => Code::NotFound,
    }
}

fn refused(refused: CaseRefused) -> Answer {
    Answer {
        answer: Some(answer::Answer::Refused(refused)),
    }
}
