//! Likely repeats: the same customer with the same order, product, or words.

use std::time::Instant;

use jiff::Timestamp;
use redress_complaint::{
    Fingerprint, Limits, RawCustomer, RawSubmission, RepeatReason, Submission, contact_keys,
    customer_keys, simhash,
};
use redress_policy::Share;

struct Case(RawSubmission);

fn phone(phone: &str) -> Case {
    let customer = RawCustomer {
        phone: Some(phone.to_owned()),
        ..RawCustomer::default()
    };
    Case(RawSubmission {
        request_id: Some("1".to_owned()),
        description: Some("电饭煲使用三天后无法加热，联系客服没有人处理，要求退款".to_owned()),
        customer: Some(customer),
        ..RawSubmission::default()
    })
}

impl Case {
    fn order(mut self, order: &str) -> Self {
        self.0.order_no = Some(order.to_owned());
        self
    }

    fn product(mut self, product: &str) -> Self {
        self.0.product = Some(product.to_owned());
        self
    }

    fn says(mut self, words: &str) -> Self {
        self.0.description = Some(words.to_owned());
        self
    }

    fn submission(self) -> Submission {
        let limits = Limits {
            description_bytes: 8000,
            body_bytes: 64_000,
            field_bytes: 200,
            attachments: 2,
            extra_fields: 2,
        };
        Submission::check(self.0, &limits, Timestamp::UNIX_EPOCH).expect("a submission")
    }
}

fn repeat(earlier: Case, later: Case) -> Option<RepeatReason> {
    let threshold = Share::from_fraction(0.85).unwrap();
    let earlier = Fingerprint::of(&earlier.submission());
    Fingerprint::of(&later.submission()).likely_repeat(&earlier, threshold)
}

const OTHER_WORDS: &str = "快递员态度恶劣，送货上门时与家人发生争吵，希望道歉";

#[test]
fn the_same_customer_with_the_same_order_repeats() {
    let (a, b) = (
        phone("13812345678").order("O-17"),
        phone("+86 138 1234 5678").order("o17"),
    );
    assert_eq!(
        repeat(a, b.says(OTHER_WORDS)),
        Some(RepeatReason::SameOrder)
    );
}

#[test]
fn the_same_customer_with_the_same_product_repeats() {
    let a = phone("13812345678").product("电饭煲 X1").order("1");
    let b = phone("13812345678")
        .product("电饭煲x1")
        .order("2")
        .says(OTHER_WORDS);
    assert_eq!(repeat(a, b), Some(RepeatReason::SameProduct));
}

#[test]
fn the_same_customer_with_similar_words_repeats() {
    let said = "电饭煲使用三天后无法加热，联系客服没有人处理，要求全额退款！";
    let (a, b) = (phone("13812345678"), phone("13812345678").says(said));
    assert_eq!(repeat(a, b), Some(RepeatReason::SimilarText));
}

#[test]
fn the_same_customer_with_another_matter_does_not_repeat() {
    let (a, b) = (phone("13812345678"), phone("13812345678").says(OTHER_WORDS));
    assert_eq!(repeat(a, b), None);
}

#[test]
fn another_customer_never_repeats() {
    let (a, b) = (
        phone("13812345678").order("1"),
        phone("13812345679").order("1"),
    );
    assert_eq!(repeat(a, b), None);
    assert_eq!(
        repeat(phone("").order("1"), phone("").order("1")),
        None,
        "unknown customers"
    );
}

#[test]
fn a_customer_is_found_by_any_spelling_of_a_contact() {
    let keys = customer_keys(&phone("+86 138 1234 5678").submission().customer);
    assert_eq!(keys.len(), 1);
    for text in ["13812345678", "138-1234-5678", "+8613812345678"] {
        assert!(contact_keys(text).contains(&keys[0]), "{text}");
    }
    assert!(!contact_keys("13812345679").contains(&keys[0]));
}

/// The bound is ten times the aim (30 µs in a release build), for slow machines and debug builds.
#[test]
fn hashing_two_kilobytes_is_fast() {
    let chinese = "我在五月一日购买的电饭煲使用三天后无法加热".repeat(33);
    let english = "the rice cooker that I bought in May does not heat ".repeat(40);
    for text in [chinese, english] {
        let start = Instant::now();
        let rounds = 50;
        for _ in 0..rounds {
            std::hint::black_box(simhash(std::hint::black_box(&text)));
        }
        let each = start.elapsed() / rounds;
        println!("{} bytes: {each:?}", text.len());
        assert!(each.as_micros() < 300, "{each:?}");
    }
}
