//! The procedures of the three severities (一般, 重要, 重大) from end to end: people at terminals, real
//! processes, mails to customers and staff, webhooks to departments.

use std::{collections::BTreeMap, path::Path, time::Duration};

use redress_testkit::{Mail, SmtpSink, WebhookSink, eventually};
use redress_tests::{
    platform::{Plan, Platform},
    policy,
    recorder::{Outcome, Recorder},
    submissions::samples,
    terminal::Terminal,
};
use redress_wire::{
    Service,
    router::{Case, GetCaseRequest, router_client::RouterClient},
};
use standardwebhooks::Webhook;

const SOON: Duration = Duration::from_secs(30);
const CUSTOMER: &str = "huang001@example.org";

/// A house with one complaint about a kettle that sparks.
struct House {
    platform: Platform,
    smtp: SmtpSink,
    webhook: WebhookSink,
    case: Case,
}

impl House {
    async fn open() -> Self {
        Self::open_with(|_| ()).await
    }

    /// With the shipped policy changed.
    async fn open_with(change: impl Fn(&Path)) -> Self {
        let (smtp, webhook) = (SmtpSink::start().await, WebhookSink::start().await);
        let settings = BTreeMap::from([
            ("REDRESS_SMTP_URL".to_owned(), smtp.url()),
            (policy::SECRET_ENV.to_owned(), policy::SECRET.to_owned()),
        ]);
        let url = webhook.url();
        let plan = Plan {
            settings,
            ..Plan::default()
        };
        let policy = |dir: &Path| {
            policy::add_webhooks(dir, &url);
            change(dir);
        };
        let platform = Platform::start(plan, policy).await;
        let client = platform.nats.client().await;
        let kettle = samples().into_iter().next().expect("a sample");
        let outcome = Recorder::default().submit(&client, &kettle, SOON).await;
        let Outcome::Ok { number, .. } = outcome else {
            panic!("{outcome:?}");
        };
        let case = routed(&platform, &number).await;
        Self {
            platform,
            smtp,
            webhook,
            case,
        }
    }

    fn terminal(&self) -> Terminal<'_> {
        let order = self.case.work_order.clone().expect("a work order");
        assert_eq!(order.department, "after_sales_tech");
        Terminal::of(&self.platform, &self.case.number, &order.handler)
    }

    /// The case has this severity, whatever triage thought.
    fn is(&self, severity: &str) {
        if self.case.severity != severity {
            let state = "assigned";
            self.terminal().play(&format!(
                "supervisor-1:supervisor triage --severity {severity} --reason 核定 -> {state}"
            ));
        }
    }

    /// Waits for a mail to somebody whose subject has these words.
    async fn mail(&self, to: &str, subject: &str) -> Mail {
        let what = format!("a mail to {to} about {subject}");
        eventually(&what, SOON, async || {
            let mails = self.smtp.mails().into_iter();
            let mut wanted = mails.filter(|mail| mail.to.iter().any(|one| one == to));
            wanted.find(|mail| mail.subject.contains(subject))
        })
        .await
    }

    /// Every webhook that came was signed, and holds nothing of the customer's.
    async fn webhooks(&self, least: usize) {
        let calls = self.webhook.wait_for(least, SOON).await;
        let verifier = Webhook::new(policy::SECRET).expect("a secret");
        for call in calls {
            verifier
                .verify(&call.body, &call.headers)
                .expect("a valid signature");
            let body = String::from_utf8_lossy(&call.body);
            assert!(body.contains(&self.case.number), "{body}");
            assert!(!body.contains("4001") && !body.contains("黄嘉树"), "{body}");
        }
    }
}

async fn routed(platform: &Platform, number: &str) -> Case {
    let mut router = RouterClient::new(platform.channel(Service::Router));
    eventually("the case to be routed", SOON, async || {
        let name = number.to_owned();
        let found = router.get_case(GetCaseRequest { name }).await;
        found.ok().map(tonic::Response::into_inner)
    })
    .await
}

const INVESTIGATION: &str = "
    handler accept -> accepted
    handler verify --authentic yes --reasonable yes --text 与订单相符 -> verified
    handler finding --text 底座触点烧蚀 --evidence photos/1.jpg=烧蚀的触点@SGS -> verified
    handler complete-investigation -> ! 5W1H
    handler 5w1h --who 客户本人 --what 水壶冒火花 --when 2026-04-02 --where 家中 -> verified
    handler 5w1h --why 触点氧化 --how-many 1 -> verified
    handler responsibility --party supplier --text 换料未报 -> verified
";

const MORE_TIME: &str = "
    handler extend --clock result --by 120h --reason 等待供应商复检 -> ! request_extension
    handler extend-request --clock result --by 120h --reason 等待供应商复检 -> verified
    handler extend-approve -> ! may not
    after-sales-tech-head:department_head extend-approve --text 同意 -> verified
";

const AN_ORDINARY_CASE: &str = "
    handler complete-investigation -> investigated
    # 120.50 yuan is within the handler's own authority.
    handler propose --text 退款 --redress refund=120.50CNY --step refund_paid@finance-1/3d -> plan_approved
    handler execute --step 1 -> ! not possible
    handler offer --means phone --text 退一百二 -> offered
    handler refusal --reason 要求更多 -> consent_refused
    # Above 500 yuan the head of the department is asked.
    handler adjust --text 退款 --redress refund=600CNY --step refund_paid@finance-1/3d -> plan_proposed
    handler approve -> ! may not
    after-sales-tech-head:department_head refuse --reason 与同类案例不符 -> investigated
    handler propose --text 退款 --redress refund=480CNY --step refund_paid@finance-1/3d -> plan_approved
    handler offer --means email --text 退款四百八十元 -> offered
    handler consent --means phone --proof recordings/7.wav -> customer_agreed
    finance-1:finance execute --step 1 --text 已转账 -> executed
    finance-1:finance proof --object receipts/991.pdf=退款回单 -> executed
    handler close --means email --text 见上 -> ! not possible
    handler confirm --means phone --text 已收到 -> customer_confirmed
    handler close --means email --text 您的退款已到账 --answer 已退款四百八十元 -> closed
    # 二次处理
    customer-service-lead:customer_service_lead satisfaction 不满意 --text 水壶仍要更换 -> reopened
    handler propose --text 致歉 --redress apology --step apology_given@customer-service-1/1d -> plan_approved
    handler offer --means phone -> offered
    handler consent --means phone -> customer_agreed
    handler execute --step 1 -> executed
    handler confirm --means phone -> customer_confirmed
    handler close --means email --text 再次致歉 --answer 已致歉 -> closed
    handler satisfaction 基本满意 -> closed
    handler archive -> archived
    handler note --text 晚了 -> ! archived
";

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_case_goes_through_second_processing_into_the_archive() {
    let house = House::open().await;
    house.is("ordinary");
    let terminal = house.terminal();
    terminal.play(INVESTIGATION);
    terminal.play(MORE_TIME);
    terminal.play(AN_ORDINARY_CASE);
    let offered = house.mail(CUSTOMER, "处理方案").await;
    assert!(offered.body.contains("退"), "{offered:?}");
    let closed = house.mail(CUSTOMER, "处理结果通知").await;
    assert!(closed.body.contains("已退款四百八十元"), "{closed:?}");
    house.mail(CUSTOMER, "二次处理").await;
    let head = "after-sales-tech-head@redress.example";
    house.mail(head, "的处理方案").await;
    house.mail(head, "的延期申请").await;
    let order = house.case.work_order.clone().expect("a work order");
    let handler = format!("{}@redress.example", order.handler);
    house.mail(&handler, "【已通过】").await;
    house.webhooks(2).await;
    let story = terminal.shown("timeline");
    for words in [
        &house.case.number,
        "已归档",
        "不满意",
        "480",
        "底座触点烧蚀",
        "SGS",
    ] {
        assert!(story.contains(words), "{words} is not in {story}");
    }
}

const HEADS_ANSWER: &str = "scope = \"department\"\nanswer_within = \"4h\"";
const HEADS_ANSWER_AT_ONCE: &str = "scope = \"department\"\nanswer_within = \"2s\"";

/// The head of the department answers neither for more time nor for a plan: the directors are asked,
/// by themselves, and the case goes on.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_answers_is_put_to_the_level_above_and_goes_on_there() {
    let change = |dir: &Path| {
        policy::replace(dir, "approvals.toml", HEADS_ANSWER, HEADS_ANSWER_AT_ONCE);
    };
    let house = House::open_with(change).await;
    house.is("ordinary");
    let terminal = house.terminal();
    let [head, director] = [
        "after-sales-tech-head@redress.example",
        "director-products@redress.example",
    ];
    terminal.play(INVESTIGATION);
    terminal.play("handler extend-request --clock result --by 120h --reason 待复检 -> verified");
    house.mail(head, "的延期申请").await;
    let asked = house.mail(director, "的延期申请").await;
    assert!(asked.body.contains("120h"), "{asked:?}");
    terminal.play("director-products:director extend-approve --text 同意 -> verified");
    house.mail(CUSTOMER, "处理时间延长").await;

    terminal.play(
        "
        handler complete-investigation -> investigated
        handler propose --redress refund=600CNY --step refund_paid@finance-1/3d -> plan_proposed
        ",
    );
    house.mail(head, "的处理方案").await;
    let asked = house.mail(director, "的处理方案").await;
    assert!(asked.body.contains("600.00"), "{asked:?}");
    terminal.play("director-products:director approve --text 同意 -> plan_approved");
    let story = terminal.shown("timeline");
    for words in [
        "延期申请1在“部门负责人审批”无人答复，改由“主管领导审批”答复",
        "尹志成批准延期申请1",
        "方案1的“部门负责人审批”改由“主管领导审批”答复",
        "尹志成批准方案1",
    ] {
        assert!(story.contains(words), "{words} is not in {story}");
    }
}

const AN_IMPORTANT_CASE: &str = "
    handler complete-investigation -> ! task_force
    after-sales-tech-head:department_head measure task_force --person li,zhao --text 专项小组 -> verified
    handler root-cause --branch material --why 触点氧化 --why 镀层过薄 --occurrence 镀层不足 -> verified
    handler complete-investigation -> investigated
    handler propose --text 维修 --redress repair --step repair_done@after-sales-tech-1/5d -> plan_proposed
    after-sales-tech-head:department_head approve --text 同意 -> plan_proposed
    director-products:director approve -> plan_approved
    handler offer --means phone -> ! plan_evaluation
    quality-1:quality measure plan_evaluation --text 可行 -> plan_approved
    handler offer --means phone -> offered
    handler consent --means phone -> customer_agreed
    handler execute --step 1 -> ! executive_coordination
    executive-1:executive measure executive_coordination --text 协调 -> customer_agreed
    handler execute --step 1 --text 已维修 -> executed
    handler confirm --means phone -> ! executive_feedback
    executive-1:executive measure executive_feedback --text 当面反馈 -> executed
    executive-1:executive confirm --means in_person --text 客户认可 -> customer_confirmed
    handler close --means letter --text 处理完毕 --answer 已维修 -> ! satisfaction
    handler satisfaction satisfied -> customer_confirmed
    handler capa --text 来料加测镀层 --owner quality-1 --due 30d -> customer_confirmed
    after-sales-tech-head:department_head measure executive_report --text 周报 -> customer_confirmed
    handler close --means letter --text 处理完毕 --answer 已维修 -> closed
    handler archive -> ! corrective action
    quality-1:quality capa-verify --action 1 --effective yes --text 三批无不良 -> closed
    handler archive -> archived
";

#[tokio::test(flavor = "multi_thread")]
async fn an_important_case_needs_its_task_force_its_approvals_and_an_executive() {
    let house = House::open().await;
    house.is("important");
    let terminal = house.terminal();
    terminal.play(INVESTIGATION);
    terminal.play(AN_IMPORTANT_CASE);
    for approver in ["after-sales-tech-head", "director-products"] {
        house
            .mail(&format!("{approver}@redress.example"), "待审批")
            .await;
    }
    house.mail(CUSTOMER, "处理方案").await;
    house.webhooks(1).await;
    let story = terminal.shown("timeline");
    assert!(
        story.contains("专项小组") && story.contains("镀层过薄"),
        "{story}"
    );
}

const A_MAJOR_CASE: &str = "
    director-products:director measure special_team --text 特别工作组 -> verified
    handler measure containment --text 停售同批 -> verified
    handler root-cause --branch material --why 触点氧化 --occurrence 镀层不足 -> verified
    handler complete-investigation -> ! not caught
    quality-1:quality root-cause --branch measurement --why 不测镀层 --escape 来料不检 -> verified
    handler complete-investigation -> investigated
    handler propose --redress apology --step apology_given@executive-1/1d -> ! crisis_plan
    executive-1:executive measure executive_coordination --text 一号工程 -> investigated
    executive-1:executive measure crisis_plan --text 危机预案 -> investigated
    # 客户质量调换申请单: its steps, then its signatures, in their order.
    handler propose --redress exchange --step warehouse_ships@logistics-ops-1/7d -> ! goods_returned
    handler propose --text 调换 --redress exchange --step goods_returned@logistics-ops-1/3d --step delivery_order@logistics-ops-1/4d --step warehouse_ships@logistics-ops-2/7d -> plan_proposed
    director-products:director approve -> ! business
    business-1:business approve -> plan_proposed
    after-sales-tech-head:department_head approve -> plan_proposed
    director-products:director approve -> plan_proposed
    executive-1:executive approve -> plan_proposed
    finance-1:finance approve --text 已备案 -> plan_approved
    quality-1:quality measure plan_evaluation --text 可行 -> plan_approved
    executive-1:executive offer --means in_person --text 调换新机 -> offered
    handler consent --means in_person --proof forms/77.pdf -> customer_agreed
    handler execute --step 3 -> ! first
    handler execute --step 1 -> executing
    handler execute --step 2 -> executing
    handler execute --step 3 -> executed
    executive-1:executive measure executive_feedback --text 当面反馈 -> executed
    executive-1:executive confirm --means in_person -> customer_confirmed
    handler satisfaction 满意 -> customer_confirmed
    handler capa --text 来料加测镀层 --owner quality-1 --due 30d --preventive -> customer_confirmed
    director-products:director measure executive_report --text 日报 -> customer_confirmed
    director-products:director measure media_communication --text 声明 -> customer_confirmed
    handler close --means letter --text 处理完毕 --answer 已调换 -> ! regulator_communication
    director-products:director measure regulator_communication --text 报备 -> customer_confirmed
    handler close --means letter --text 处理完毕 --answer 已调换 -> closed
    quality-1:quality 8d -> closed
    quality-1:quality capa-verify --action 1 --effective yes --text 三批无不良 -> closed
    quality-1:quality measure post_mortem --text 复盘 -> closed
    handler archive -> ! similar_cases
    quality-1:quality measure similar_cases --text 同批排查 -> closed
    handler archive -> archived
";

#[tokio::test(flavor = "multi_thread")]
async fn a_major_case_needs_emergency_response_first_and_every_signature_of_the_exchange_form() {
    let house = House::open().await;
    house.is("major");
    let terminal = house.terminal();
    let (accept, rest) = INVESTIGATION
        .split_once("accepted\n")
        .expect("it is accepted first");
    terminal.play(&format!("{accept}accepted"));
    terminal.play(
        "
        handler verify --authentic yes --reasonable yes -> ! emergency_response
        after-sales-tech-head:department_head measure emergency_response --text 应急响应 -> accepted
        ",
    );
    terminal.play(rest);
    terminal.play(A_MAJOR_CASE);
    for approver in [
        "business-1",
        "after-sales-tech-head",
        "director-products",
        "executive-1",
    ] {
        house
            .mail(&format!("{approver}@redress.example"), "待审批")
            .await;
    }
    house.mail(CUSTOMER, "处理方案").await;
    house.webhooks(1).await;
    let story = terminal.shown("timeline");
    for words in ["危机预案", "仓库发货", "复盘", "已归档"] {
        assert!(story.contains(words), "{words} is not in {story}");
    }
}
