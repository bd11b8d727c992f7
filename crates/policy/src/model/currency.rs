//! Currencies of ISO 4217 and how many digits their smallest unit has.

use std::fmt;

/// A currency that amounts of redress are given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    digits: u8,
}

/// Codes in circulation by the digits of their smallest unit (ISO 4217, list one).
const CODES: [(u8, &str); 3] = [
    (
        0,
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    ),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD \
         CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP \
         GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD \
         LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB \
         PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC \
         SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW \
         ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
];

impl Currency {
    /// The currency with this code, such as `CNY`.
    pub fn of_code(code: &str) -> Option<Self> {
        CODES.iter().find_map(|&(digits, codes)| {
            let code = codes.split(' ').find(|known| *known == code)?;
            Some(Self { code, digits })
        })
    }

    /// Three letters.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many decimal digits the smallest unit is: 2 for 分 of CNY.
    pub fn digits(self) -> u8 {
        self.digits
    }

    /// An amount in smallest units as people write it: `1234.50 CNY`.
    pub fn show(self, minor_units: u64) -> String {
        let unit = 10_u64.pow(u32::from(self.digits));
        let (whole, rest) = (minor_units / unit, minor_units % unit);
        match usize::from(self.digits) {
            0 => format!("{whole} {}", self.code),
            width => format!("{whole}.{rest:0width$} {}", self.code),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}
