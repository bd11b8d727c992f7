//! `channels.toml`: where complaints come from and how soon the first response is due.

use jiff::SignedDuration;

use crate::catalog::entry;
use crate::ids::ChannelId;
use crate::model::words::{Names, words};

/// A channel (渠道), domain.md section 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// As in the subject `complaints.submit.<channel>`.
    pub id: ChannelId,
    /// Its names.
    pub name: Names,
    /// What sort of channel it is.
    pub medium: Medium,
    /// Wall time within which the first response is due.
    pub first_response: SignedDuration,
    /// What counts as the first response.
    pub met_by: MetBy,
}

words! {
    /// What sort of channel it is.
    Medium {
        /// A call.
        Voice = "voice",
        /// A conversation in writing or by video.
        Chat = "chat",
        /// A message that is answered later.
        Message = "message",
        /// A form that shows the number at once.
        Form = "form",
        /// A counter (营业厅).
        Counter = "counter",
        /// Paper.
        Paper = "paper",
    }
}

words! {
    /// What counts as the first response.
    MetBy {
        /// The person is in contact: registration, which tells the number, is the response.
        Registration = "registration",
        /// The person is away: the delivered acknowledgement is the response.
        Acknowledgement = "acknowledgement",
    }
}

entry!(Channel);
