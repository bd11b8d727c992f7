//! Runs the house rules over a CSV file and counts what they decide.
//!
//! `cargo run --release -p redress-triage --example classify -- <policy dir> <file.csv[.gz]>
//! <text columns, comma separated> [label column] [category to show the texts of]`

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redress_policy::Policy;
use redress_triage::{Assessment, Facts, Triage};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, file, columns, rest @ ..] = arguments.as_slice() else {
        return Err("give: policy folder, CSV file, text columns".into());
    };
    let triage = Triage::new(Arc::new(Policy::parse(&policy_files(Path::new(folder))?)?));
    let mut rows = csv::Reader::from_reader(open(file)?);
    let header = rows.headers()?.clone();
    let column = |name: &str| header.iter().position(|h| h == name);
    let texts: Vec<usize> = columns.split(',').filter_map(column).collect();
    let label = rest.first().and_then(|name| column(name));
    let mut tally = Tally::default();
    for row in rows.records() {
        let row = row?;
        let text = texts
            .iter()
            .map(|at| &row[*at])
            .collect::<Vec<_>>()
            .join("。");
        let started = Instant::now();
        let assessment = triage.assess(&Facts {
            text: &text,
            channel: "web",
            ..Facts::default()
        });
        tally.took += started.elapsed();
        tally.bytes += text.len();
        if rest
            .get(1)
            .is_some_and(|shown| assessment.category == *shown.as_str())
        {
            let keywords: Vec<_> = assessment
                .reasons
                .iter()
                .flat_map(|r| &r.keywords)
                .collect();
            println!(
                "{keywords:?} {}",
                text.chars().take(160).collect::<String>()
            );
        }
        tally.add(&assessment, label.map_or("", |at| &row[at]));
    }
    tally.print();
    Ok(())
}

#[derive(Default)]
struct Tally {
    took: Duration,
    bytes: usize,
    rows: u32,
    counts: BTreeMap<String, u32>,
}

impl Tally {
    fn add(&mut self, assessment: &Assessment, label: &str) {
        self.rows += 1;
        let keys = [
            format!("category {} <- {label}", assessment.category),
            format!("urgency {}", assessment.urgency),
            format!("severity {}", assessment.severity),
            format!("wide {}", assessment.wide_impact),
        ];
        for key in keys {
            *self.counts.entry(key).or_default() += 1;
        }
    }

    fn print(&self) {
        for (key, count) in &self.counts {
            println!(
                "{count:6} {:5.1}% {key}",
                f64::from(*count) * 100.0 / f64::from(self.rows)
            );
        }
        let each = self.took.as_secs_f64() * 1e6 / f64::from(self.rows.max(1));
        let size = self.bytes / self.rows.max(1) as usize;
        println!("{} rows, {size} bytes each, {each:.2} µs each", self.rows);
    }
}

fn open(file: &str) -> Result<Box<dyn Read>, Box<dyn Error>> {
    let plain = std::fs::File::open(file)?;
    let packed = Path::new(file).extension().is_some_and(|e| e == "gz");
    Ok(if packed {
        Box::new(flate2::read::GzDecoder::new(plain))
    } else {
        Box::new(plain)
    })
}

fn policy_files(folder: &Path) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                let name = path
                    .strip_prefix(folder)?
                    .to_string_lossy()
                    .replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path)?);
            }
        }
    }
    Ok(files)
}
