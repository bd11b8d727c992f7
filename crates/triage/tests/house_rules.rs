//! The shipped rules do what the house rules say (domain.md section 3), in both languages.

mod common;

use common::{facts, triage};
use redress_policy::{Kind, Wish};
use redress_triage::{Axis, Facts};

/// Text, category, department.
#[track_caller]
fn goes_to(text: &str, category: &str, department: &str) {
    let assessment = triage().assess(&facts(text));
    assert_eq!(
        assessment.category, category,
        "{text}: {:?}",
        assessment.reasons
    );
    assert_eq!(assessment.department, department, "{text}");
}

#[test]
fn product_quality_goes_to_after_sales_technology() {
    goes_to(
        "买的电饭煲用了两天就漏电，质量太差，要求换货",
        "product_quality",
        "after_sales_tech",
    );
    goes_to(
        "The kettle is defective and stopped working.",
        "product_quality",
        "after_sales_tech",
    );
}

#[test]
fn service_attitude_goes_to_customer_service() {
    goes_to(
        "客服人员态度恶劣，还挂断电话",
        "service_attitude",
        "customer_service",
    );
    goes_to(
        "The lady at the desk was rude and yelled.",
        "service_attitude",
        "customer_service",
    );
}

#[test]
fn logistics_goes_to_logistics_operations() {
    goes_to(
        "快递三天没有派送，物流信息不更新",
        "logistics",
        "logistics_ops",
    );
    goes_to(
        "My parcel has not arrived, courier lost it",
        "logistics",
        "logistics_ops",
    );
}

#[test]
fn accounts_and_orders_go_to_e_commerce_operations() {
    goes_to(
        "我的账号无法登录，取消订单也点不了",
        "account_order",
        "ecommerce_ops",
    );
    goes_to(
        "I cannot log in and my password reset fails",
        "account_order",
        "ecommerce_ops",
    );
}

#[test]
fn suggestions_go_to_the_product_department_with_low_priority() {
    let facts = Facts {
        kind: Kind::Suggestion,
        ..facts("希望快递可以选择送货时间")
    };
    let assessment = triage().assess(&facts);
    assert_eq!(assessment.category, "suggestion");
    assert_eq!(assessment.department, "product");
    assert_eq!(assessment.urgency, "low");
    goes_to("提个建议，希望增加功能：夜间模式", "suggestion", "product");
    goes_to(
        "A suggestion: it would be great if there was a dark mode.",
        "suggestion",
        "product",
    );
}

#[test]
fn further_trades_have_their_departments() {
    for (text, category, department) in [
        (
            "宽带经常断网，网速慢",
            "network_quality",
            "network_maintenance",
        ),
        (
            "Internet throttling and data cap",
            "network_quality",
            "network_maintenance",
        ),
        ("本月话费账单多扣了五十元", "billing", "finance"),
        ("刚买就降价，差价不退", "price", "marketing"),
        ("变速箱顿挫，发动机异响", "vehicle", "vehicle_service"),
        (
            "Experian shows wrong items on my credit report",
            "credit_reporting",
            "credit_data",
        ),
        (
            "A debt collector keeps calling about a debt I do not owe",
            "debt_collection",
            "collections",
        ),
        (
            "The mortgage servicer lost my escrow payment",
            "mortgage",
            "lending",
        ),
        (
            "Navient refuses my student loan forgiveness",
            "student_loan",
            "lending",
        ),
        (
            "小区物业不管，楼顶漏水，开发商推卸",
            "urban_construction",
            "urban_construction_bureau",
        ),
        ("公司拖欠工资，不缴社保", "labour", "labour_bureau"),
        ("学校老师暑假补课收费", "education", "education_bureau"),
        (
            "工厂夜里偷排废水，气味刺鼻",
            "environment",
            "environment_bureau",
        ),
        ("医院误诊，医生拒绝给病历", "health", "health_commission"),
        ("出租车拒载不打表", "transport", "transport_bureau"),
        ("景区门票欺诈消费者", "commerce", "commerce_bureau"),
    ] {
        goes_to(text, category, department);
    }
}

#[test]
fn a_major_safety_hazard_is_urgent() {
    for text in [
        "插座漏电把孩子电伤，存在重大安全隐患",
        "The charger caught fire last night",
    ] {
        assert_eq!(triage().assess(&facts(text)).urgency, "urgent", "{text}");
    }
}

#[test]
fn the_customers_core_business_is_urgent() {
    for text in [
        "设备故障导致我们业务中断，无法营业",
        "Our production line is down since noon",
    ] {
        assert_eq!(triage().assess(&facts(text)).urgency, "urgent", "{text}");
    }
}

#[test]
fn details_are_low_and_everything_else_is_normal() {
    assert_eq!(
        triage()
            .assess(&facts("包装上有个小瑕疵，不影响使用"))
            .urgency,
        "low"
    );
    assert_eq!(triage().assess(&facts("退货一直没处理")).urgency, "normal");
}

#[test]
fn severity_is_an_axis_of_its_own() {
    let severity = |facts: &Facts<'_>| triage().assess(facts).severity.to_string();
    assert_eq!(severity(&facts("餐后多人食物中毒")), "major");
    assert_eq!(severity(&facts("再不处理我就向12315投诉")), "important");
    assert_eq!(severity(&facts("商品有划痕")), "ordinary");
    assert_eq!(
        severity(&Facts {
            quantity: Some(100),
            ..facts("商品有划痕")
        }),
        "important"
    );
    assert_eq!(
        severity(&Facts {
            quantity: Some(1000),
            ..facts("商品有划痕")
        }),
        "major"
    );
    assert_eq!(
        severity(&Facts {
            kind: Kind::Objection,
            ..facts("不同意")
        }),
        "important"
    );
}

#[test]
fn urgent_and_wide_comes_before_everything() {
    let rank = |text: &str| triage().assess(&facts(text)).rank;
    let urgent_wide = rank("同一批次的充电器起火，全国多地都有");
    let urgent = rank("充电器起火");
    let normal_wide = rank("同一批次都掉色");
    let normal = rank("掉色");
    let low = rank("颜色有个小瑕疵");
    assert_eq!(
        [urgent_wide, urgent, normal_wide, normal, low],
        [0, 1, 2, 3, 5]
    );
}

#[test]
fn every_decision_is_explained() {
    let assessment = triage().assess(&facts("快递员态度恶劣"));
    let axes: Vec<_> = assessment.reasons.iter().map(|r| r.axis).collect();
    for axis in [Axis::Category, Axis::Urgency, Axis::Severity] {
        assert!(axes.contains(&axis), "{axis:?}");
    }
    let first = &assessment.reasons[0];
    assert!(first.rule.is_some() && !first.keywords.is_empty() && !first.text.zh.is_empty());
}

#[test]
fn a_text_that_says_nothing_falls_to_the_explained_default() {
    let assessment = triage().assess(&facts("啊啊啊"));
    assert_eq!(assessment.category, "other");
    assert_eq!(assessment.department, "general_office");
    assert!(
        assessment
            .reasons
            .iter()
            .all(|r| r.rule.is_none() && r.text.zh.contains("默认"))
    );
    assert_eq!(assessment.reasons.len(), 3);
}

#[test]
fn the_wish_helps_where_the_text_says_little() {
    let facts = Facts {
        wish: Some(Wish::Repair),
        ..facts("请尽快")
    };
    assert_eq!(triage().assess(&facts).category, "product_quality");
}

#[test]
fn the_same_complaint_always_gets_the_same_handler() {
    let of = |id: &'static str| {
        triage()
            .assess(&Facts {
                complaint_id: id,
                ..facts("质量问题")
            })
            .handler
    };
    assert_eq!(of("a"), of("a"));
    assert!((0..50).any(|n| {
        let id: &'static str = ["b", "c", "d", "e", "f"][n % 5];
        of(id) != of("a")
    }));
}
