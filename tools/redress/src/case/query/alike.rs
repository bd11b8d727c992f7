//! `redress case similar` and `redress case related`.

use redress_wire::{
    Service,
    router::{
        Case, FindSimilarRequest, ListRelatedRequest, Redress, SimilarCase,
        list_related_request::Of,
    },
};

use super::{RelatedArgs, SimilarArgs, explained};
use crate::{
    case::value::shown,
    clients::Clients,
    commands::{Ended, localized, name_or_id, table_of_cases, walk},
    output::{Output, cell, message_to_json},
};

pub(super) async fn similar(
    clients: &Clients,
    args: &SimilarArgs,
    out: &Output,
) -> anyhow::Result<()> {
    let text = args.text.as_ref().map(|text| text.0.clone());
    let request = FindSimilarRequest {
        name: args.name.clone().unwrap_or_default(),
        text: text.unwrap_or_default(),
        product: args.product.clone().unwrap_or_default(),
        category: args.category.clone().unwrap_or_default(),
        page_size: args.limit,
    };
    let answer = clients
        .case_queries()?
        .find_similar(localized(request, out.lang))
        .await
        .map_err(explained(clients))?
        .into_inner();
    if out.json {
        for one in &answer.cases {
            out.object(&message_to_json("redress.router.v1.SimilarCase", one))?;
        }
        return Ok(());
    }
    Ok(out.line(&table(&answer.cases, out))?)
}

fn table(cases: &[SimilarCase], out: &Output) -> String {
    if cases.is_empty() {
        return out
            .pick("no closed case is like it", "没有相似的已结案件")
            .to_owned();
    }
    let mut grid = out.grid(&[
        out.pick("Number", "编号"),
        out.pick("Alike", "相似度"),
        out.pick("Category", "分类"),
        out.pick("Product", "产品"),
        out.pick("State", "状态"),
        out.pick("The customer got", "处理结果"),
    ]);
    for one in cases {
        let case = one.case.clone().unwrap_or_default();
        let same = if one.same_product {
            out.pick(" (same)", "（相同）")
        } else {
            ""
        };
        let got: Vec<String> = one.redress.iter().map(redress).collect();
        grid.row(vec![
            cell(&case.number),
            cell(format!("{:.0} %", one.similarity * 100.0)),
            cell(name_or_id(&case.category_name, &case.category)),
            cell(format!("{}{same}", case.product)),
            cell(crate::case::names::state(&case.state, out)),
            cell(got.join(", ")),
        ]);
    }
    grid.to_string()
}

fn redress(one: &Redress) -> String {
    match &one.amount {
        Some(amount) => {
            let amount = shown(amount.minor_units, &amount.currency);
            format!("{} {amount}", one.kind)
        }
        None => one.kind.clone(),
    }
}

pub(super) async fn related(
    clients: &Clients,
    args: &RelatedArgs,
    out: &Output,
) -> anyhow::Result<()> {
    let client = clients.case_queries()?;
    let mut cases = Vec::new();
    let walked = walk(
        &args.page,
        async |page_size, page_token| {
            let request = ListRelatedRequest {
                of: of(args),
                page_size,
                page_token,
            };
            let page = client
                .clone()
                .list_related(localized(request, out.lang))
                .await;
            let page = page.map_err(Ended::Status)?.into_inner();
            Ok::<_, Ended>((page.cases, page.next_page_token))
        },
        |case: Case| {
            if out.json {
                let json = message_to_json("redress.router.v1.Case", &case);
                return out.object(&json).map_err(Ended::Output);
            }
            cases.push(case);
            Ok(())
        },
    )
    .await
    .map_err(|ended| ended.explain(clients, Service::Router))?;
    if !out.json {
        out.line(&table_of_cases(&cases, out).to_string())?;
        let more = if walked.more {
            out.pick("; more with --all", "；用 --all 显示全部")
        } else {
            ""
        };
        let word = out.pick("cases", "个案件");
        out.line(&format!("{} {word}{more}", walked.shown))?;
    }
    Ok(())
}

fn of(args: &RelatedArgs) -> Option<Of> {
    let args = args.clone();
    let batch = args.batch.map(Of::BatchNo);
    let order = args.order.map(Of::OrderNo);
    let customer = args.customer_of.map(Of::CustomerOf);
    batch.or(order).or(customer).or(args.recall.map(Of::Recall))
}

#[cfg(test)]
mod tests {
    use redress_wire::router::Money;

    use super::*;
    use crate::lang::Lang;

    #[test]
    fn a_similar_case_says_what_the_customer_got() {
        let one = SimilarCase {
            case: Some(Case {
                number: "CF20260312044".to_owned(),
                product: "水壶".to_owned(),
                ..Case::default()
            }),
            similarity: 0.874,
            same_product: true,
            redress: vec![Redress {
                kind: "refund".to_owned(),
                amount: Some(Money {
                    minor_units: 12_050,
                    currency: "CNY".to_owned(),
                }),
            }],
        };
        let text = table(&[one], &Output::plain(Lang::Zh));
        for word in ["CF20260312044", "87 %", "水壶（相同）", "refund 120.50 CNY"] {
            assert!(text.contains(word), "{text}");
        }
        assert_eq!(
            table(&[], &Output::plain(Lang::En)),
            "no closed case is like it"
        );
    }
}
