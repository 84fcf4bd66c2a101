//! A ZIP archive in memory: the names in it and the text of one of them.
//!
//! Only what workbooks need: stored and deflated entries. Every number in the archive is distrusted: what points
//! outside, is damaged, or unpacks to more than the budget is a [`Fault`], never a panic and never much memory.

use crate::files::decode;

/// Bytes that all entries together may unpack to.
const BUDGET: usize = 128 << 20;

/// Why nothing can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// These bytes are no archive.
    NotAnArchive,
    /// Something points nowhere, or does not unpack.
    Damaged,
    /// It unpacks to more than anyone's table.
    TooLarge,
    /// A password is needed.
    Encrypted,
}

/// An opened archive.
pub struct Archive<'b> {
    bytes: &'b [u8],
    entries: Vec<Entry>,
    budget: usize,
}

struct Entry {
    /// With `/`, in lower case.
    name: String,
    encrypted: bool,
    method: u16,
    packed: u64,
    offset: u64,
}

impl<'b> Archive<'b> {
    /// Reads the directory at the end of the archive.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        let tail = bytes.len().saturating_sub(22 + 0xFFFF);
        let end = memchr::memmem::rfind(bytes.get(tail..).unwrap_or_default(), b"PK\x05\x06")
            .map(|at| tail + at)
            .ok_or(Fault::NotAnArchive)?;
        let (mut count, mut at) = (u64::from(u16_at(bytes, end + 10)?), u64::from(u32_at(bytes, end + 16)?));
        if (count == 0xFFFF || at == 0xFFFF_FFFF)
            && let Some(locator) = end.checked_sub(20).filter(|at| signed(bytes, *at, b"PK\x06\x07"))
        {
            let wide = usize::try_from(u64_at(bytes, locator + 8)?).map_err(|_| Fault::Damaged)?;
            (count, at) = (u64_at(bytes, offset(wide, 32)?)?, u64_at(bytes, offset(wide, 48)?)?);
        }
        let mut at = usize::try_from(at).map_err(|_| Fault::Damaged)?;
        let mut entries = Vec::new();
        for _ in 0..count.min(10_000) {
            let (entry, next) = Entry::read(bytes, at)?;
            entries.push(entry);
            at = next;
        }
        Ok(Archive { bytes, entries, budget: BUDGET })
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        let name = name.to_ascii_lowercase();
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The text of an entry, if it is there.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        if entry.encrypted {
            return Err(Fault::Encrypted);
        }
        let start = usize::try_from(entry.offset).map_err(|_| Fault::Damaged)?;
        if !signed(self.bytes, start, b"PK\x03\x04") {
            return Err(Fault::Damaged);
        }
        let names = usize::from(u16_at(self.bytes, start + 26)?);
        let extra = usize::from(u16_at(self.bytes, start + 28)?);
        let start = start + 30 + names + extra;
        let end = usize::try_from(entry.packed).ok().and_then(|packed| start.checked_add(packed));
        let packed = end.and_then(|end| self.bytes.get(start..end)).ok_or(Fault::Damaged)?;
        let unpacked = match entry.method {
            0 if packed.len() <= self.budget => packed.to_vec(),
            0 => return Err(Fault::TooLarge),
            8 => {
                let limit = self.budget;
                miniz_oxide::inflate::decompress_to_vec_with_limit(packed, limit).map_err(|error| {
                    use miniz_oxide::inflate::TINFLStatus::HasMoreOutput;
                    if error.status == HasMoreOutput { Fault::TooLarge } else { Fault::Damaged }
                })?
            }
            _ => return Err(Fault::Damaged),
        };
        self.budget = self.budget.saturating_sub(unpacked.len());
        Ok(Some(decode(&unpacked).text.into_owned()))
    }
}

impl Entry {
    /// The entry of the directory at `at`, and where the next one begins.
    fn read(bytes: &[u8], at: usize) -> Result<(Entry, usize), Fault> {
        if !signed(bytes, at, b"PK\x01\x02") {
            return Err(Fault::Damaged);
        }
        let length = |field: usize| Ok::<usize, Fault>(usize::from(u16_at(bytes, at + field)?));
        let (names, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let name = bytes.get(at + 46..at + 46 + names).ok_or(Fault::Damaged)?;
        let extras = bytes.get(at + 46 + names..at + 46 + names + extra).ok_or(Fault::Damaged)?;
        let mut wide = wide_numbers(extras);
        let mut number = |field: usize| {
            let short = u32_at(bytes, at + field)?;
            if short == u32::MAX { wide.next().ok_or(Fault::Damaged) } else { Ok(u64::from(short)) }
        };
        // The long forms stand in this order, each only where the short one is full.
        let _unpacked = number(24)?;
        let (packed, offset) = (number(20)?, number(42)?);
        let entry = Entry {
            name: String::from_utf8_lossy(name).replace('\\', "/").to_ascii_lowercase(),
            encrypted: u16_at(bytes, at + 8)? & 1 == 1,
            method: u16_at(bytes, at + 10)?,
            packed,
            offset,
        };
        Ok((entry, at + 46 + names + extra + comment))
    }
}

/// The long numbers of an entry, in its extra field 1.
fn wide_numbers(mut extras: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let mut numbers: &[u8] = &[];
    while let (Ok(id), Ok(length)) = (u16_at(extras, 0), u16_at(extras, 2)) {
        let Some(data) = extras.get(4..4 + usize::from(length)) else { break };
        if id == 1 {
            numbers = data;
        }
        extras = extras.get(4 + usize::from(length)..).unwrap_or_default();
    }
    numbers.chunks_exact(8).filter_map(|bytes| u64_at(bytes, 0).ok())
}

fn offset(start: usize, more: usize) -> Result<usize, Fault> {
    start.checked_add(more).ok_or(Fault::Damaged)
}

fn signed(bytes: &[u8], at: usize, signature: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(signature))
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Fault> {
    let end = offset(at, N)?;
    bytes.get(at..end).and_then(|piece| piece.try_into().ok()).ok_or(Fault::Damaged)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Fault> {
    number(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Fault> {
    number(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64, Fault> {
    number(bytes, at).map(u64::from_le_bytes)
}
