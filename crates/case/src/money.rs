//! Amounts of money.

/// An amount in the currency's smallest unit (fen, cents), never negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    minor_units: u64,
    currency: Box<str>,
}

/// Why this is not an amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyFault {
    /// Below zero.
    #[error("an amount of {0} is negative: the customer gets money, or an amount of 0")]
    Negative(i64),
    /// Not three capital letters.
    #[error("`{0}` is not a currency: write its three letters, such as CNY")]
    Currency(String),
}

impl Money {
    /// An amount such as 12,300 fen: `(12_300, "CNY")`.
    pub fn new(minor_units: i64, currency: &str) -> Result<Self, MoneyFault> {
        let units = u64::try_from(minor_units).map_err(|_| MoneyFault::Negative(minor_units))?;
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(MoneyFault::Currency(currency.chars().take(16).collect()));
        }
        Ok(Self {
            minor_units: units,
            currency: currency.into(),
        })
    }

    /// An amount as the log has it: what is below zero counts as zero.
    pub fn recorded(minor_units: i64, currency: &str) -> Self {
        Self {
            minor_units: u64::try_from(minor_units).unwrap_or(0),
            currency: currency.into(),
        }
    }

    /// The amount in the smallest unit; at most `i64::MAX`.
    pub fn minor_units(&self) -> u64 {
        self.minor_units
    }

    /// ISO 4217, such as CNY.
    pub fn currency(&self) -> &str {
        &self.currency
    }
}
