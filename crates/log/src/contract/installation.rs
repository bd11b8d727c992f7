//! Behaviours of [`Installation`].

use super::{Fixture, soon};
use crate::Installation;

/// For whoever comes later, too, and for two who come at once.
pub async fn the_first_value_of_a_fact_holds(fixture: &impl Fixture) {
    let facts = fixture.installation();
    assert_eq!(soon(facts.fact("colour")).await, Ok(None));
    let (one, two) = tokio::join!(facts.fix("colour", "16"), facts.fix("colour", "32"));
    assert_eq!(one, two);
    let held = one.expect("the facts can be written");
    assert_eq!(soon(facts.fix("colour", "64")).await, Ok(held.clone()));
    assert_eq!(soon(facts.fact("colour")).await, Ok(Some(held)));
}

/// Each key has its own value.
pub async fn facts_do_not_mix(fixture: &impl Fixture) {
    let facts = fixture.installation();
    for (key, value) in [("one", "1"), ("two", "2")] {
        assert_eq!(soon(facts.fix(key, value)).await.as_deref(), Ok(value));
    }
    assert_eq!(soon(facts.fact("one")).await, Ok(Some("1".to_owned())));
    assert_eq!(soon(facts.fact("three")).await, Ok(None));
}
