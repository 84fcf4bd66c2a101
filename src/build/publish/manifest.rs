//! The manifest: what is published, in the output itself, so that it travels with it.
//!
//! A JSON file with one line a file, sorted: equal outputs have equal manifests, and differences read well.

use super::location::is_fit;
use super::record::Entry;
use crate::digest::{Contents, Digest, Marks, Summing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

/// The name of the manifest in the output.
pub const MANIFEST: &str = ".yicun-manifest.json";

#[derive(Deserialize)]
struct Form {
    yicun: u32,
    files: BTreeMap<String, Line>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    size: u64,
    /// The first 128 bits, in hexadecimal.
    blake3: String,
}

/// Writes the manifest of these files, which are sorted, and says its size and digest. It is as long as all paths together,
/// so it goes out in pieces.
pub(super) fn write(entries: &[Entry], out: impl Write) -> io::Result<(u64, Digest)> {
    let mut out = BufWriter::with_capacity(1 << 16, Summing::<_, Contents>::new(out));
    out.write_all(b"{\"yicun\":1,\"files\":{")?;
    // Line by line: a writer that is asked for every piece of one takes longer than all the rest.
    let mut line = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        line.clear();
        line.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut line, &*entry.path)?;
        line.extend_from_slice(b":{\"size\":");
        serde_json::to_writer(&mut line, &entry.size)?;
        line.extend_from_slice(b",\"blake3\":\"");
        line.extend_from_slice(&entry.content.digits());
        line.extend_from_slice(b"\"}");
        out.write_all(&line)?;
    }
    out.write_all(b"\n}}\n")?;
    let sum = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok((sum.size(), sum.digest()))
}

/// The files in a manifest, sorted; nothing when it is not one of ours.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Entry>> {
    let form: Form = serde_json::from_slice(bytes).ok()?;
    if form.yicun != 1 {
        return None;
    }
    form.files
        .into_iter()
        .map(|(path, line)| {
            let content = digest(&line.blake3)?;
            is_fit(&path).then(|| Entry {
                path: path.into(),
                size: line.size,
                content,
                key: None,
                marks: Marks::default(),
                stamp: None,
            })
        })
        .collect()
}

/// A digest from its 32 characters.
fn digest(text: &str) -> Option<Digest> {
    let mut bytes = [0u8; 16];
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(Digest::from_bytes(bytes))
}
