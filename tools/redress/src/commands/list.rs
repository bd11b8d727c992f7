//! `redress list`.

use redress_wire::{
    Service,
    router::{Case, CaseOrder, ListCasesRequest},
};
use tonic::{Request, Status};

use super::{Ending, pages::walk};
use crate::{
    args::{Global, ListArgs, Order},
    clients::Clients,
    lang::Lang,
    output::{Grid, Output, cell, due, message_to_json, moment},
};

pub(crate) async fn run(args: &ListArgs, global: &Global, out: &Output) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    let client = clients.router()?;
    let mut cases = Vec::new();
    let walked = walk(
        &args.page,
        async |size, token| {
            let request = localized(request(args, size, token), out.lang);
            let page = client.clone().list_cases(request).await;
            let page = page.map_err(Ended::Status)?.into_inner();
            Ok::<_, Ended>((page.cases, page.next_page_token))
        },
        |case: Case| {
            if out.json {
                out.object(&message_to_json("redress.router.v1.Case", &case))
                    .map_err(Ended::Output)
            } else {
                cases.push(case);
                Ok(())
            }
        },
    )
    .await
    .map_err(|ended| ended.explain(&clients, Service::Router))?;
    if !out.json {
        out.line(&table(&cases, out).to_string())?;
        let more = if walked.more {
            out.pick("; more with --all", "；用 --all 显示全部")
        } else {
            ""
        };
        out.line(&format!(
            "{} {}{more}",
            walked.shown,
            out.pick("cases", "个案件")
        ))?;
    }
    Ok(Ending::Fine)
}

/// Why a list was not shown to its end.
pub(crate) enum Ended {
    Status(Status),
    Output(std::io::Error),
}

impl From<Status> for Ended {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl Ended {
    pub(crate) fn explain(self, clients: &Clients, service: Service) -> anyhow::Error {
        match self {
            Self::Status(status) => clients.explain(service, &status),
            Self::Output(error) => error.into(),
        }
    }
}

/// The request with the language that names are wanted in.
pub(crate) fn localized<T>(message: T, lang: Lang) -> Request<T> {
    let mut request = Request::new(message);
    let tag = lang.tag().parse().expect("a language tag is plain ASCII");
    request.metadata_mut().insert("accept-language", tag);
    request
}

fn request(args: &ListArgs, page_size: i32, page_token: String) -> ListCasesRequest {
    let order = match args.order {
        Order::Work => CaseOrder::Unspecified,
        Order::Due => CaseOrder::Due,
        Order::Newest => CaseOrder::Newest,
    };
    ListCasesRequest {
        page_size,
        page_token,
        department: args.department.clone().unwrap_or_default(),
        handler: args.handler.clone().unwrap_or_default(),
        state: args.state.clone().unwrap_or_default(),
        urgency: args.urgency.clone().unwrap_or_default(),
        category: args.category.clone().unwrap_or_default(),
        order_by: order.into(),
    }
}

/// Cases as rows.
pub(crate) fn table(cases: &[Case], out: &Output) -> Grid {
    let labels = match out.lang {
        Lang::En => [
            "Number",
            "State",
            "Urgency",
            "Severity",
            "Category",
            "Department",
            "Handler",
            "Channel",
            "Due",
        ],
        Lang::Zh => [
            "编号",
            "状态",
            "紧急程度",
            "严重程度",
            "分类",
            "部门",
            "处理人",
            "渠道",
            "到期",
        ],
    };
    let mut grid = out.grid(&labels);
    let now = moment();
    for case in cases {
        let order = case.work_order.clone().unwrap_or_default();
        let wide = if case.wide_impact {
            out.pick(" (wide)", "（影响面广）")
        } else {
            ""
        };
        let urgency = format!("{}{wide}", case.urgency);
        grid.row(vec![
            cell(&case.number),
            cell(&case.state),
            cell(urgency),
            cell(&case.severity),
            cell(name_or_id(&case.category_name, &case.category)),
            cell(name_or_id(&case.department_name, &order.department)),
            cell(&order.handler),
            cell(&case.channel),
            cell(due(out, case.due_at.as_ref(), now)),
        ]);
    }
    grid
}

/// The name in words where the service gave one.
pub(crate) fn name_or_id<'a>(name: &'a str, id: &'a str) -> &'a str {
    if name.is_empty() { id } else { name }
}

#[cfg(test)]
mod tests {
    use redress_wire::router::WorkOrder;

    use super::*;

    #[test]
    fn a_case_is_one_row() {
        let case = Case {
            number: "CF20260501001".to_owned(),
            urgency: "urgent".to_owned(),
            category: "quality".to_owned(),
            category_name: "产品质量".to_owned(),
            work_order: Some(WorkOrder {
                handler: "wang".to_owned(),
                ..WorkOrder::default()
            }),
            ..Case::default()
        };
        let text = table(&[case], &Output::plain(Lang::Zh)).to_string();
        let row = text.lines().nth(1).expect("a row");
        for word in ["CF20260501001", "urgent", "产品质量", "wang"] {
            assert!(row.contains(word), "{row}");
        }
    }
}
