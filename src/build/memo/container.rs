//! The form of a file that only the same program may read: header, postcard, and behind that what is read a piece at a time.
//!
//! Nothing is decoded before the checksum of all holds, so a damaged length can never ask for memory.

use crate::digest::{Checksum, Digest, Sum as _, Summing};
use crate::files::Stored;
use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"YICUN\x1a\r\n";
const VERSION: u32 = 2;
/// Magic, version, build id, length of the value, length of the rest, checksum of both.
const HEADER: usize = 8 + 4 + 16 + 8 + 8 + 16;
/// So much of the rest is looked at at once.
const PIECE: u64 = 1 << 16;

/// What a container held.
#[derive(Debug, PartialEq, Eq)]
pub enum Loaded<T> {
    /// What was sealed.
    Value(T),
    /// Sealed by another build of the program.
    Foreign,
    /// Not what was sealed.
    Damaged,
}

/// Writes `value` as a container; it goes through in pieces, so it is never in memory as a whole.
pub fn seal(file: &mut (impl Write + Seek), build_id: &Digest, value: &impl Serialize) -> io::Result<()> {
    seal_with(file, build_id, value, |_| Ok(()))
}

/// The same with what `rest` writes behind it.
pub fn seal_with(
    file: &mut (impl Write + Seek),
    build_id: &Digest,
    value: &impl Serialize,
    rest: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    file.seek(SeekFrom::Start(HEADER as u64))?;
    let mut buffer = BufWriter::with_capacity(1 << 16, Summing::<_, Checksum>::new(&mut *file));
    postcard::to_io(value, &mut buffer).map_err(io::Error::other)?;
    buffer.flush()?;
    let size = buffer.get_ref().size();
    rest(&mut buffer)?;
    let sink = buffer.into_inner().map_err(io::IntoInnerError::into_error)?;
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(build_id.bytes());
    header.extend_from_slice(&size.to_le_bytes());
    header.extend_from_slice(&(sink.size() - size).to_le_bytes());
    header.extend_from_slice(sink.digest().bytes());
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header)
}

/// Reads a container that is in memory.
pub fn open<T: DeserializeOwned>(bytes: &[u8], build_id: &Digest) -> Loaded<T> {
    let head = match Head::read(bytes, build_id) {
        Loaded::Value(head) => head,
        Loaded::Foreign => return Loaded::Foreign,
        Loaded::Damaged => return Loaded::Damaged,
    };
    let inside = &bytes[HEADER..];
    match head.value_in(inside.len() as u64) {
        Some(value) if Digest::checksum(inside) == head.sum => decoded(&inside[..value]),
        _ => Loaded::Damaged,
    }
}

/// What a file held whose rest was left there.
#[derive(Debug)]
pub struct Opened<T> {
    /// What was sealed.
    pub value: T,
    /// What tells the file from any other: the digest of its head, which holds the checksum of the rest.
    pub name: Digest,
    /// The file.
    pub stored: Arc<Stored>,
    /// Where in it the rest stands.
    pub rest: Range<u64>,
}

/// Reads a container, of which only the value comes into memory.
pub fn open_stored<T: DeserializeOwned>(stored: Stored, build_id: &Digest) -> Loaded<Opened<T>> {
    let stored = Arc::new(stored);
    let opened = || {
        let header = stored.get(&(0..(HEADER as u64).min(stored.size())))?;
        let head = match Head::read(&header, build_id) {
            Loaded::Value(head) => head,
            Loaded::Foreign => return Some(Loaded::Foreign),
            Loaded::Damaged => return None,
        };
        let start = HEADER as u64;
        let rest = start + head.value_in(stored.size() - start)? as u64..stored.size();
        let value = stored.get(&(start..rest.start))?;
        let mut sum = Checksum::default();
        sum.add(&value);
        let mut at = rest.start;
        while at < rest.end {
            let end = rest.end.min(at + PIECE);
            sum.add(&stored.get(&(at..end))?);
            at = end;
        }
        if sum.digest() != head.sum {
            return None;
        }
        let Loaded::Value(value) = decoded(&value) else { return None };
        let (name, stored) = (Digest::of(&header), Arc::clone(&stored));
        Some(Loaded::Value(Opened { value, name, stored, rest }))
    };
    opened().unwrap_or(Loaded::Damaged)
}

/// What a header says.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    value: u64,
    rest: u64,
    sum: Digest,
}

impl Head {
    /// Of a file that begins with `bytes`.
    fn read(bytes: &[u8], build_id: &Digest) -> Loaded<Self> {
        let head = || {
            let rest = bytes.get(..HEADER)?.strip_prefix(MAGIC)?;
            let (version, rest) = rest.split_first_chunk::<4>()?;
            let (id, rest) = rest.split_first_chunk::<16>()?;
            let (value, rest) = rest.split_first_chunk::<8>()?;
            let (more, sum) = rest.split_first_chunk::<8>()?;
            if *version != VERSION.to_le_bytes() || id != build_id.bytes() {
                return Some(Loaded::Foreign);
            }
            let sum = Digest::from_bytes(sum.try_into().ok()?);
            let (value, rest) = (u64::from_le_bytes(*value), u64::from_le_bytes(*more));
            Some(Loaded::Value(Head { value, rest, sum }))
        };
        head().unwrap_or(Loaded::Damaged)
    }

    /// How long the value is, if `total` bytes are what follows the header.
    fn value_in(&self, total: u64) -> Option<usize> {
        if self.value.checked_add(self.rest)? == total { usize::try_from(self.value).ok() } else { None }
    }
}

fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> Loaded<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Loaded::Value(value),
        _ => Loaded::Damaged,
    }
}
