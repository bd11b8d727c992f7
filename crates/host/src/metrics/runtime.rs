//! The figures that every runtime keeps.

use super::{Counter, CounterBy, Gauge, Metrics, Seconds, Sizes};

/// The figures that every runtime keeps, whatever its service decides.
#[derive(Debug, Clone)]
pub struct RuntimeMetrics {
    /// `redress_rounds_total`: committed rounds.
    pub rounds: Counter,
    /// `redress_blocks_total`: committed blocks, one per partition and round.
    pub blocks: Counter,
    /// `redress_events_total`: committed events of this service.
    pub events: Counter,
    /// `redress_commands_total{outcome}`: commands by how they ended (`ok`, `refused`, `unknown`).
    pub commands: CounterBy,
    /// `redress_refused_total{reason}`: refusals by their code.
    pub refused: CounterBy,
    /// `redress_set_aside_total`: inputs set aside because they cannot be handled.
    pub set_aside: Counter,
    /// `redress_commit_seconds`: from sending a batch to its acknowledgement.
    pub commit: Seconds,
    /// `redress_round_events`: events per round.
    pub round_events: Sizes,
    /// `redress_answer_seconds`: from a command's arrival to its answer.
    pub answer: Seconds,
    /// `redress_replayed_events_total`: events folded while catching up.
    pub replayed_events: Counter,
    /// `redress_owned_partitions`: partitions this process owns.
    pub owned_partitions: Gauge,
    /// `redress_standby_partitions`: partitions of others that this process has caught up with.
    pub standby_partitions: Gauge,
    /// `redress_backlog`: blocks of the log not yet folded.
    pub backlog: Gauge,
    /// `redress_input_bytes`: size of those that were read.
    pub input_bytes: Gauge,
    /// `redress_unflushed_rows`: rows in memory that the store does not have yet.
    pub unflushed_rows: Gauge,
    /// `redress_clock_behind_log_seconds`: by how much the time here lies behind what was recorded.
    pub clock_behind_log: Gauge,
}

impl RuntimeMetrics {
    /// Registers the figures; do it once per registry.
    pub fn register(metrics: &Metrics) -> Self {
        Self {
            rounds: metrics.counter("rounds", "Committed rounds"),
            blocks: metrics.counter("blocks", "Committed blocks"),
            events: metrics.counter("events", "Committed events"),
            commands: metrics.counter_by("commands", "outcome", "Commands by outcome"),
            refused: metrics.counter_by("refused", "reason", "Refused commands by reason"),
            set_aside: metrics.counter("set_aside", "Inputs set aside"),
            commit: metrics.seconds("commit", "From sending a batch to its acknowledgement"),
            round_events: metrics.sizes("round_events", "Events per round"),
            answer: metrics.seconds("answer", "From a command's arrival to its answer"),
            replayed_events: metrics.counter("replayed_events", "Events folded to catch up"),
            owned_partitions: metrics.gauge("owned_partitions", "Partitions owned here"),
            standby_partitions: metrics.gauge(
                "standby_partitions",
                "Partitions of others that this replica has caught up with, to take them over",
            ),
            backlog: metrics.gauge("backlog", "Blocks of the log not yet folded"),
            input_bytes: metrics.gauge("input_bytes", "Size of blocks read and not yet folded"),
            unflushed_rows: metrics.gauge("unflushed_rows", "Rows the store does not have yet"),
            clock_behind_log: metrics.gauge(
                "clock_behind_log_seconds",
                "By how much the time here lies behind the newest recorded",
            ),
        }
    }
}
