//! Gathers faults with their places and turns byte offsets into lines and columns.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::error::{PolicyError, PolicyErrors, Reason};
use crate::remark::Remark;

/// A byte offset in one of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) offset: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// The files and the faults found so far.
pub(crate) struct Report<'a> {
    files: Vec<(&'a str, &'a str)>,
    faults: RefCell<Vec<(Place, Reason)>>,
    absent: RefCell<Vec<PolicyError>>,
    remarks: RefCell<Vec<(Place, String)>>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(files: &'a BTreeMap<String, String>) -> Self {
        Self {
            files: files
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect(),
            faults: RefCell::default(),
            absent: RefCell::default(),
            remarks: RefCell::default(),
        }
    }

    /// Name and text of each file.
    pub(crate) fn files(&self) -> &[(&'a str, &'a str)] {
        &self.files
    }

    /// Notes a fault.
    pub(crate) fn fault(&self, place: Place, reason: Reason) {
        self.faults.borrow_mut().push((place, reason));
    }

    /// Notes what is valid and deserves a look.
    pub(crate) fn remark(&self, place: Place, text: String) {
        self.remarks.borrow_mut().push((place, text));
    }

    /// All remarks by file and line.
    pub(crate) fn remarks(&self) -> Vec<Remark> {
        let noted = self.remarks.borrow();
        let remark = |(place, text): &(Place, String)| Remark {
            file: self.files[place.file].0.to_owned(),
            line: self.line(*place),
            text: text.clone(),
        };
        let mut remarks: Vec<Remark> = noted.iter().map(remark).collect();
        remarks.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        remarks
    }

    /// How many faults were noted so far. Who draws conclusions from several entries does so only
    /// if none was noted while they were read: the rest would be echoes of the first.
    pub(crate) fn count(&self) -> usize {
        self.faults.borrow().len()
    }

    /// Where a line of a file begins; lines are counted from 1.
    pub(crate) fn line_of(&self, file: usize, line: usize) -> Place {
        let text = self.files[file].1;
        let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
        let offset = lines.map(str::len).sum();
        Place { file, offset }
    }

    /// Notes that a file is not there.
    pub(crate) fn file_missing(&self, name: &str) {
        let error = PolicyError {
            file: name.to_owned(),
            line: 1,
            column: 1,
            reason: Reason::MissingFile,
        };
        self.absent.borrow_mut().push(error);
    }

    /// `file:line`, for referring to an earlier place.
    pub(crate) fn name(&self, place: Place) -> String {
        format!(
            "{}:{}",
            self.files[place.file].0,
            self.line_and_column(place).0
        )
    }

    /// The line of a place, counted from 1.
    pub(crate) fn line(&self, place: Place) -> usize {
        self.line_and_column(place).0
    }

    fn line_and_column(&self, place: Place) -> (usize, usize) {
        let text = self.files[place.file].1;
        let mut end = place.offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (
            before.matches('\n').count() + 1,
            before[start..].chars().count() + 1,
        )
    }

    /// All faults by file and line, if there are any. References that lead nowhere are not told
    /// while a file is broken: what they name may stand in it.
    pub(crate) fn errors(&self) -> Option<PolicyErrors> {
        let mut errors = self.absent.borrow().clone();
        let faults = self.faults.borrow();
        let broken = faults.iter().any(|(_, it)| matches!(it, Reason::Syntax(_)));
        let echo = |it: &Reason| broken && matches!(it, Reason::Dangling { .. });
        for (place, reason) in faults.iter().filter(|(_, reason)| !echo(reason)) {
            let (line, column) = self.line_and_column(*place);
            let file = self.files[place.file].0.to_owned();
            errors.push(PolicyError {
                file,
                line,
                column,
                reason: reason.clone(),
            });
        }
        errors.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        (!errors.is_empty()).then_some(PolicyErrors(errors))
    }
}
