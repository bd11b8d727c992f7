//! What the customer gets, in words.

use redress_policy::Policy;
use redress_wire::{
    notifier::{CaseRow, DeliveryRow},
    router::{Money, Redress},
};

/// Currencies whose smallest unit is the unit itself, and those with three digits (ISO 4217); all
/// others that a house is likely to pay in have two.
const NO_DIGITS: [&str; 8] = ["JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF"];
const THREE_DIGITS: [&str; 6] = ["BHD", "IQD", "JOD", "KWD", "OMR", "TND"];

/// What the plan that the delivery tells of gives; empty if another plan has taken its place.
pub(super) fn of(policy: &Policy, case: &CaseRow, delivery: &DeliveryRow) -> String {
    let plan = case
        .plan
        .as_ref()
        .filter(|p| p.plan == delivery.plan && p.plan > 0);
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

fn one(_policy: &Policy, redress: &Redress, locale: &str) -> String {
    let name = redress.kind.as_str();
    match &redress.amount {
        Some(amount) => format!("{name} {}", money(amount, locale)),
        None => name.to_owned(),
    }
}

/// Such as `120.50 元` or `CNY 120.50`.
fn money(amount: &Money, locale: &str) -> String {
    let Money {
        minor_units,
        currency,
    } = amount;
    let digits = match currency.as_str() {
        c if NO_DIGITS.contains(&c) => 0,
        c if THREE_DIGITS.contains(&c) => 3,
        _ => 2,
    };
    let unit = 10_i64.pow(digits);
    let (whole, rest) = (minor_units / unit, minor_units % unit);
    let number = if digits == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{rest:0digits$}", digits = digits as usize)
    };
    if currency == "CNY" && is_chinese(locale) {
        format!("{number} 元")
    } else {
        format!("{currency} {number}")
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
        assert_eq!(text(12_005, "CNY", "en"), "CNY 120.05");
        assert_eq!(text(1_200, "JPY", "zh-CN"), "JPY 1200");
        assert_eq!(text(1_001, "KWD", "en"), "KWD 1.001");
        assert_eq!(text(7, "EUR", "en"), "EUR 0.07");
    }
}
