//! `redress status`: who owns what, and how far it is.

use std::fmt::Write as _;

use comfy_table::Cell;
use redress_wire::{
    Service,
    ops::{GetStatusRequest, PartitionStatus},
};
use serde_json::{Value, json};

use super::Ending;
use crate::{
    args::{Global, StatusArgs},
    clients::Clients,
    lang::Lang,
    output::{Output, cell},
};

pub(crate) async fn run(
    args: &StatusArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Ending> {
    let clients = Clients::new(&global.at);
    let mut grid = out.grid(labels(out));
    let mut ending = Ending::Fine;
    for service in args.service.map_or(Service::ALL.to_vec(), |one| vec![one]) {
        let partitions = match of(&clients, service, args.hash).await {
            Ok(partitions) => partitions,
            Err(error) => {
                out.complain(&error.to_string());
                ending = Ending::Problems;
                continue;
            }
        };
        for one in partitions {
            if out.json {
                out.object(&object(service, &one))?;
            } else {
                grid.row(row(service, &one));
            }
        }
    }
    if !out.json {
        out.line(&grid.to_string())?;
    }
    Ok(ending)
}

fn labels(out: &Output) -> &'static [&'static str] {
    match out.lang {
        Lang::En => &[
            "Service",
            "Partition",
            "Owner",
            "Own block",
            "Consumed",
            "Height",
            "Unflushed",
            "Hash",
        ],
        Lang::Zh => &[
            "服务",
            "分区",
            "所有者",
            "自身位置",
            "已读位置",
            "高度",
            "未落盘行",
            "状态哈希",
        ],
    }
}

fn object(service: Service, one: &PartitionStatus) -> Value {
    json!({"service": service.name(), "partition": one.partition, "owner": one.owner,
           "ownSequence": one.own_sequence, "consumed": one.consumed, "height": one.height,
           "rowsUnflushed": one.rows_unflushed, "stateHash": hex(&one.state_hash)})
}

fn row(service: Service, one: &PartitionStatus) -> Vec<Cell> {
    let numbers = [
        one.own_sequence,
        one.consumed,
        one.height,
        one.rows_unflushed,
    ];
    let mut cells = vec![cell(service), cell(one.partition), cell(&one.owner)];
    cells.extend(numbers.map(cell));
    // Enough to tell two states apart by eye; programs get all of it.
    cells.push(cell(hex(&one.state_hash).get(..16).unwrap_or_default()));
    cells
}

/// The partitions of a service, in order.
pub(crate) async fn of(
    clients: &Clients,
    service: Service,
    with_state_hash: bool,
) -> anyhow::Result<Vec<PartitionStatus>> {
    let status = clients
        .ops(service)?
        .get_status(GetStatusRequest { with_state_hash })
        .await;
    let status = status.map_err(|status| clients.explain(service, &status))?;
    let mut partitions = status.into_inner().partitions;
    partitions.sort_by_key(|one| one.partition);
    Ok(partitions)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
