//! The channels of data files in the words of the house.

/// The house's channel for a word of the file; `None` when the word says nothing.
pub(super) fn channel(word: &str) -> Option<&'static str> {
    let plain = word.trim().to_lowercase();
    let exact = match plain.as_str() {
        "web" | "internet" | "online" | "网站" | "网页" | "self service" | "direct opening" => {
            "web"
        }
        "phone" | "customer care call" | "电话" | "热线" | "ivr" => "phone",
        "email" | "e-mail" | "邮件" | "邮箱" => "email",
        "postal mail" | "fax" | "letter" | "mail" | "信函" | "信件" | "来信" => "letter",
        "referral" | "web referral" | "partner" => "partner",
        "微信" | "微博" | "qq" | "短信" | "social" | "sms" => "social",
        "mobile" | "app" => "app",
        "chat" | "在线客服" => "chat",
        "shop" | "walk-in" | "来访" | "营业厅" => "shop",
        _ => "",
    };
    if !exact.is_empty() {
        return Some(exact);
    }
    [
        ("app", "app"),
        ("微信", "social"),
        ("网", "web"),
        ("电话", "phone"),
    ]
    .iter()
    .find(|(part, _)| plain.contains(part))
    .map(|(_, channel)| *channel)
}

/// The house's kind for a word of the file.
pub(super) fn kind(word: &str) -> &'static str {
    match word.trim().to_lowercase().as_str() {
        "建议" | "suggestion" => "SUGGESTION",
        "异议" | "objection" => "OBJECTION",
        "转办" | "partner relay" | "partner_relay" => "PARTNER_RELAY",
        // 投诉, 举报, 求助, 咨询 and what is not known are all looked after as complaints.
        _ => "COMPLAINT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_of_the_field_become_channels_of_the_house() {
        let cases = [
            ("Web", "web"),
            ("Phone", "phone"),
            ("Postal mail", "letter"),
            ("Fax", "letter"),
            ("Referral", "partner"),
            ("Web Referral", "partner"),
            ("Email", "email"),
            ("Customer Care Call", "phone"),
            ("Internet", "web"),
            ("ONLINE", "web"),
            ("MOBILE", "app"),
            ("网站", "web"),
            ("电话", "phone"),
            ("微信", "social"),
            ("微博", "social"),
            ("QQ", "social"),
            ("短信", "social"),
            ("邮件", "email"),
            ("e福州app", "app"),
            ("12345app", "app"),
        ];
        for (word, wanted) in cases {
            assert_eq!(channel(word), Some(wanted), "{word}");
        }
        assert_eq!(channel("UNKNOWN"), None);
        assert_eq!(channel(""), None);
    }

    #[test]
    fn a_suggestion_stays_a_suggestion() {
        assert_eq!(kind("建议"), "SUGGESTION");
        assert_eq!(kind("投诉"), "COMPLAINT");
        assert_eq!(kind("咨询"), "COMPLAINT");
    }
}
