//! What happens to cases by themselves, and what closed cases are good for.

mod common;

use common::{Partition, at, id, work};
use redress_store::state_hash;
use redress_wire::{
    Payload,
    event::proto_time,
    router::{Hold, SimilarQuery, case_command::Command as Wish, case_event::Change, query},
};

const BROKEN: &str = "电饭煲质量太差，要求换货";

fn works(partition: &mut Partition, case: u32, handler: &str, wishes: Vec<(&str, Wish)>) {
    for (_, wish) in wishes {
        let wish = common::wish(case, (handler, "handler"), wish);
        let done = partition.decides(wish, at(1_000));
        done.unwrap_or_else(|refused| panic!("{refused:?}"));
    }
}

fn changes(happened: &[Payload]) -> Vec<&Change> {
    let facts = happened.iter().filter_map(|payload| match payload {
        Payload::CaseEvent(event) => event.change.as_ref(),
        _ => None,
    });
    facts.collect()
}

fn hold(pause: &str, until_s: i64) -> Wish {
    Wish::Hold(Hold {
        pause: pause.to_owned(),
        reason: "等客户寄回".to_owned(),
        evidence: "mails/1.eml".to_owned(),
        until: Some(proto_time(at(until_s))),
    })
}

#[test]
fn a_hold_ends_by_itself_also_after_a_restart() {
    let mut partition = Partition::new();
    let handler = partition.routes(1, BROKEN).handler;
    let pause = common::triage().policy().pauses().iter().next().unwrap();
    let accept = work::until_plan().remove(0);
    let wishes = vec![accept, ("on_hold", hold(pause.id.as_str(), 9_000))];
    works(&mut partition, 1, &handler, wishes);
    assert_eq!(partition.case(1).unwrap().state, "on_hold");
    partition.restart();
    assert!(partition.waits_until(at(8_999)).is_empty());
    let happened = partition.waits_until(at(9_000));
    assert!(matches!(changes(&happened)[..], [Change::Resumed(_)]));
    assert_eq!(partition.case(1).unwrap().state, "accepted");
    assert!(partition.waits_until(at(99_000)).is_empty());
    let replayed = partition.replayed();
    assert_eq!(
        state_hash(&replayed.rows).unwrap(),
        state_hash(&partition.rows).unwrap()
    );
}

#[test]
fn an_approver_who_does_not_answer_is_passed_over() {
    let mut partition = Partition::new();
    let handler = partition.routes(1, BROKEN).handler;
    works(&mut partition, 1, &handler, work::until_plan());
    let dear = Wish::ProposePlan(work::plan(5_000_000));
    works(&mut partition, 1, &handler, vec![("plan_proposed", dear)]);
    let row = partition.case(1).unwrap();
    assert_eq!(row.state, "plan_proposed");
    assert!(row.due_us > at(1_000), "somebody has to answer in time");
    partition.restart();
    assert!(partition.waits_until(row.due_us - 1).is_empty());
    let happened = partition.waits_until(row.due_us);
    assert!(
        matches!(changes(&happened)[0], Change::ApprovalEscalated(_)),
        "{happened:?}"
    );
}

#[test]
fn closed_cases_are_found_by_product_and_category_with_what_the_customer_got() {
    let mut partition = Partition::new();
    let handlers = [1, 2].map(|case| partition.routes(case, BROKEN).handler);
    let similar = |partition: &Partition| {
        let row = partition.case(2).unwrap();
        let query = query::Query::Similar(SimilarQuery {
            simhash: row.simhash,
            product: row.product,
            category: row.category,
            limit: 10,
            except: id(2).as_bytes().to_vec(),
        });
        partition.answers(query).unwrap().similar
    };
    assert!(similar(&partition).is_empty(), "none is closed yet");
    works(&mut partition, 1, &handlers[0], work::whole_life(1_000));
    for _ in 0..2 {
        let found = similar(&partition);
        assert_eq!(found.len(), 1);
        assert!(found[0].same_product && found[0].same_category);
        assert_eq!(found[0].redress[0].kind, "refund");
        partition.restart();
    }
}

#[test]
fn who_holds_or_extends_a_case_that_is_late_is_told_that_its_clocks_go_on() {
    let mut partition = Partition::new();
    let handler = partition.routes(1, BROKEN).handler;
    let clocks = [("start", 500), ("result", 5_000), ("preliminary_plan", 600)];
    partition.hears(&common::clocks_started(1, &clocks));
    partition.hears(&common::clock_breached(1, "start"));
    partition.hears(&common::clock_stopped(1, "preliminary_plan"));
    let accept = work::until_plan().remove(0).1;
    let extend = |clock: &str| {
        Wish::Extend(redress_wire::router::Extend {
            clock: clock.to_owned(),
            by: "1 working days".to_owned(),
            reason: "等待配件".to_owned(),
            ..redress_wire::router::Extend::default()
        })
    };
    let mut notes = |wish: Wish| {
        let wish = common::wish(1, (&handler, "handler"), wish);
        let done = partition.decides(wish, at(1_000)).unwrap();
        done.notes
    };
    assert!(notes(accept).is_empty());
    assert!(notes(extend("result")).is_empty(), "in time");
    for wish in [
        extend("start"),
        extend(""),
        hold("waiting_for_customer", 9_000),
    ] {
        let told = notes(wish);
        assert_eq!(told.len(), 1, "{told:?}");
        let late = "`Start of handling` is late since 2026-05-07 09:08: the ";
        assert!(told[0].en.starts_with(late), "{told:?}");
        assert!(told[0].zh.contains("“启动处理”已于 2026-05-07 09:08 超时"));
    }
}

/// A wish of somebody, about the case whose handler is `handler`.
fn request_extension(clock: &str, by: &str) -> Wish {
    Wish::RequestExtension(redress_wire::router::RequestExtension {
        clock: clock.to_owned(),
        by: by.to_owned(),
        reason: "等待供应商复检".to_owned(),
        evidence: String::new(),
    })
}

fn approve_extension() -> Wish {
    Wish::ApproveExtension(redress_wire::router::ApproveExtension::default())
}

#[test]
fn a_long_extension_is_recorded_as_one_only_when_somebody_else_has_approved_it() {
    let mut partition = Partition::new();
    let routed = partition.routes(1, BROKEN);
    let handler = (&*routed.handler, "handler");
    let head = format!("{}-head", routed.department.replace('_', "-"));
    let head = (&*head, "department_head");
    let extended = |partition: &Partition| -> Vec<Change> {
        let facts = partition.facts(1).into_iter();
        let changes = facts.filter_map(|fact| fact.event?.change);
        changes
            .filter(|change| matches!(change, Change::Extended(_)))
            .collect()
    };
    let asked = common::wish(1, handler, request_extension("result", "10 working days"));
    partition.decides(asked, at(100)).expect("a request");
    assert!(extended(&partition).is_empty());
    let own = common::wish(1, handler, approve_extension());
    assert!(partition.decides(own, at(200)).is_err());
    // What waits is known after a restart, from the facts alone.
    partition.restart();
    let approved = common::wish(1, head, approve_extension());
    partition.decides(approved, at(300)).expect("an approval");
    let [Change::Extended(moved)] = &extended(&partition)[..] else {
        panic!("{:?}", partition.facts(1));
    };
    assert_eq!((&*moved.clock, &*moved.by), ("result", "10 working days"));
    assert_eq!(moved.approved_by, head.0);
    assert!(moved.reason.is_some(), "the customer is told why");
    let replayed = partition.replayed();
    assert_eq!(
        state_hash(&replayed.rows).expect("a hash"),
        state_hash(&partition.rows).expect("a hash")
    );
}

#[test]
fn who_asks_for_more_time_or_approves_it_is_told_that_a_late_clock_goes_on() {
    let mut partition = Partition::new();
    let routed = partition.routes(1, BROKEN);
    let head = format!("{}-head", routed.department.replace('_', "-"));
    partition.hears(&common::clocks_started(1, &[("result", 500)]));
    let asked = request_extension("result", "10 working days");
    for (actor, wish) in [
        ((&*routed.handler, "handler"), asked),
        ((&*head, "department_head"), approve_extension()),
    ] {
        let wish = common::wish(1, actor, wish);
        let done = partition.decides(wish, at(1_000)).expect("an answer");
        assert_eq!(done.notes.len(), 1, "{done:?}");
        assert!(done.notes[0].en.ends_with("the extension does not move it"));
    }
}

#[test]
fn an_extension_that_nobody_answers_is_asked_of_the_level_above_also_after_a_restart() {
    let mut partition = Partition::new();
    let handler = partition.routes(1, BROKEN).handler;
    let accept = work::until_plan().remove(0);
    works(&mut partition, 1, &handler, vec![accept]);
    let asked = request_extension("result", "10 working days");
    let asked = common::wish(1, (&handler, "handler"), asked);
    partition.decides(asked, at(1_000)).expect("a request");
    partition.restart();
    let due_us = partition.case(1).expect("a case").due_us;
    assert!(due_us > at(1_000), "somebody has to answer in time");
    assert!(partition.waits_until(due_us - 1).is_empty());
    let happened = partition.waits_until(due_us);
    let [Change::ExtensionEscalated(escalated)] = changes(&happened)[..] else {
        panic!("{happened:?}");
    };
    let to = escalated.to.as_ref().expect("somebody");
    assert_eq!(
        (&*escalated.level, &*to.level),
        ("department_head", "director")
    );
    assert_eq!(escalated.not_asked, [handler]);
    let replayed = partition.replayed();
    assert_eq!(
        state_hash(&replayed.rows).expect("a hash"),
        state_hash(&partition.rows).expect("a hash")
    );
}
