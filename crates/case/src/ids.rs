//! Names of people and of entries of the policy that only the life of a case knows.

use std::fmt;
use std::sync::Arc;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id with this text; whether a policy knows it is asked of the policy.
            pub fn new(text: &str) -> Self {
                Self(Arc::from(text))
            }

            /// The text, as it stands in the policy files and on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &self.0)
            }
        }
    )*};
}

id! {
    /// A person who works for the house.
    PersonId;
    /// A role such as `department_head`.
    RoleId;
    /// A level of approval such as `director`.
    LevelId;
    /// A measure of a procedure such as `task_force`.
    MeasureId;
    /// A kind of redress such as `refund`.
    RedressId;
    /// A party that may be responsible, such as `supplier`.
    PartyId;
    /// A branch of the fishbone (人机料法环测) such as `machine`.
    BranchId;
}
