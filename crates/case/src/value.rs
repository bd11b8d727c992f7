//! What commands and changes are made of.

use jiff::Timestamp;
use redress_complaint::ComplaintId;
use redress_policy::{DepartmentId, LevelId, RedressId, RoleId};

use crate::money::Money;
use crate::text::Text;
use crate::words::words;

/// Something that proves: a document, a photo, a carrier's statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Key in the object store, or a reference of the house.
    pub object: String,
    /// What it shows.
    pub description: Text,
    /// The third party that confirmed it, such as a carrier; empty if none.
    pub verified_by: String,
}

/// What the customer gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redress {
    /// Of the policy, such as refund.
    pub kind: RedressId,
    /// `None` for kinds without a price.
    pub amount: Option<Money>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanStep {
    /// Such as `goods_returned`, or words of the house.
    pub step: String,
    /// Person or department that carries it out.
    pub owner: String,
    /// Its time node; every proposed step has one.
    pub due_at: Option<Timestamp>,
    /// What is to be done.
    pub text: Text,
}

/// A level that has to approve a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalLevel {
    /// Of the policy.
    pub level: LevelId,
    /// The role that may approve at it.
    pub role: RoleId,
    /// Whose people may; `None`: any department's.
    pub department: Option<DepartmentId>,
    /// When the level above is asked instead; `None`: never.
    pub answer_by: Option<Timestamp>,
}

/// Answers to who, what, when, why, where and how many (5W1H). Each may be given alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiveWOneH {
    /// Who is concerned.
    pub who: Text,
    /// What happened.
    pub what: Text,
    /// When it happened.
    pub when: Text,
    /// Why it happened, as far as is known.
    pub why: Text,
    /// Where it happened.
    pub place: Text,
    /// How many pieces, how much.
    pub how_many: Text,
}

impl FiveWOneH {
    /// The answers in their order: who, what, when, why, where, how many.
    pub fn in_order(&self) -> [&Text; 6] {
        let answers = self;
        [
            &answers.who,
            &answers.what,
            &answers.when,
            &answers.why,
            &answers.place,
            &answers.how_many,
        ]
    }
}

/// Another case that a command speaks of, as the caller has found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherCase {
    /// Its id.
    pub id: ComplaintId,
    /// Its number.
    pub number: String,
    /// Whether it has ended: closed, withdrawn, rejected, unmeetable, merged or archived.
    pub ended: bool,
    /// The batch of the recall that it leads, while that is open.
    pub recall: Option<String>,
}

words! {
    /// How satisfied the customer is with the result.
    Satisfaction {
        /// 满意
        Satisfied = "satisfied" "满意",
        /// 基本满意
        MostlySatisfied = "mostly_satisfied" "基本满意",
        /// 不满意: leads to second processing.
        Dissatisfied = "dissatisfied" "不满意",
    }
}

words! {
    /// Who reads a note.
    Visibility {
        /// Staff only.
        Internal = "internal" "内部",
        /// Told to the customer.
        Customer = "customer" "客户可见",
    }
}
