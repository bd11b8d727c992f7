//! Finds targets that contradict each other for some cases, which may be what was meant.

use crate::model::deadline::{Scope, Target};
use crate::parse::report::{Place, Report};

/// Remarks on targets that fit some cases both, say something else of them, and neither is the
/// exception of the other: that the first counts may not be what was meant.
pub(crate) fn remark(report: &Report<'_>, clock: &str, targets: &[(Place, Target)]) {
    for (at, (place, one)) in targets.iter().enumerate() {
        for (other_place, other) in &targets[at + 1..] {
            let Some(both) = one.scope.within(&other.scope) else {
                continue;
            };
            let exception = other.scope.includes(&one.scope);
            let same = one.allowance == other.allowance && one.met_by == other.met_by;
            if exception || same {
                continue;
            }
            let text = format!(
                "clock {clock}: the targets of {} ({}) and, at {}, of {} ({}) both fit {}; the \
                 first counts",
                cases(&one.scope),
                one.allowance.span,
                report.name(*other_place),
                cases(&other.scope),
                other.allowance.span,
                cases(&both),
            );
            report.remark(*place, text);
        }
    }
}

/// `urgency urgent, channel phone or email`.
fn cases(scope: &Scope) -> String {
    fn axis<T: AsRef<str>>(name: &str, stated: &[T]) -> Option<String> {
        let ids: Vec<&str> = stated.iter().map(AsRef::as_ref).collect();
        (!ids.is_empty()).then(|| format!("{name} {}", ids.join(" or ")))
    }
    let kinds: Vec<&str> = scope.kind.iter().map(|kind| kind.as_str()).collect();
    let axes = [
        axis("urgency", &scope.urgency),
        axis("severity", &scope.severity),
        axis("channel", &scope.channel),
        axis("category", &scope.category),
        axis("kind", &kinds),
        axis("tier", &scope.tier),
    ];
    let stated: Vec<String> = axes.into_iter().flatten().collect();
    match stated.as_slice() {
        [] => "every case".to_owned(),
        all => all.join(", "),
    }
}
