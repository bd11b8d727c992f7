use std::collections::BTreeSet;

use clap::{Parser, Subcommand};

use super::*;
use crate::output::message_to_json;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    act: Either,
}

#[derive(Subcommand, Serialize)]
#[serde(untagged)]
enum Either {
    #[command(flatten)]
    Act(Act),
    Recall {
        #[command(subcommand)]
        #[serde(flatten)]
        part: Part,
    },
}

fn wish() -> Wish {
    Wish {
        actor: "wang:handler".parse().expect("a person"),
        request_id: "r-1".to_owned(),
        expected_version: Some(3),
    }
}

fn command(words: &[&str]) -> CaseCommand {
    let line = Line::try_parse_from(std::iter::once("case").chain(words.iter().copied()));
    let line = line.unwrap_or_else(|error| panic!("{words:?}: {error}"));
    wish().command(&line.act).expect("it fits the schema")
}

/// What is typed, and what the schema gets; fields that are empty are left out.
const TYPED: &str = r#"
accept C => {"accept": {}}
transfer-up C --reason x => {"transferUp": {"reason": "x"}}
assign C --department d --handler h => {"assign": {"department": "d", "handler": "h"}}
joint C --with a,b => {"startJointHandling": {"supportingDepartments": ["a", "b"]}}
triage C --severity major --reason x => {"correctTriage": {"severity": "major", "reason": "x"}}
merge C --into D => {"merge": {"into": "D"}}
note C --text x --to-customer => {"addNote": {"visibility": "VISIBILITY_CUSTOMER", "text": "x"}}
verify C --authentic yes --reasonable no => {"verify": {"authentic": true}}
finding C -t x --evidence o=d@v =>
    {"recordFinding": {"text": "x", "evidence": [{"object": "o", "description": "d", "verifiedBy": "v"}]}}
root-cause C --branch b --why 1 --why 2 --escape e =>
    {"recordRootCause": {"branch": "b", "whys": ["1", "2"], "escape": "e"}}
5w1h C --where home --how-many 2 => {"recordFiveWOneH": {"where": "home", "howMany": "2"}}
responsibility C --party supplier => {"assessResponsibility": {"parties": ["supplier"]}}
complete-investigation C => {"completeInvestigation": {}}
propose C --redress refund=1.50CNY --step ship@w=go =>
    {"proposePlan": {"steps": [{"step": "ship", "owner": "w", "text": "go"}], "redress": [{"kind": "refund", "amount": {"minorUnits": 150, "currency": "CNY"}}]}}
adjust C --redress apology => {"adjustPlan": {"plan": {"redress": [{"kind": "apology"}]}}}
approve C --plan 2 => {"approvePlan": {"plan": 2}}
refuse C --reason x => {"refusePlan": {"reason": "x"}}
recuse C --reason x => {"recuseApprover": {"reason": "x"}}
unmeetable C --reason x --apology y => {"declareUnmeetable": {"reason": "x", "apology": "y"}}
execute C --step 2 => {"executeStep": {"step": 1}}
proof C --object o => {"attachProof": {"proof": {"object": "o"}}}
offer C --means phone => {"offerPlan": {"means": "phone"}}
consent C --means phone --proof o => {"recordConsent": {"means": "phone", "proof": "o"}}
refusal C --reason x => {"recordRefusal": {"reason": "x"}}
confirm C --means sms => {"confirmResult": {"means": "sms"}}
satisfaction C 不满意 => {"recordSatisfaction": {"satisfaction": "SATISFACTION_DISSATISFIED"}}
close C --means email --answer a --answer b => {"close": {"means": "email", "answers": ["a", "b"]}}
reopen C --reason x => {"reopen": {"reason": "x"}}
withdraw C --reason x => {"withdraw": {"reason": "x"}}
reject C --reason x --appeal y => {"reject": {"reason": "x", "appeal": "y"}}
archive C => {"archive": {}}
hold C --pause p --reason x --until 2026-05-03T18:00Z =>
    {"hold": {"pause": "p", "reason": "x", "until": "2026-05-03T18:00:00Z"}}
resume C => {"resume": {}}
extend C --by 5d --reason x --approved-by li =>
    {"extend": {"by": "5d", "reason": "x", "approvedBy": "li"}}
extend-request C --by 9d --clock k --reason x => {"requestExtension": {"clock": "k", "by": "9d", "reason": "x"}}
extend-approve C --request 2 => {"approveExtension": {"request": 2}}
extend-refuse C --reason x => {"refuseExtension": {"reason": "x"}}
capa C --text x --owner li --due 2026-05-03T18:00Z =>
    {"recordCorrectiveAction": {"text": "x", "owner": "li", "dueAt": "2026-05-03T18:00:00Z"}}
capa-verify C --action 1 --effective true =>
    {"verifyCorrectiveAction": {"action": 1, "effective": true}}
measure C task_force --person li,zhao =>
    {"recordMeasure": {"measure": "task_force", "people": ["li", "zhao"]}}
8d C => {"compileEightD": {}}
recall lead C --text x => {"openRecall": {"text": "x"}}
recall join C --recall D --batch b => {"joinRecall": {"recall": "D", "batchNo": "b"}}
recall close C --report x => {"closeRecall": {"report": "x"}}
"#;

fn typed() -> Vec<(Vec<&'static str>, Value)> {
    let joined = |line: &'static str| -> (Vec<&'static str>, Value) {
        let (words, json) = line.split_once(" =>").expect("an arrow");
        let json = serde_json::from_str(json).expect("JSON");
        (words.split_whitespace().collect(), json)
    };
    let starts = TYPED.match_indices('\n').filter(|(at, _)| {
        let next = TYPED[at + 1..].chars().next();
        next.is_some_and(|first| !first.is_whitespace())
    });
    let starts: Vec<usize> = starts.map(|(at, _)| at).chain([TYPED.len()]).collect();
    starts
        .windows(2)
        .map(|line| joined(TYPED[line[0]..line[1]].trim()))
        .collect()
}

/// Drops what has no value, as two messages are compared.
fn compact(value: Value) -> Value {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Number(number) => number.as_u64() == Some(0),
        Value::Object(_) => false,
    };
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, compact(value)))
            .filter(|(_, value)| !empty(value))
            .collect(),
        Value::Array(items) => items.into_iter().map(compact).collect(),
        plain => plain,
    }
}

#[test]
fn what_is_typed_becomes_the_command_of_the_schema() {
    for (words, wanted) in typed() {
        let command = command(&words);
        let json = compact(message_to_json("redress.router.v1.CaseCommand", &command));
        let (tag, fields) = split(wanted).expect("one command");
        assert_eq!(json[&tag], Value::Object(fields), "{words:?}");
        assert_eq!(json["name"], "C", "{words:?}");
    }
}

#[test]
fn every_command_of_the_schema_can_be_typed() {
    let pool = prost_reflect::DescriptorPool::decode(redress_wire::FILE_DESCRIPTOR_SET);
    let pool = pool.expect("schemas");
    let message = pool
        .get_message_by_name("redress.router.v1.CaseCommand")
        .expect("it is there");
    let oneof = message.oneofs().next().expect("the commands");
    let declared: BTreeSet<String> = oneof
        .fields()
        .map(|field| field.json_name().to_owned())
        .collect();
    let typed: BTreeSet<String> = typed()
        .into_iter()
        .map(|(_, wanted)| split(wanted).expect("one command").0)
        .collect();
    assert_eq!(typed, declared);
}

#[test]
fn a_command_says_who_wants_it_and_what_was_looked_at() {
    let command = command(&["accept", "CF1"]);
    let actor = command.actor.expect("an actor");
    assert_eq!(
        (actor.id.as_str(), actor.role.as_str()),
        ("wang", "handler")
    );
    assert_eq!(command.request_id, "r-1");
    assert_eq!(command.expected_version, Some(3));
}

#[test]
fn what_is_missing_on_the_line_is_told_by_the_line() {
    for words in [
        vec!["case", "transfer-up", "C"],
        vec!["case", "5w1h", "C"],
        vec!["case", "execute", "C", "--step", "0"],
        vec!["case", "propose", "C", "--redress", "refund=-5CNY"],
        vec!["case", "satisfaction", "C", "so-so"],
    ] {
        assert!(Line::try_parse_from(&words).is_err(), "{words:?}");
    }
}
