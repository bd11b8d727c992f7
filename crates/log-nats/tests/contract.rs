//! The adapters pass the suite of the ports, on a real broker.

mod common;

use common::Nats;
use redress_log::event_log_contract;

event_log_contract!(Nats::start());

mod over_three_streams {
    use super::*;

    event_log_contract!(Nats::over(3));
}
