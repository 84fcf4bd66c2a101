//! Packs text for the way to a phone: one gzip member, as every browser reads it.

use miniz_oxide::deflate::compress_to_vec;

/// Quick rather than small: the way is short.
const LEVEL: u8 = 1;

/// `bytes` as a gzip file.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    // Magic number, deflate, no name, no time, system unknown.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
    out.extend(compress_to_vec(bytes, LEVEL));
    out.extend(checksum(bytes).to_le_bytes());
    // The format says: the size modulo 2³².
    out.extend((bytes.len() as u64).to_le_bytes().into_iter().take(4));
    out
}

/// CRC-32 as gzip wants it.
fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let mut sum = !0u32;
    for byte in bytes {
        let [low, ..] = (sum ^ u32::from(*byte)).to_le_bytes();
        sum = TABLE[usize::from(low)] ^ (sum >> 8);
    }
    !sum
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut sum = at as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 };
            bit += 1;
        }
        table[at] = sum;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn other_programs_unpack_it() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
        for text in ["", "村", &"中国共产党".repeat(5000)] {
            let packed = gzip(text.as_bytes());
            let mut unpacked = String::new();
            flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut unpacked).unwrap();
            assert_eq!(unpacked, text);
        }
    }
}
