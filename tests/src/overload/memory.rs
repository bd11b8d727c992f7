//! What processes keep in memory at most.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{task::JoinHandle, time::sleep};

use crate::platform::Platform;

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// MiB at the start and at most, by process.
pub(super) type Peaks = BTreeMap<String, (f64, f64)>;

/// Looks at the resident size of all processes of a platform until it is dropped.
pub(super) struct Memory {
    peaks: Arc<Mutex<Peaks>>,
    looking: JoinHandle<()>,
}

impl Memory {
    pub(super) fn watch(platform: &Platform) -> Self {
        let services = platform.services.iter().enumerate();
        let mut processes: Vec<(String, Option<u32>)> = services
            .map(|(at, replica)| {
                let name = format!("{} {at}", replica.service);
                (name, replica.process.process().id())
            })
            .collect();
        processes.push(("nats-server".to_owned(), platform.nats.process().id()));
        let peaks = Arc::new(Mutex::new(Peaks::new()));
        let seen = Arc::clone(&peaks);
        let looking = tokio::spawn(async move {
            loop {
                for (name, id) in &processes {
                    let Some(mib) = id.and_then(resident_mib) else {
                        continue;
                    };
                    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    let (_, most) = seen.entry(name.clone()).or_insert((mib, mib));
                    *most = most.max(mib);
                }
                sleep(LOOK_EVERY).await;
            }
        });
        Self { peaks, looking }
    }

    pub(super) fn peaks(&self) -> Peaks {
        let peaks = self.peaks.lock().unwrap_or_else(PoisonError::into_inner);
        peaks.clone()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

fn resident_mib(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}
