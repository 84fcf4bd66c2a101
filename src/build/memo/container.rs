//! The form of a file that only the same program may read: header, checksum, postcard.
//!
//! Nothing is decoded before the checksum holds, so a damaged length can never ask for memory.

use crate::digest::{Checksum, Digest, Summing};
use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

const MAGIC: &[u8; 8] = b"YICUN\x1a\r\n";
const VERSION: u32 = 2;
/// Magic, version, build id, length of the payload, its checksum.
const HEADER: usize = 8 + 4 + 16 + 8 + 16;

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

/// Writes `value` as a container; the payload goes through in pieces, so it is never in memory as a whole.
pub fn seal(file: &mut (impl Write + Seek), build_id: &Digest, value: &impl Serialize) -> io::Result<()> {
    file.seek(SeekFrom::Start(HEADER as u64))?;
    let mut buffer = BufWriter::with_capacity(1 << 16, Summing::<_, Checksum>::new(&mut *file));
    postcard::to_io(value, &mut buffer).map_err(io::Error::other)?;
    let sink = buffer.into_inner().map_err(io::IntoInnerError::into_error)?;
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(build_id.bytes());
    header.extend_from_slice(&sink.size().to_le_bytes());
    header.extend_from_slice(sink.digest().bytes());
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header)
}

/// Reads a container.
pub fn open<T: DeserializeOwned>(bytes: &[u8], build_id: &Digest) -> Loaded<T> {
    match payload(bytes, build_id) {
        Loaded::Value(payload) => match postcard::take_from_bytes(payload) {
            Ok((value, [])) => Loaded::Value(value),
            _ => Loaded::Damaged,
        },
        Loaded::Foreign => Loaded::Foreign,
        Loaded::Damaged => Loaded::Damaged,
    }
}

/// What tells a container from any other: the digest of its head, which holds the checksum of the rest.
pub fn name(bytes: &[u8]) -> Digest {
    Digest::of(bytes.get(..HEADER).unwrap_or(bytes))
}

fn payload<'a>(bytes: &'a [u8], build_id: &Digest) -> Loaded<&'a [u8]> {
    let Some((header, payload)) = bytes.split_at_checked(HEADER) else { return Loaded::Damaged };
    let Some(header) = header.strip_prefix(MAGIC) else { return Loaded::Damaged };
    let (version, header) = header.split_at(4);
    let (id, header) = header.split_at(16);
    let (size, sum) = header.split_at(8);
    if version != VERSION.to_le_bytes() || id != build_id.bytes() {
        return Loaded::Foreign;
    }
    if size != (payload.len() as u64).to_le_bytes() || sum != Digest::checksum(payload).bytes() {
        return Loaded::Damaged;
    }
    Loaded::Value(payload)
}
