//! What the customer gets, in words.

use redress_policy::{Currency, Policy};
use redress_wire::{
    notifier::{CaseRow, DeliveryRow},
    router::{Money, Redress},
};

use crate::cases::told_plan;

/// What the plan that the delivery tells of gives.
pub(super) fn of(policy: &Policy, case: &CaseRow, delivery: &DeliveryRow) -> String {
    let plan = told_plan(case, delivery.plan).filter(|plan| plan.plan > 0);
    let gives = plan.map_or(&[][..], |plan| &plan.redress);
    let words: Vec<String> = gives
        .iter()
        .map(|redress| one(policy, redress, &delivery.locale))
        .collect();
    let comma = if is_chinese(&delivery.locale) {
        "，"
    } else {
        ", "
    };
    words.join(comma)
}

fn one(policy: &Policy, redress: &Redress, locale: &str) -> String {
    let kind = policy.procedures().redress.get(&redress.kind);
    let name = kind.map_or(redress.kind.as_str(), |kind| kind.name.in_locale(locale));
    match &redress.amount {
        Some(amount) => format!("{name} {}", money(amount, locale)),
        None => name.to_owned(),
    }
}

/// Such as `120.50 元` or `120.50 CNY`.
fn money(amount: &Money, locale: &str) -> String {
    let minor_units = u64::try_from(amount.minor_units).unwrap_or_default();
    let Some(currency) = Currency::of_code(&amount.currency) else {
        return format!("{minor_units} {}", amount.currency);
    };
    let shown = currency.show(minor_units);
    match shown.strip_suffix("CNY") {
        Some(number) if is_chinese(locale) => format!("{number}元"),
        _ => shown,
    }
}

fn is_chinese(locale: &str) -> bool {
    locale.starts_with("zh")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_the_currencys_own_digits() {
        let text = |minor_units, currency: &str, locale| {
            let currency = currency.to_owned();
            money(
                &Money {
                    minor_units,
                    currency,
                },
                locale,
            )
        };
        assert_eq!(text(12_050, "CNY", "zh-CN"), "120.50 元");
        assert_eq!(text(12_005, "CNY", "en"), "120.05 CNY");
        assert_eq!(text(1_200, "JPY", "zh-CN"), "1200 JPY");
        assert_eq!(text(1_001, "KWD", "en"), "1.001 KWD");
        assert_eq!(text(7, "EUR", "en"), "0.07 EUR");
    }
}
