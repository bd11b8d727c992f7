/// A traceparent of version 00: `00-<32 hex>-<16 hex>-<2 hex>`.
const LENGTH: usize = 55;

/// The trace context that a caller sent; empty if it is none, for it would stand in the log for
/// ever.
pub(super) fn carried(sent: Option<&str>) -> String {
    sent.filter(|sent| is_traceparent(sent))
        .unwrap_or_default()
        .to_owned()
}

fn is_traceparent(text: &str) -> bool {
    let hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let mut parts = text.split('-');
    text.len() == LENGTH
        && [2, 32, 16, 2]
            .into_iter()
            .all(|length| parts.next().is_some_and(|part| hex(part, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trace_context_is_carried() {
        let real = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(carried(Some(real)), real);
        assert_eq!(carried(None), "");
        for other in ["13812345678", &real.to_uppercase(), &format!("{real}-x")] {
            assert_eq!(carried(Some(other)), "", "{other}");
        }
    }
}
