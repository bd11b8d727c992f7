//! The adapters pass the suite of the ports, on a real broker.

mod common;

use common::Nats;
use redress_log::event_log_contract;

event_log_contract!(Nats::start());
