//! Packed forms of files, for servers that look for `a.html.br` and `a.html.gz` beside `a.html`.
//!
//! The same bytes give the same packed bytes: no time and no name is written into them.

use std::io::Write as _;

/// gzip at its smallest.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    out.extend(miniz_oxide::deflate::compress_to_vec(bytes, 9));
    out.extend(crc32fast::hash(bytes).to_le_bytes());
    // The form keeps the length modulo 2³².
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

/// Brotli, nearly at its smallest: the last step costs ten times the time for a few per cent.
pub fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 1 << 16, 9, 20);
    // Writing to memory cannot fail.
    _ = writer.write_all(bytes);
    drop(writer);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn packed_bytes_unpack_to_the_same() {
        let text = "一村一品，一村一景。".repeat(500);
        let mut back = String::new();
        flate2::read::GzDecoder::new(gzip(text.as_bytes()).as_slice()).read_to_string(&mut back).unwrap();
        assert_eq!(back, text);
        let mut back = String::new();
        brotli::Decompressor::new(brotli(text.as_bytes()).as_slice(), 4096)
            .read_to_string(&mut back)
            .unwrap();
        assert_eq!(back, text);
        assert_eq!(gzip(b"a"), gzip(b"a"));
    }
}
