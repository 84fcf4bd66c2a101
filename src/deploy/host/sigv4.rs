//! AWS Signature Version 4, which OSS, COS, OBS and every S3-compatible store understand.
//!
//! Pure: time and keys come in, headers go out. Tried against the published examples.

use crate::deploy::manifest::hex;
use sha2::{Digest as _, Sha256};

/// Who signs.
#[derive(Clone)]
pub struct Keys {
    /// The public part.
    pub id: String,
    /// The secret part.
    pub secret: String,
    /// For keys that run out.
    pub session: Option<String>,
}

/// Secrets are never shown.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A request to sign.
#[derive(Clone, Debug)]
pub struct Unsigned<'a> {
    /// `PUT`, `GET` …
    pub method: &'a str,
    /// The host, with its port if it is not the usual one.
    pub host: &'a str,
    /// The path, encoded.
    pub path: &'a str,
    /// The query, encoded and sorted.
    pub query: &'a str,
    /// Further headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The SHA-256 of the body in hexadecimal.
    pub payload: &'a str,
}

/// The headers to send, `authorization` last. `time` is `20261123T034500Z`.
pub fn sign(request: &Unsigned<'_>, keys: &Keys, region: &str, time: &str) -> Vec<(String, String)> {
    let mut headers = request.headers.clone();
    headers.push(("host".to_owned(), request.host.to_owned()));
    headers.push(("x-amz-content-sha256".to_owned(), request.payload.to_owned()));
    headers.push(("x-amz-date".to_owned(), time.to_owned()));
    if let Some(session) = &keys.session {
        headers.push(("x-amz-security-token".to_owned(), session.clone()));
    }
    headers.sort();
    let canonical: String = headers
        .iter()
        .map(|(name, value)| format!("{name}:{}\n", value.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect();
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(";");
    let Unsigned { method, path, query, payload, .. } = request;
    let canonical = format!("{method}\n{path}\n{query}\n{canonical}\n{names}\n{payload}");
    let day = time.get(..8).unwrap_or_default();
    let scope = format!("{day}/{region}/s3/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
    let mut key = hmac(format!("AWS4{}", keys.secret).as_bytes(), day.as_bytes());
    for part in [region, "s3", "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    let signature = hex(&hmac(&key, text.as_bytes()));
    let id = &keys.id;
    let value =
        format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
    // The client writes this one itself.
    headers.retain(|(name, _)| name != "host");
    headers.push(("authorization".to_owned(), value));
    headers
}

/// HMAC-SHA-256 (RFC 2104).
pub fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 64];
    let short = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
    block.iter_mut().zip(short).for_each(|(to, from)| *to = from);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let of = |key: &[u8], text: &[u8]| hex(&hmac(key, text));
        assert_eq!(
            of(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            of(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    /// The example “GET Object” of Amazon's description of Signature Version 4.
    #[test]
    fn a_request_is_signed_as_amazon_does() {
        let empty = hex(&Sha256::digest(b""));
        let request = Unsigned {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/test.txt",
            query: "",
            headers: vec![("range".to_owned(), "bytes=0-9".to_owned())],
            payload: &empty,
        };
        let keys = Keys {
            id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            session: None,
        };
        let headers = sign(&request, &keys, "us-east-1", "20130524T000000Z");
        let (_, value) = headers.last().unwrap();
        assert!(
            value.ends_with("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            "{value}"
        );
        assert!(!format!("{keys:?}").contains("wJalr"));
    }
}
