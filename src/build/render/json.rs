//! The filter `json`: a value as JSON that may stand inside `<script type="application/ld+json">` and in a JSON feed.

use tera::{Error, Kwargs, State, TeraResult, Value};

/// A value as JSON, marked as safe: what HTML could take for the end of a script, or a script for the end of a line, is
/// escaped.
pub fn json(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    let text = serde_json::to_string(value).map_err(|error| Error::message(error.to_string()))?;
    Ok(Value::safe_string(&escaped(&text)))
}

/// Inside JSON these characters stand only in strings, where `\u…` means the same.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_string_ends_a_script() {
        assert_eq!(escaped(r#""</script>&""#), r#""\u003c/script\u003e\u0026""#);
        assert_eq!(escaped("\"村\u{2028}\""), "\"村\\u2028\"");
    }
}
