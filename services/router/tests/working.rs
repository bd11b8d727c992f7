//! People work on cases: what they do is recorded, what they may not do is refused.

mod common;

use common::{Partition, at, id, lived, work};
use redress_store::state_hash;
use redress_wire::router::{
    Accept, AddNote, AttachProof, CaseDone, CaseRefused, CaseWish, EvidenceInput, Merge, OtherCase,
    ProposePlan, RecordSatisfaction, Visibility, Withdraw, case_command::Command as Wish,
    case_event::Change,
};
use tonic::Code;

const BROKEN: &str = "电饭煲质量太差，要求换货";

/// A case that its handler works on, at nine o'clock and so many seconds.
struct Desk {
    partition: Partition,
    handler: String,
    seconds: i64,
}

impl Desk {
    fn new() -> Self {
        let mut partition = Partition::new();
        let handler = partition.routes(1, BROKEN).handler;
        Self {
            partition,
            handler,
            seconds: 100,
        }
    }

    fn wish(&self, command: Wish) -> CaseWish {
        common::wish(1, (&self.handler, "handler"), command)
    }

    fn decides(&mut self, wish: CaseWish) -> Result<CaseDone, Box<CaseRefused>> {
        self.seconds += 60;
        self.partition.decides(wish, at(self.seconds))
    }

    fn does(&mut self, command: Wish) -> Result<CaseDone, Box<CaseRefused>> {
        self.decides(self.wish(command))
    }

    fn refuses(&mut self, command: Wish) -> CaseRefused {
        *self.does(command).expect_err("a refusal")
    }

    fn note(&mut self, text: &str) -> Result<CaseDone, Box<CaseRefused>> {
        self.does(note(text))
    }
}

fn note(text: &str) -> Wish {
    Wish::AddNote(AddNote {
        visibility: Visibility::Internal.into(),
        text: text.to_owned(),
    })
}

fn with(mut wish: CaseWish, request_id: &str, expected_version: Option<u64>) -> CaseWish {
    if let Some(command) = &mut wish.command {
        request_id.clone_into(&mut command.request_id);
        command.expected_version = expected_version;
    }
    wish
}

fn code(refused: &CaseRefused) -> Code {
    Code::from(refused.code as i32)
}

#[test]
fn a_case_is_worked_from_its_assignment_to_the_archive() {
    let mut desk = Desk::new();
    for (state, command) in work::whole_life(1_000) {
        let name = format!("{command:?}");
        let done = desk
            .does(command)
            .unwrap_or_else(|r| panic!("{name}: {r:?}"));
        assert_eq!(done.state, state, "{name}");
    }
    let facts = desk.partition.facts(1);
    let versions: Vec<u64> = facts
        .iter()
        .map(|fact| fact.event.as_ref().unwrap().version)
        .collect();
    assert_eq!(versions, (2..2 + facts.len() as u64).collect::<Vec<_>>());
    let row = desk.partition.case(1).unwrap();
    assert_eq!(
        (&*row.state, row.version),
        ("archived", 1 + facts.len() as u64)
    );
    for fact in facts {
        let event = fact.event.unwrap();
        assert!(event.change.is_some(), "{event:?}");
        assert_eq!(event.actor.unwrap().id, desk.handler);
        assert_eq!(event.policy, common::triage().policy().version());
    }
}

#[test]
fn what_the_procedure_still_demands_is_told_with_the_answer() {
    let mut desk = Desk::new();
    desk.does(Wish::Accept(Accept {})).unwrap();
    let done = desk.does(work::verify()).unwrap();
    let missing: Vec<&str> = done.missing.iter().map(|m| &*m.en).collect();
    assert!(
        missing.iter().any(|m| m.starts_with("5W1H: who")),
        "{missing:?}"
    );
    assert!(done.missing.iter().all(|m| !m.zh.is_ascii()), "{missing:?}");
}

#[test]
fn the_same_request_again_gets_the_same_answer_and_records_nothing() {
    let mut desk = Desk::new();
    let accept = with(desk.wish(Wish::Accept(Accept {})), "r-1", None);
    let first = desk.decides(accept.clone()).unwrap();
    desk.does(work::verify()).unwrap();
    let facts = desk.partition.facts(1).len();
    let again = desk.decides(accept).unwrap();
    assert_eq!((again.version, &again.state), (first.version, &first.state));
    assert_eq!(desk.partition.facts(1).len(), facts);
    let reused = with(desk.wish(note("x")), "r-1", None);
    assert_eq!(code(&desk.decides(reused).unwrap_err()), Code::Aborted);
}

#[test]
fn of_two_people_who_looked_at_the_same_version_the_second_is_told_the_current_one() {
    let mut desk = Desk::new();
    let version = desk.partition.case(1).unwrap().version;
    let accept = with(desk.wish(Wish::Accept(Accept {})), "", Some(version));
    let first = desk.decides(accept).unwrap();
    let second = with(desk.wish(note("too late")), "", Some(version));
    let refused = desk.decides(second.clone()).unwrap_err();
    assert_eq!(code(&refused), Code::Aborted);
    assert_eq!(refused.version, first.version);
    let retried = with(second, "", Some(refused.version));
    assert_eq!(desk.decides(retried).unwrap().version, first.version + 1);
}

#[test]
fn who_has_no_right_is_refused_and_the_attempt_is_recorded_once() {
    let mut desk = Desk::new();
    let stranger = ("ecommerce-ops-1", "handler");
    let attempt = with(
        common::wish(1, stranger, Wish::Accept(Accept {})),
        "attempt",
        None,
    );
    for _ in 0..2 {
        let refused = desk.decides(attempt.clone()).unwrap_err();
        assert_eq!(code(&refused), Code::PermissionDenied, "{refused:?}");
    }
    let facts = desk.partition.facts(1);
    assert_eq!(facts.len(), 1, "{facts:?}");
    let event = facts[0].event.clone().unwrap();
    assert!(matches!(event.change, Some(Change::CommandRefused(_))));
    assert_eq!(event.actor.unwrap().id, stranger.0);
    assert_eq!(desk.partition.case(1).unwrap().state, "assigned");
}

#[test]
fn a_command_that_is_not_possible_now_says_what_is() {
    let mut desk = Desk::new();
    let refused = desk.refuses(work::verify());
    assert_eq!(code(&refused), Code::FailedPrecondition);
    assert_eq!((&*refused.state, &*refused.command), ("assigned", "verify"));
    assert!(refused.allowed_now.contains(&"accept".to_owned()));
    assert!(desk.partition.facts(1).is_empty());
}

#[test]
fn a_gate_names_what_is_missing() {
    let mut desk = Desk::new();
    for (_, command) in work::until_plan().into_iter().take(2) {
        desk.does(command).unwrap();
    }
    let complete = work::until_plan().pop().unwrap().1;
    let refused = desk.refuses(complete);
    assert_eq!(code(&refused), Code::FailedPrecondition);
    let missing: Vec<&str> = refused.missing.iter().map(|m| &*m.en).collect();
    assert!(
        missing.iter().any(|m| m.contains("how many")),
        "{missing:?}"
    );
}

#[test]
fn wrong_input_is_refused_clearly_and_nothing_is_recorded() {
    let mut desk = Desk::new();
    let mut say = |command: Wish| {
        let refused = desk.refuses(command);
        let sentence = refused.sentence.clone().unwrap();
        assert!(!sentence.zh.is_ascii() && !sentence.en.is_empty());
        (code(&refused), refused.reason)
    };
    let invalid = |reason: &str| (Code::InvalidArgument, reason.to_owned());
    assert_eq!(say(note(&"长".repeat(350_000))), invalid("text_too_long"));
    let refund = |plan: ProposePlan| Wish::ProposePlan(plan);
    assert_eq!(say(refund(work::plan(-1))), invalid("negative_amount"));
    let mut yen = work::plan(5);
    yen.redress[0].amount.as_mut().unwrap().currency = "¥".to_owned();
    assert_eq!(say(refund(yen)), invalid("not_a_currency"));
    let proof = Some(EvidenceInput::default());
    assert_eq!(
        say(Wish::AttachProof(AttachProof { proof })),
        invalid("attachment_missing")
    );
    assert_eq!(
        say(Wish::RecordSatisfaction(RecordSatisfaction::default())),
        invalid("unknown_word")
    );
    let into = "CF20990101001".to_owned();
    assert_eq!(
        say(Wish::Merge(Merge { into })),
        (Code::NotFound, "case_not_found".to_owned())
    );
    let nobody = common::wish(1, ("", "handler"), note("x"));
    let refused = desk.decides(nobody).unwrap_err();
    assert_eq!(
        (code(&refused), &*refused.field),
        (Code::InvalidArgument, "actor")
    );
    let unknown = common::wish(99, ("after-sales-tech-1", "handler"), note("x"));
    assert_eq!(code(&desk.decides(unknown).unwrap_err()), Code::NotFound);
    assert!(desk.partition.facts(1).is_empty());
}

#[test]
fn a_repeat_goes_on_in_the_other_case() {
    let mut desk = Desk::new();
    desk.partition.routes(2, BROKEN);
    let merge = Wish::Merge(Merge {
        into: common::number(2),
    });
    let mut wish = desk.wish(merge);
    wish.other = Some(OtherCase {
        complaint_id: id(2).as_bytes().to_vec(),
        number: common::number(2),
        ended: false,
        recall_batch_no: String::new(),
    });
    desk.decides(wish).unwrap();
    assert_eq!(desk.partition.case(1).unwrap().state, "merged");
}

#[test]
fn a_replay_ends_in_the_same_rows_and_decides_the_same() {
    let mut desk = Desk::new();
    for (_, command) in work::whole_life(1_000).into_iter().take(8) {
        desk.does(command).unwrap();
    }
    let mut replayed = desk.partition.replayed();
    assert_eq!(
        state_hash(&replayed.rows).unwrap(),
        state_hash(&desk.partition.rows).unwrap()
    );
    let next = work::whole_life(1_000)[8].1.clone();
    let wish = desk.wish(next);
    let there = replayed.decides(wish.clone(), at(9_000));
    desk.partition.restart();
    assert_eq!(desk.partition.decides(wish, at(9_000)), there);
    assert_eq!(
        state_hash(&replayed.rows).unwrap(),
        state_hash(&desk.partition.rows).unwrap()
    );
}

#[test]
fn a_round_that_is_taken_back_has_not_been() {
    let mut desk = Desk::new();
    desk.does(Wish::Accept(Accept {})).unwrap();
    desk.partition.commits();
    let before = state_hash(&desk.partition.rows).unwrap();
    let first = desk.does(work::verify()).unwrap();
    desk.note("in the same round").unwrap();
    desk.partition.takes_back();
    assert_eq!(state_hash(&desk.partition.rows).unwrap(), before);
    assert_eq!(desk.partition.case(1).unwrap().state, "accepted");
    let again = desk.does(work::verify()).unwrap();
    assert_eq!(again, first);
    assert_eq!(desk.partition.facts(1).len(), 2);
}

#[test]
fn more_cases_than_are_remembered_are_worked_on_all_the_same() {
    let mut partition = Partition::new();
    let cases = 1..1_300;
    let handlers: Vec<String> = cases
        .clone()
        .map(|case| partition.routes(case, BROKEN).handler)
        .collect();
    let steps = [Wish::Accept(Accept {}), work::verify(), work::finding()];
    for (at_version, step) in (2..).zip(steps) {
        for (case, handler) in cases.clone().zip(&handlers) {
            let wish = common::wish(case, (handler, "handler"), step.clone());
            let done = partition.decides(wish, at(5_000)).unwrap();
            assert_eq!(done.version, at_version, "case {case}");
        }
    }
}

#[test]
fn a_fact_that_was_folded_before_changes_nothing() {
    let mut desk = Desk::new();
    desk.does(Wish::Accept(Accept {})).unwrap();
    let before = state_hash(&desk.partition.rows).unwrap();
    desk.partition.records(lived(1, 2, "closed"));
    assert_eq!(state_hash(&desk.partition.rows).unwrap(), before);
}

#[test]
fn the_customer_may_withdraw_at_any_time_and_what_is_over_is_over() {
    let mut desk = Desk::new();
    let withdraw = || {
        Wish::Withdraw(Withdraw {
            reason: "不追究了".to_owned(),
        })
    };
    assert_eq!(desk.does(withdraw()).unwrap().state, "withdrawn");
    assert_eq!(code(&desk.refuses(withdraw())), Code::FailedPrecondition);
}

#[test]
fn wishes_together_lead_where_the_same_one_by_one_do() {
    let (mut together, mut one_by_one) = (Desk::new(), Desk::new());
    let life = work::whole_life(1_000);
    let wishes: Vec<CaseWish> = life.iter().map(|(_, c)| together.wish(c.clone())).collect();
    let answers = together.partition.decides_all(wishes.clone(), at(500));
    for ((wish, answer), (state, _)) in wishes.into_iter().zip(answers).zip(&life) {
        let alone = one_by_one.partition.decides(wish, at(500));
        assert_eq!(alone, answer);
        assert_eq!(answer.unwrap().state, *state);
    }
    assert_eq!(
        state_hash(&together.partition.rows).unwrap(),
        state_hash(&one_by_one.partition.rows).unwrap()
    );
}

#[test]
fn of_wishes_together_one_that_is_refused_does_not_hold_up_the_others() {
    let mut desk = Desk::new();
    desk.partition.routes(2, BROKEN);
    let stranger = common::wish(1, ("ecommerce-ops-1", "handler"), note("x"));
    let wishes = vec![
        with(desk.wish(Wish::Accept(Accept {})), "r-1", Some(1)),
        desk.wish(Wish::Accept(Accept {})),
        stranger,
        with(desk.wish(work::verify()), "r-2", None),
        // The same request again gets the answer of the first, though nothing is folded yet.
        with(desk.wish(Wish::Accept(Accept {})), "r-1", Some(1)),
        common::wish(99, ("nobody", "handler"), note("x")),
        common::wish(2, (&desk.handler, "handler"), note("elsewhere")),
    ];
    let answers = desk.partition.decides_all(wishes, at(500));
    let heard: Vec<String> = answers
        .iter()
        .map(|answer| match answer {
            Ok(done) => format!("{} {}", done.version, done.state),
            Err(refused) => refused.reason.clone(),
        })
        .collect();
    assert_eq!(
        heard[..6],
        [
            "2 accepted",
            "already_accepted",
            "out_of_scope",
            "4 verified",
            "2 accepted",
            "case_not_found"
        ]
    );
    assert_eq!(desk.partition.facts(1).len(), 3, "one of them the attempt");
    assert_eq!(desk.partition.case(1).unwrap().state, "verified");
}

#[test]
fn who_says_no_role_acts_as_the_only_one_they_have_or_is_told_which_there_are() {
    let mut desk = Desk::new();
    let wish = common::wish(1, ("director-products", ""), note("已关注"));
    desk.decides(wish).expect("a director and nothing else");
    let fact = desk.partition.facts(1).pop().expect("a fact");
    let actor = fact.event.and_then(|event| event.actor).expect("somebody");
    assert_eq!(
        (&*actor.id, &*actor.role),
        ("director-products", "director")
    );
    let handler = desk.handler.clone();
    let refused = desk.decides(common::wish(1, (&handler, ""), note("x")));
    let refused = *refused.expect_err("a handler is an assistant as well");
    assert_eq!(
        (&*refused.reason, &*refused.field),
        ("role_missing", "actor.role")
    );
    let sentence = refused.sentence.expect("words");
    let typed = format!("--as {handler}:handler");
    for words in [sentence.en, sentence.zh] {
        assert!(words.contains("handler, assistant"), "{words}");
        assert!(words.contains(&typed), "{words}");
    }
}
