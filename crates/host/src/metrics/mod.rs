//! Prometheus metrics. Names begin with `redress_`, carry base units, and every series has the
//! label `service`. Labels hold values from closed lists: no ids, no numbers, no personal data.

mod process;
mod runtime;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};

pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::gauge::Gauge;
pub use runtime::RuntimeMetrics;

/// Buckets for durations, in seconds: 0.5 ms to 10 s, roughly doubling; the target for answers is
/// 10 to 25 ms, so the steps are finest around there.
const SECONDS: [f64; 15] = [
    0.000_5, 0.001, 0.002, 0.003, 0.005, 0.007_5, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5,
    10.0,
];

/// Buckets for counts of things handled together: powers of four.
const SIZES: [f64; 8] = [1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0];

/// The metrics of one process; clones share the registry.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// A registry whose series all carry `service`; it knows the build and the process's memory.
    pub fn new(service: &'static str) -> Self {
        let mut registry = Registry::with_labels([("service".into(), service.into())].into_iter());
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("redress_build", "What runs here", build);
        registry.register_collector(Box::new(process::Process));
        Self {
            registry: Arc::new(Mutex::new(registry)),
        }
    }

    /// A counter `redress_<name>_total`.
    pub fn counter(&self, name: &str, help: &str) -> Counter {
        self.register(name, help, Counter::default())
    }

    /// Counters `redress_<name>_total{<label>=…}`.
    pub fn counter_by(&self, name: &str, label: &'static str, help: &str) -> CounterBy {
        CounterBy {
            label,
            family: self.register(name, help, Family::default()),
        }
    }

    /// A gauge `redress_<name>`.
    pub fn gauge(&self, name: &str, help: &str) -> Gauge {
        self.register(name, help, Gauge::default())
    }

    /// A histogram `redress_<name>_seconds`.
    pub fn seconds(&self, name: &str, help: &str) -> Seconds {
        let histogram = histogram::Histogram::new(SECONDS);
        Seconds(self.register(&format!("{name}_seconds"), help, histogram))
    }

    /// A histogram `redress_<name>` of how many things were handled together.
    pub fn sizes(&self, name: &str, help: &str) -> Sizes {
        Sizes(self.register(name, help, histogram::Histogram::new(SIZES)))
    }

    fn register<M: Metric + Clone>(&self, name: &str, help: &str, metric: M) -> M {
        // The registry ends every help text with a full stop of its own.
        let help = help.trim_end_matches('.');
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register(format!("redress_{name}"), help, metric.clone());
        metric
    }

    /// All metrics in the `OpenMetrics` text format.
    pub fn render(&self) -> String {
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let mut page = String::new();
        match text::encode(&mut page, &registry) {
            Ok(()) => page,
            // Writing to a string does not fail; a collector might.
            Err(error) => format!("# {error}\n# EOF\n"),
        }
    }
}

/// Counters told apart by one label.
#[derive(Debug, Clone)]
pub struct CounterBy {
    label: &'static str,
    family: Family<[(&'static str, &'static str); 1], counter::Counter>,
}

impl CounterBy {
    /// The counter for `value`, from a closed list. Keep it where it is used often.
    pub fn of(&self, value: &'static str) -> Counter {
        self.family.get_or_create_owned(&[(self.label, value)])
    }
}

/// Durations.
#[derive(Debug, Clone)]
pub struct Seconds(histogram::Histogram);

impl Seconds {
    /// Notes that something took `elapsed`.
    pub fn observe(&self, elapsed: Duration) {
        self.0.observe(elapsed.as_secs_f64());
    }
}

/// Counts of things handled together.
#[derive(Debug, Clone)]
pub struct Sizes(histogram::Histogram);

impl Sizes {
    /// Notes that `count` things were handled together.
    pub fn observe(&self, count: usize) {
        self.0.observe(count as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_carries_the_service_and_counters_end_in_total() {
        let metrics = Metrics::new("intake");
        metrics.counter("mails", "Mails sent.").inc_by(3);
        let page = metrics.render();
        assert!(
            page.contains("redress_mails_total{service=\"intake\"} 3\n"),
            "{page}"
        );
        assert!(page.contains("redress_build_info{"), "{page}");
        assert!(page.ends_with("# EOF\n"), "{page}");
    }

    #[test]
    fn durations_are_in_seconds_and_memory_in_bytes() {
        let metrics = Metrics::new("router");
        metrics
            .seconds("commit", "Commit.")
            .observe(Duration::from_millis(4));
        let page = metrics.render();
        assert!(
            page.contains("redress_commit_seconds_sum{service=\"router\"} 0.004\n"),
            "{page}"
        );
        let memory = page
            .lines()
            .find(|l| l.starts_with("process_resident_memory_bytes{"));
        let bytes: u64 = memory
            .and_then(|l| l.split(' ').nth(1)?.parse().ok())
            .unwrap();
        assert!(bytes > 100_000, "{bytes}");
    }

    #[test]
    fn counters_are_told_apart_by_their_label() {
        let metrics = Metrics::new("router");
        let refused = metrics.counter_by("refused", "reason", "Refused.");
        refused.of("invalid").inc();
        refused.of("overload").inc_by(2);
        let page = metrics.render();
        assert!(page.contains("redress_refused_total{service=\"router\",reason=\"overload\"} 2"));
        assert!(page.contains("redress_refused_total{service=\"router\",reason=\"invalid\"} 1"));
    }
}
