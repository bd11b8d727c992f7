//! The mail server of the tests takes mail as any mail server does.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::header::ContentType,
    transport::smtp,
};
use redress_testkit::SmtpSink;

const SOON: Duration = Duration::from_secs(20);

fn transport(sink: &SmtpSink) -> AsyncSmtpTransport<Tokio1Executor> {
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(sink.port())
        .build()
}

fn mail(subject: &str) -> Message {
    Message::builder()
        .from("客服 <service@example.org>".parse().expect("an address"))
        .to("Wang <wang@example.com>".parse().expect("an address"))
        .subject(subject)
        .header(ContentType::TEXT_PLAIN)
        .body("您好:已收到您的反馈,我们将尽快核实处理。\n.\nCF20260501001".to_owned())
        .expect("a mail")
}

#[tokio::test]
async fn a_mail_arrives_decoded_with_its_envelope_and_headers() {
    let sink = SmtpSink::start().await;
    transport(&sink)
        .send(mail("投诉已受理 CF20260501001"))
        .await
        .expect("accepted");

    let mails = sink.wait_for(1, SOON).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "service@example.org");
    assert_eq!(mails[0].to, ["wang@example.com"]);
    assert_eq!(mails[0].subject, "投诉已受理 CF20260501001");
    assert!(
        mails[0].body.starts_with("您好:已收到您的反馈"),
        "{}",
        mails[0].body
    );
    assert!(
        mails[0].body.trim_end().ends_with("CF20260501001"),
        "{}",
        mails[0].body
    );
    assert_eq!(mails[0].header("from"), Some("客服 <service@example.org>"));
}

#[tokio::test]
async fn it_refuses_for_now_as_often_as_told() {
    let sink = SmtpSink::start().await;
    sink.refuse_next(1).await;
    let transport = transport(&sink);

    let refused: smtp::Error = transport.send(mail("early")).await.expect_err("refused");
    assert!(refused.is_transient(), "{refused}");
    transport.send(mail("late")).await.expect("accepted");

    let subjects: Vec<_> = sink
        .wait_for(1, SOON)
        .await
        .into_iter()
        .map(|m| m.subject)
        .collect();
    assert_eq!(subjects, ["late"]);
    assert_eq!(sink.refused(), 1);
}

#[tokio::test]
async fn while_stopped_nobody_answers_and_afterwards_the_port_is_the_same() {
    let mut sink = SmtpSink::start().await;
    let port = sink.port();
    sink.stop();
    transport(&sink)
        .send(mail("nobody there"))
        .await
        .expect_err("nobody answers");
    sink.start_again().await;
    assert_eq!(sink.port(), port);
    transport(&sink).send(mail("back")).await.expect("accepted");
    assert_eq!(sink.wait_for(1, SOON).await.len(), 1);
}
