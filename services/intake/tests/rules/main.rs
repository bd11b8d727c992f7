//! What intake decides, and what it refuses, without a broker.

mod bad_input;
mod core;
mod given;
mod taken_back;
