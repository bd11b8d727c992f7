//! What went, or could go, and why the rest stays.

use serde_json::json;

use super::Plan;
use crate::output::{Output, cell};

/// Shows all partitions and the sum.
pub(crate) fn plans(plans: &[Plan], done: bool, out: &Output) -> anyhow::Result<()> {
    let labels = [
        "Partition",
        "Blocks",
        "Bytes",
        "Up to",
        "The rest stays because",
    ];
    let labels_zh = ["分区", "块", "字节", "截至", "其余保留原因"];
    let mut grid = out.grid(&std::array::from_fn::<_, 5, _>(|i| {
        out.pick(labels[i], labels_zh[i])
    }));
    for plan in plans {
        if out.json {
            out.object(&json!({
                "partition": plan.partition, "blocks": plan.blocks, "bytes": plan.bytes,
                "last": plan.last, "because": plan.because, "done": done,
            }))?;
        }
        let numbers = [
            u64::from(plan.partition),
            plan.blocks,
            plan.bytes,
            plan.last,
        ];
        let mut cells: Vec<_> = numbers.into_iter().map(cell).collect();
        cells.push(cell(&plan.because));
        grid.row(cells);
    }
    if out.json {
        return Ok(());
    }
    out.line(&grid.to_string())?;
    let (blocks, bytes) = plans.iter().fold((0, 0), |(blocks, bytes), plan| {
        (blocks + plan.blocks, bytes + plan.bytes)
    });
    let what = match (done, blocks) {
        (true, _) => out.pick("were archived and taken off", "已归档并裁剪"),
        (false, 0) => out.pick("could go", "可裁剪"),
        (false, _) => out.pick(
            "could go: --archive DIR --yes does it",
            "可裁剪：使用 --archive DIR --yes 执行",
        ),
    };
    let (block_word, byte_word) = (out.pick("blocks", "块"), out.pick("bytes", "字节"));
    out.line(&format!(
        "{blocks} {block_word}, {bytes} {byte_word} {what}"
    ))?;
    Ok(())
}
