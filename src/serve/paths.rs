//! From the path of a request to the path of an output: decoded once, taken apart, and nothing that could mean more than
//! a name. What comes out is looked up among the outputs, never on the disk.

/// The path below the root; none when it can lead nowhere.
pub(super) fn below_root(path: &str) -> Option<String> {
    let path = decode(path)?;
    let inside = path.strip_prefix('/')?;
    let names = inside.strip_suffix('/').unwrap_or(inside);
    let plain = names.is_empty() && inside.is_empty() || names.split('/').all(is_plain);
    plain.then(|| inside.to_owned())
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(|c: char| c == '\\' || c.is_control())
}

/// Undoes percent-encoding; none when the result is no text or holds an encoded slash.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let value = u8::try_from(digit()? * 16 + digit()?).ok()?;
            if value == b'/' {
                return None;
            }
            bytes.push(value);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_are_decoded() {
        let cases = [
            ("/", ""),
            ("/a/", "a/"),
            ("/files/%E6%8A%A5%E5%91%8A.pdf", "files/报告.pdf"),
            ("/a%20b", "a b"),
        ];
        for (path, inside) in cases {
            assert_eq!(below_root(path).as_deref(), Some(inside), "{path}");
        }
    }

    #[test]
    fn tricks_lead_nowhere() {
        for path in [
            "",
            "x",
            "//",
            "//etc/passwd",
            "/../a",
            "/a/../../b",
            "/%2e%2e/a",
            "/..%2fa",
            "/..%5ca",
            "/a/./b",
            "/%00",
            "/a%0d%0ab",
            "/%",
            "/%zz",
            "/%ff",
        ] {
            assert_eq!(below_root(path), None, "{path}");
        }
    }
}
