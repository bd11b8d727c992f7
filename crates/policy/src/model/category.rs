//! `categories.toml`: what complaints are about and who leads.

use crate::catalog::entry;
use crate::ids::{CategoryId, DepartmentId};
use crate::model::words::Names;

/// A category (问题分类), domain.md section 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Referred to by rules and events.
    pub id: CategoryId,
    /// Its names.
    pub name: Names,
    /// The lead department (主责部门).
    pub department: DepartmentId,
    /// Departments that assist (配合部门).
    pub supporting: Vec<DepartmentId>,
}

entry!(Category);
