//! Something twice: for the policy of today and for the candidate.

/// Whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// Today's policy.
    Today,
    /// The candidate.
    Candidate,
}

impl Which {
    /// Both, today's first.
    pub const BOTH: [Self; 2] = [Self::Today, Self::Candidate];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Candidate => "candidate",
        }
    }
}

/// Something for the policy of today and for the candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair<T> {
    /// Of today's policy.
    pub today: T,
    /// Of the candidate.
    pub candidate: T,
}

impl<T> Pair<T> {
    /// The one of that policy.
    pub fn get(&self, which: Which) -> &T {
        match which {
            Which::Today => &self.today,
            Which::Candidate => &self.candidate,
        }
    }

    /// The one of that policy, to be changed.
    pub fn get_mut(&mut self, which: Which) -> &mut T {
        match which {
            Which::Today => &mut self.today,
            Which::Candidate => &mut self.candidate,
        }
    }

    /// The same by reference.
    pub fn as_ref(&self) -> Pair<&T> {
        Pair {
            today: &self.today,
            candidate: &self.candidate,
        }
    }

    /// The same by mutable reference.
    pub fn as_mut(&mut self) -> Pair<&mut T> {
        Pair {
            today: &mut self.today,
            candidate: &mut self.candidate,
        }
    }

    /// Each made into something else.
    pub fn map<U>(self, mut make: impl FnMut(T) -> U) -> Pair<U> {
        Pair {
            today: make(self.today),
            candidate: make(self.candidate),
        }
    }

    /// Each together with its counterpart.
    pub fn zip<U>(self, other: Pair<U>) -> Pair<(T, U)> {
        Pair {
            today: (self.today, other.today),
            candidate: (self.candidate, other.candidate),
        }
    }

    /// Something done with each.
    pub fn each(self, mut act: impl FnMut(T)) {
        act(self.today);
        act(self.candidate);
    }

    /// Both, today's first.
    pub fn into_array(self) -> [T; 2] {
        [self.today, self.candidate]
    }
}

impl<T: PartialEq> Pair<T> {
    /// Whether both are equal.
    pub fn agrees(&self) -> bool {
        self.today == self.candidate
    }
}
