//! The filter `qr`: an address as a QR code, drawn by the last pass over the page, when the address is known.

use crate::build::root::CODE;
use tera::{Error, Kwargs, State, TeraResult, Value};

/// The code of an address, marked as safe; of `none`, nothing.
pub fn qr(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    if value.is_none() {
        return Ok(Value::safe_string(""));
    }
    match value.as_str() {
        Some(text) => Ok(Value::safe_string(&format!("{CODE}{text}{CODE}"))),
        None => Err(Error::message(format!("qr: must be an address, not {}", value.name()))),
    }
}
