//! `redress show`: one page about a case, from four services.

use comfy_table::Color;
use redress_wire::{
    Service,
    intake::{Complaint, GetComplaintRequest},
    notifier::{Delivery, ListDeliveriesRequest},
    router::{Case, GetCaseRequest},
    sla_monitor::{ClockView, GetClocksRequest, GetClocksResponse},
};
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::{
    Ending, clocks, deliveries,
    list::{localized, name_or_id},
};
use crate::{
    args::{Global, ShowArgs},
    clients::Clients,
    output::{Output, at, cell, due, message_to_json, moment},
};

/// What each service knows of the case; a service that does not answer leaves its part open.
struct Known {
    complaint: Part<Complaint>,
    case: Part<Case>,
    clocks: Part<GetClocksResponse>,
    deliveries: Part<Vec<Delivery>>,
}

/// A part of the page: known, not there (yet), or why it could not be had.
enum Part<T> {
    Known(T),
    Absent,
    Failed(String),
}

pub(crate) async fn run(args: &ShowArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    let known = ask(&args.name, &Clients::new(&global.at), out).await?;
    if matches!(
        (&known.complaint, &known.case),
        (Part::Absent, Part::Absent)
    ) {
        anyhow::bail!(
            "there is no case {}: give a number such as CF20260501001 or a complaint id",
            args.name
        );
    }
    if let (Part::Failed(reason), Part::Failed(_)) = (&known.complaint, &known.case) {
        anyhow::bail!("{reason}");
    }
    if out.json {
        out.object(&object(&known))?;
    } else {
        page(&known, out)?;
    }
    Ok(if known.complete() {
        Ending::Fine
    } else {
        Ending::Problems
    })
}

async fn ask(name: &str, clients: &Clients, out: &Output) -> anyhow::Result<Known> {
    let (mut intake, mut router) = (clients.intake()?, clients.router()?);
    let (mut sla_monitor, mut notifier) = (clients.sla_monitor()?, clients.notifier()?);
    let name = name.to_owned();
    let deliveries = ListDeliveriesRequest {
        page_size: 100,
        name: name.clone(),
        ..Default::default()
    };
    let (complaint, case, clocks, deliveries) = tokio::join!(
        intake.get_complaint(GetComplaintRequest { name: name.clone() }),
        router.get_case(localized(GetCaseRequest { name: name.clone() }, out.lang)),
        sla_monitor.get_clocks(GetClocksRequest { name }),
        notifier.list_deliveries(deliveries),
    );
    Ok(Known {
        complaint: part(
            complaint.map(tonic::Response::into_inner),
            clients,
            Service::Intake,
        ),
        case: part(
            case.map(tonic::Response::into_inner),
            clients,
            Service::Router,
        ),
        clocks: part(
            clocks.map(tonic::Response::into_inner),
            clients,
            Service::SlaMonitor,
        ),
        deliveries: part(
            deliveries.map(|it| it.into_inner().deliveries),
            clients,
            Service::Notifier,
        ),
    })
}

fn part<T>(answer: Result<T, Status>, clients: &Clients, service: Service) -> Part<T> {
    match answer {
        Ok(known) => Part::Known(known),
        Err(status) if status.code() == Code::NotFound => Part::Absent,
        Err(status) => Part::Failed(clients.explain(service, &status).to_string()),
    }
}

impl Known {
    fn complete(&self) -> bool {
        let Self {
            complaint,
            case,
            clocks,
            deliveries,
        } = self;
        complaint.answered() && case.answered() && clocks.answered() && deliveries.answered()
    }
}

impl<T> Part<T> {
    fn answered(&self) -> bool {
        !matches!(self, Self::Failed(_))
    }

    fn json(&self, known: impl FnOnce(&T) -> Value) -> Value {
        match self {
            Self::Known(part) => known(part),
            Self::Absent => Value::Null,
            Self::Failed(reason) => json!({"error": reason}),
        }
    }
}

fn object(known: &Known) -> Value {
    let clock = |one: &ClockView| message_to_json("redress.sla_monitor.v1.ClockView", one);
    let delivery = |one: &Delivery| message_to_json("redress.notifier.v1.Delivery", one);
    json!({
        "complaint": known.complaint.json(|it| message_to_json("redress.intake.v1.Complaint", it)),
        "case": known.case.json(|it| message_to_json("redress.router.v1.Case", it)),
        "clocks": known.clocks.json(|all| all.clocks.iter().map(clock).collect()),
        "clockFaults": known.clocks.json(|all| json!(all.faults)),
        "deliveries": known.deliveries.json(|all| all.iter().map(delivery).collect()),
    })
}

fn page(known: &Known, out: &Output) -> anyhow::Result<()> {
    head(out, "Complaint", "投诉", &known.complaint, |it| {
        Ok(out.line(&complaint(it, out))?)
    })?;
    head(out, "Case", "案件", &known.case, |it| {
        Ok(out.line(&case(it, out))?)
    })?;
    head(out, "Clocks", "时限", &known.clocks, |all| {
        out.line(&clocks::table(&all.clocks, out, false).to_string())?;
        for fault in &all.faults {
            out.line(&out.paint(&format!("  {fault}"), Color::Red))?;
        }
        Ok(())
    })?;
    head(out, "Notifications", "通知", &known.deliveries, |all| {
        Ok(out.line(&deliveries::table(all, out).to_string())?)
    })
}

fn head<T>(
    out: &Output,
    en: &str,
    zh: &str,
    part: &Part<T>,
    show: impl FnOnce(&T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    out.line(&out.bold(out.pick(en, zh)))?;
    match part {
        Part::Known(known) => show(known)?,
        Part::Absent => out.line(out.pick("  not there yet", "  尚无"))?,
        Part::Failed(reason) => out.line(&format!("  {reason}"))?,
    }
    Ok(out.line("")?)
}

/// Pairs of label and value; values that say nothing are left out.
fn pairs(out: &Output, pairs: &[(&str, &str, String)]) -> String {
    let mut grid = out.grid(&[]);
    for (en, zh, value) in pairs.iter().filter(|(_, _, value)| !value.is_empty()) {
        grid.row(vec![cell(out.pick(en, zh)), cell(value)]);
    }
    grid.to_string()
}

fn complaint(it: &Complaint, out: &Output) -> String {
    let person = it.personal.clone().unwrap_or_default();
    let repeats: Vec<String> = it
        .repeats_of
        .iter()
        .map(|earlier| format!("{} ({})", earlier.number, earlier.reason))
        .collect();
    let quantity = if it.quantity == 0 {
        String::new()
    } else {
        it.quantity.to_string()
    };
    pairs(
        out,
        &[
            ("Number", "编号", it.number.clone()),
            ("Id", "标识", it.complaint_id.clone()),
            ("Request id", "请求号", it.request_id.clone()),
            ("Channel", "渠道", it.channel.clone()),
            ("Kind", "类型", it.kind.clone()),
            ("Received", "接收时间", at(it.received_at.as_ref())),
            ("Answer due by", "答复期限", at(it.respond_by.as_ref())),
            ("Customer", "客户", person.name),
            ("Phone", "电话", person.phone),
            ("Email", "邮箱", person.email),
            ("Description", "投诉内容", person.description),
            ("Wish", "诉求", it.wish.clone()),
            ("Product", "产品", it.product.clone()),
            ("Model", "型号", it.model.clone()),
            ("Quantity", "数量", quantity),
            ("Batch", "批号", it.batch_no.clone()),
            ("Order", "订单", it.order_no.clone()),
            ("Occurred", "发生时间", at(it.occurred_at.as_ref())),
            ("Place", "地点", person.place),
            ("Likely repeat of", "疑似重复", repeats.join(", ")),
        ],
    )
}

fn case(it: &Case, out: &Output) -> String {
    let order = it.work_order.clone().unwrap_or_default();
    let wide = if it.wide_impact {
        out.pick("yes", "是")
    } else {
        ""
    };
    let category = name_or_id(&it.category_name, &it.category).to_owned();
    let department = name_or_id(&it.department_name, &order.department).to_owned();
    let mut text = pairs(
        out,
        &[
            ("State", "状态", it.state.clone()),
            ("Category", "分类", category),
            ("Urgency", "紧急程度", it.urgency.clone()),
            ("Severity", "严重程度", it.severity.clone()),
            ("Wide impact", "影响面广", wide.to_owned()),
            ("Department", "部门", department),
            ("Handler", "处理人", order.handler),
            ("Contact", "联系人", order.contact_person),
            ("Task", "任务", order.task),
            ("Deadline", "办结期限", at(order.deadline.as_ref())),
            (
                "Due next",
                "最近到期",
                due(out, it.due_at.as_ref(), moment()),
            ),
            ("Routed", "分派时间", at(it.routed_at.as_ref())),
            ("Policy", "规则版本", it.policy.clone()),
        ],
    );
    for reason in &it.reasons {
        let mut keywords = reason.keywords.join(", ");
        if !keywords.is_empty() {
            keywords = format!(" [{keywords}]");
        }
        let (axis, rule, words) = (&reason.axis, &reason.rule, &reason.text);
        text.push_str(format!("\n  {axis}: {rule}{keywords} {words}").trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use redress_wire::router::TriageReason;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_case_says_which_rules_decided() {
        let reason = TriageReason {
            axis: "urgency".to_owned(),
            rule: "safety".to_owned(),
            keywords: vec!["漏电".to_owned()],
            text: String::new(),
        };
        let it = Case {
            urgency: "urgent".to_owned(),
            reasons: vec![reason],
            ..Case::default()
        };
        let text = case(&it, &Output::plain(Lang::En));
        assert!(text.contains("  urgency: safety [漏电]"), "{text}");
        assert!(!text.contains("Handler"), "{text}");
    }

    #[test]
    fn a_part_that_failed_is_told_to_programs() {
        let known = Known {
            complaint: Part::Absent,
            case: Part::Known(Case::default()),
            clocks: Part::Failed("gone".to_owned()),
            deliveries: Part::Known(vec![]),
        };
        assert!(!known.complete());
        let json = object(&known);
        assert_eq!(json["clocks"]["error"], "gone");
        assert_eq!(json["complaint"], Value::Null);
    }
}
