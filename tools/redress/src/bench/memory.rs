//! Resident memory of each process.

use anyhow::Context as _;

use super::rig::Rig;
use crate::up::Child;

/// MiB by process; the broker is the last one.
pub(super) type Memory = Vec<(String, f64)>;

pub(super) fn measure(rig: &Rig) -> anyhow::Result<Memory> {
    let children = rig.services.iter().chain([&rig.broker]);
    children
        .map(|child| Ok((child.name.clone(), status_mib(child, "VmRSS:")?)))
        .collect()
}

/// The most that a process had at once, in MiB.
pub(super) fn peak_mib(child: &Child) -> anyhow::Result<f64> {
    status_mib(child, "VmHWM:")
}

fn status_mib(child: &Child, name: &str) -> anyhow::Result<f64> {
    let pid = child
        .pid()
        .with_context(|| format!("{} does not run any more", child.name))?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    Ok(kib.with_context(|| format!("{} has no {name} in its status", child.name))? / 1024.0)
}

/// The five services together.
pub(super) fn services_mib(memory: &Memory) -> f64 {
    memory
        .iter()
        .filter(|(name, _)| name != "nats-server")
        .map(|(_, mib)| mib)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_broker_does_not_count_as_a_service() {
        let memory = vec![
            ("intake".to_owned(), 40.0),
            ("nats-server".to_owned(), 90.0),
        ];
        assert!((services_mib(&memory) - 40.0).abs() < 1e-9);
    }
}
