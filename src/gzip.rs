//! gzip: bytes → one member of the format (RFC 1952), without name and time, so that equal bytes pack to equal bytes.

use miniz_oxide::deflate::compress_to_vec;

/// How hard to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// For a short way: quick rather than small.
    Quick,
    /// For what is packed once and sent often.
    Best,
}

/// `bytes` as a gzip file.
pub fn gzip(bytes: &[u8], effort: Effort) -> Vec<u8> {
    let (level, hint) = match effort {
        Effort::Quick => (1, 4),
        Effort::Best => (9, 2),
    };
    // Magic number, deflate, no flags, no time, how hard it was tried, system unknown.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, hint, 255];
    out.extend(compress_to_vec(bytes, level));
    out.extend(crc32fast::hash(bytes).to_le_bytes());
    // The format says: the size modulo 2³².
    out.extend((bytes.len() as u64).to_le_bytes().into_iter().take(4));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn other_programs_unpack_it() {
        for text in ["", "村", &"中国共产党".repeat(5000)] {
            for effort in [Effort::Quick, Effort::Best] {
                let packed = gzip(text.as_bytes(), effort);
                let mut unpacked = String::new();
                flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut unpacked).unwrap();
                assert_eq!(unpacked, text);
                assert_eq!(gzip(text.as_bytes(), effort), packed);
            }
        }
    }
}
