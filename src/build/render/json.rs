//! The filter `json`: any value as JSON that can stand inside `<script type="application/ld+json">`.
//!
//! `<`, `>`, `&` and the two line separators that old scripts take for line ends are escaped, so that no text of an
//! article can end the element. Keys keep their order.

use tera::{Error, Kwargs, State, TeraResult, Value};

/// The filter that templates call; its result is safe in markup.
pub fn json(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    if value.is_undefined() {
        return Err(Error::message("json: there is no such value"));
    }
    let plain = serde_json::to_string(value).map_err(|error| Error::message(format!("json: {error}")))?;
    let mut safe = String::with_capacity(plain.len());
    for character in plain.chars() {
        match character {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            character => safe.push(character),
        }
    }
    Ok(Value::safe_string(&safe))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tera::{Context, Tera};

    fn rendered(value: &serde_json::Value) -> String {
        let mut tera = Tera::new();
        tera.autoescape_on([".html"]);
        tera.register_filter("json", json);
        tera.add_raw_template("a.html", "{{ value | json }}").unwrap();
        let mut context = Context::new();
        context.insert("value", value);
        tera.render("a.html", &context).unwrap()
    }

    #[test]
    fn no_text_ends_a_script() {
        let text = rendered(
            &serde_json::json!({"a": "</script><!-- & \u{2028}\u{2029} \" \\ 村\n", "b": [1, null, true, 0.5]}),
        );
        assert_eq!(
            text,
            r#"{"a":"\u003c/script\u003e\u003c!-- \u0026 \u2028\u2029 \" \\ 村\n","b":[1,null,true,0.5]}"#
        );
    }

    #[test]
    fn what_is_read_again_is_what_was_written() {
        for value in [
            serde_json::json!({}),
            serde_json::json!("<>&"),
            serde_json::json!([[], {"庆乐村": {"x": -1.5e300}}]),
            serde_json::json!(u64::MAX),
        ] {
            let text = rendered(&value);
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value, "{text}");
        }
    }

    #[test]
    fn maps_written_in_a_template_are_json() {
        let mut tera = Tera::new();
        tera.autoescape_on([".html"]);
        tera.register_filter("json", json);
        let text = "{{ {\"@type\": \"Article\", \"name\": name, \"image\": none} | json }}";
        tera.add_raw_template("a.html", text).unwrap();
        let mut context = Context::new();
        context.insert("name", "a\"b");
        assert_eq!(
            tera.render("a.html", &context).unwrap(),
            r#"{"@type":"Article","name":"a\"b","image":null}"#
        );
    }
}
