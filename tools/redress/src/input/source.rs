//! Files of text, plain or compressed.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, stdin},
    path::Path,
};

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How the complaints of a file are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    JsonLines,
    Csv,
}

/// The format by the file's name; standard input is JSON lines.
pub(crate) fn format_of(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_str()?.to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.').map_or(name, |(_, ending)| ending) {
        "json" => Some(Format::Json),
        "jsonl" | "ndjson" | "-" => Some(Format::JsonLines),
        "csv" => Some(Format::Csv),
        _ => None,
    }
}

/// Opens a file, or standard input for `-`; decompresses what is compressed.
pub(crate) fn open_text(path: &Path) -> anyhow::Result<Box<dyn BufRead + Send>> {
    let raw: Box<dyn Read + Send> = if path.as_os_str() == "-" {
        Box::new(stdin())
    } else {
        let file = File::open(path);
        Box::new(file.with_context(|| format!("{} cannot be read", path.display()))?)
    };
    let mut raw = BufReader::with_capacity(1 << 16, raw);
    if raw.fill_buf()?.starts_with(&GZIP) {
        return Ok(Box::new(BufReader::with_capacity(
            1 << 16,
            MultiGzDecoder::new(raw),
        )));
    }
    Ok(Box::new(raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_format() {
        let format = |name: &str| format_of(Path::new(name));
        assert_eq!(format("a/b.dev.csv.gz"), Some(Format::Csv));
        assert_eq!(format("x.JSONL"), Some(Format::JsonLines));
        assert_eq!(format("-"), Some(Format::JsonLines));
        assert_eq!(format("x.json"), Some(Format::Json));
        assert_eq!(format("x.txt"), None);
    }
}
