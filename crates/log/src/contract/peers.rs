//! Behaviours of [`Peers`].

use std::{future::pending, sync::Arc, time::Duration};

use bytes::Bytes;
use redress_wire::Service;

use super::{Fixture, soon};
use crate::{Handler, PeerError, Peers};

const SERVICE: Service = Service::Router;
const PATIENCE: Duration = Duration::from_secs(10);

fn echo() -> Handler {
    Arc::new(|body: Bytes| Box::pin(async move { body }))
}

/// By the member called, and not by another one.
pub async fn a_call_is_answered(fixture: &impl Fixture) {
    let peers = fixture.peers();
    let upper: Handler =
        Arc::new(|body: Bytes| Box::pin(async move { body.to_ascii_uppercase().into() }));
    let _a = soon(peers.serve(SERVICE, "a", echo()))
        .await
        .expect("it can serve");
    let _b = soon(peers.serve(SERVICE, "b", upper))
        .await
        .expect("it can serve");
    for (member, expected) in [("a", "hello"), ("b", "HELLO")] {
        let answer = soon(peers.call(SERVICE, member, "hello".into(), PATIENCE)).await;
        assert_eq!(answer, Ok(Bytes::from(expected)));
    }
}

/// Known at once, not after the patience has ended; also when it was there before.
pub async fn nobody_answers_for_an_absent_member(fixture: &impl Fixture) {
    let peers = fixture.peers();
    let absent = Err(PeerError::Absent("a".to_owned()));
    let ages = Duration::from_hours(1);
    assert_eq!(
        soon(peers.call(SERVICE, "a", Bytes::new(), ages)).await,
        absent
    );
    let serving = soon(peers.serve(SERVICE, "a", echo()))
        .await
        .expect("it can serve");
    assert!(
        soon(peers.call(SERVICE, "a", Bytes::new(), PATIENCE))
            .await
            .is_ok()
    );
    drop(serving);
    let gone = async {
        while soon(peers.call(SERVICE, "a", Bytes::new(), PATIENCE)).await != absent {
            tokio::task::yield_now().await;
        }
    };
    soon(gone).await;
}

/// What was asked may have been done.
pub async fn a_slow_member_is_given_up(fixture: &impl Fixture) {
    let peers = fixture.peers();
    let stuck: Handler = Arc::new(|_| Box::pin(pending()));
    let _serving = soon(peers.serve(SERVICE, "a", stuck))
        .await
        .expect("it can serve");
    let answer = soon(peers.call(SERVICE, "a", Bytes::new(), Duration::from_millis(50))).await;
    assert_eq!(answer, Err(PeerError::NoAnswer("a".to_owned())));
}

/// Half a megabyte, while another call is being answered.
pub async fn large_bodies_go_both_ways(fixture: &impl Fixture) {
    let peers = fixture.peers();
    let _serving = soon(peers.serve(SERVICE, "a", echo()))
        .await
        .expect("it can serve");
    let body = Bytes::from(vec![7; 500_000]);
    let calls = || peers.call(SERVICE, "a", body.clone(), PATIENCE);
    let (one, two) = soon(async { tokio::join!(calls(), calls()) }).await;
    assert_eq!((one, two), (Ok(body.clone()), Ok(body.clone())));
}
