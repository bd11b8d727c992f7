//! Behaviours of [`Membership`].

use redress_wire::Service;
use tokio::sync::watch;

use super::{Fixture, soon};
use crate::{ClaimError, Membership, Owner, Presence, View};

const SERVICE: Service = Service::Router;

async fn renew(members: &impl Membership, member: &str) {
    soon(members.renew(SERVICE, member, &Presence::default()))
        .await
        .expect("the lease can be renewed");
}

async fn watch(members: &impl Membership) -> watch::Receiver<View> {
    soon(members.watch(SERVICE))
        .await
        .expect("the members can be watched")
}

async fn claim(members: &impl Membership, member: &str, seen: u64) -> Result<u64, ClaimError> {
    soon(members.claim(SERVICE, 7, member, seen)).await
}

async fn until(view: &mut watch::Receiver<View>, is: impl Fn(&View) -> bool) -> View {
    let seen = soon(view.wait_for(|view| is(view))).await;
    seen.expect("the watcher goes on").clone()
}

async fn until_members(view: &mut watch::Receiver<View>, members: &[&str]) {
    until(view, |view| view.members.keys().eq(members)).await;
}

async fn until_owner(view: &mut watch::Receiver<View>, member: Option<&str>, revision: u64) {
    let owner = Owner {
        member: member.map(str::to_owned),
        revision,
    };
    until(view, |view| view.owners.get(&7) == Some(&owner)).await;
}

/// Seen when it comes, seen when it goes, without waiting for the lease.
pub async fn a_member_is_seen_and_leaves(fixture: &impl Fixture) {
    let members = fixture.membership();
    let mut view = watch(&members).await;
    assert_eq!(*view.borrow(), View::default());
    renew(&members, "a").await;
    renew(&members, "b").await;
    until_members(&mut view, &["a", "b"]).await;
    soon(members.leave(SERVICE, "a"))
        .await
        .expect("it may leave");
    until_members(&mut view, &["b"]).await;
}

/// At once, not only when it comes.
pub async fn what_a_member_says_of_itself_is_seen(fixture: &impl Fixture) {
    let members = fixture.membership();
    let mut view = watch(&members).await;
    let mut presence = Presence {
        seat: "shelf".to_owned(),
        ..Presence::default()
    };
    for warm in [vec![], vec![3, 7], vec![7]] {
        presence.warm = warm.into_iter().collect();
        presence.leaving = presence.warm.len() == 1;
        soon(members.renew(SERVICE, "a", &presence))
            .await
            .expect("the lease can be renewed");
        until(&mut view, |view| view.members.get("a") == Some(&presence)).await;
    }
}

/// Twice over, so that the renewed one has outlived its first lease by far.
pub async fn an_expired_lease_is_seen_and_a_renewed_one_stays(fixture: &impl Fixture) {
    let members = fixture.membership();
    let mut view = watch(&members).await;
    for mortal in ["b", "c"] {
        renew(&members, "a").await;
        renew(&members, mortal).await;
        until_members(&mut view, &["a", mortal]).await;
        soon(async {
            while view.borrow_and_update().members.contains_key(mortal) {
                fixture.tick().await;
                assert!(
                    view.borrow().members.contains_key("a"),
                    "it renews its lease in time"
                );
                renew(&members, "a").await;
            }
        })
        .await;
        until_members(&mut view, &["a"]).await;
    }
}

/// Expiry leaves nothing behind that would keep it out.
pub async fn a_member_can_come_back_after_its_lease_expired(fixture: &impl Fixture) {
    let members = fixture.membership();
    let mut view = watch(&members).await;
    for _ in 0..2 {
        renew(&members, "a").await;
        until_members(&mut view, &["a"]).await;
        soon(async {
            while view.borrow_and_update().members.contains_key("a") {
                fixture.tick().await;
            }
        })
        .await;
    }
}

/// Whoever comes second has seen an entry that is not there any more.
pub async fn of_two_claims_on_the_same_entry_one_wins(fixture: &impl Fixture) {
    let members = fixture.membership();
    let mut view = watch(&members).await;
    let mut seen = 0;
    for _ in 0..10 {
        let (a, b) = tokio::join!(claim(&members, "a", seen), claim(&members, "b", seen));
        let winner = match (a, b) {
            (Ok(revision), Err(ClaimError::Taken)) => ("a", revision),
            (Err(ClaimError::Taken), Ok(revision)) => ("b", revision),
            other => panic!("one should win: {other:?}"),
        };
        seen = winner.1;
        until_owner(&mut view, Some(winner.0), seen).await;
    }
}

/// The entry stays, with a revision to claim it by.
pub async fn a_released_partition_has_no_owner_and_can_be_claimed(fixture: &impl Fixture) {
    let members = fixture.membership();
    let mut view = watch(&members).await;
    let first = claim(&members, "a", 0)
        .await
        .expect("nobody claimed it yet");
    soon(members.release(SERVICE, 7, first))
        .await
        .expect("it is still its own");
    let seen = until(&mut view, |view| {
        view.owners.get(&7).is_some_and(|o| o.member.is_none())
    });
    let released = seen.await.owners[&7].revision;
    assert!(released > first);
    assert_eq!(claim(&members, "b", first).await, Err(ClaimError::Taken));
    let second = claim(&members, "b", released)
        .await
        .expect("it was released");
    until_owner(&mut view, Some("b"), second).await;
}

/// The new owner keeps it.
pub async fn a_claim_that_was_taken_over_cannot_be_released(fixture: &impl Fixture) {
    let members = fixture.membership();
    let mut view = watch(&members).await;
    let first = claim(&members, "a", 0)
        .await
        .expect("nobody claimed it yet");
    let second = claim(&members, "b", first)
        .await
        .expect("the entry has not changed");
    assert_eq!(
        soon(members.release(SERVICE, 7, first)).await,
        Err(ClaimError::Taken)
    );
    until_owner(&mut view, Some("b"), second).await;
}

/// A view is of one service.
pub async fn services_do_not_see_each_other(fixture: &impl Fixture) {
    let members = fixture.membership();
    let other = Service::SlaMonitor;
    soon(members.renew(other, "x", &Presence::default()))
        .await
        .expect("the lease can be made");
    soon(members.claim(other, 7, "x", 0))
        .await
        .expect("nobody claimed it yet");
    let mut view = watch(&members).await;
    assert_eq!(*view.borrow(), View::default());
    let revision = claim(&members, "a", 0)
        .await
        .expect("the other claim is another service's");
    until_owner(&mut view, Some("a"), revision).await;
}

/// All of it, at once.
pub async fn a_late_watcher_sees_what_is_there(fixture: &impl Fixture) {
    let members = fixture.membership();
    renew(&members, "a").await;
    renew(&members, "b").await;
    let revision = claim(&members, "a", 0)
        .await
        .expect("nobody claimed it yet");
    soon(members.leave(SERVICE, "b"))
        .await
        .expect("it may leave");
    let view = watch(&members).await;
    let owner = Owner {
        member: Some("a".to_owned()),
        revision,
    };
    let expected = View {
        members: [("a".to_owned(), Presence::default())].into(),
        owners: [(7, owner)].into(),
    };
    assert_eq!(*view.borrow(), expected);
}
