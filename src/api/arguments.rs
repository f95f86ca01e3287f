//! What embedders pass in, read and checked. Nothing here coerces: what is not what it must be is said
//! to be so.

use crate::driver::Topic;
use crate::edge::assets;
use js_sys::{ArrayBuffer, Function, JSON, JsString, Reflect, Uint8Array};
use protocol::{Failure, Fault, limits};
use wasm_bindgen::prelude::*;

fn bad(argument: &str, fault: Fault) -> Failure {
    Failure::BadArgument {
        argument: argument.to_owned(),
        fault,
    }
}

/// Any text.
pub fn text(argument: &str, value: &JsValue) -> Result<String, Failure> {
    let text = value.dyn_ref::<JsString>();
    let text = text.ok_or_else(|| bad(argument, Fault::NotText))?;
    // A text has at least as many bytes as characters, so that one too long is not even copied.
    let limit = limits::PAYLOAD_BYTES as u32;
    if text.length() > limit {
        return Err(Failure::TooLarge {
            argument: argument.to_owned(),
            bytes: text.length().into(),
            limit_bytes: limit.into(),
        });
    }
    Ok(String::from(text))
}

/// A registered name.
pub fn name(argument: &str, value: &JsValue) -> Result<String, Failure> {
    let name = text(argument, value)?;
    limits::check_name(argument, &name)?;
    Ok(name)
}

/// Erlang source.
pub fn source(argument: &str, value: &JsValue) -> Result<String, Failure> {
    let source = text(argument, value)?;
    limits::check_source(argument, &source)?;
    Ok(source)
}

/// Any value that can be written as JSON, as its JSON text. That stays where it is: only what may break
/// a rule is looked at closely.
pub fn json(argument: &str, value: &JsValue) -> Result<JsString, Failure> {
    let json = JSON::stringify(value).map_err(|_| bad(argument, Fault::NotJson))?;
    // A function or nothing at all has no JSON, and says so without throwing.
    let json: JsString = JsValue::from(json)
        .dyn_into()
        .map_err(|_| bad(argument, Fault::NotJson))?;
    // A unit of UTF-16 takes at most three bytes of UTF-8.
    let may_be_too_large = json.length() > limits::PAYLOAD_BYTES as u32 / 3;
    if may_be_too_large || json.includes("\\u0000", 0) {
        limits::check_payload(argument, &text(argument, &json)?)?;
    }
    Ok(json)
}

/// The bytes of a file, in a buffer that may be given away.
pub fn bytes(argument: &str, value: &JsValue) -> Result<ArrayBuffer, Failure> {
    let not_bytes = || bad(argument, Fault::NotBytes);
    let view = match value.dyn_ref::<ArrayBuffer>() {
        Some(buffer) => Uint8Array::new(buffer),
        None if ArrayBuffer::is_view(value) => {
            let number = |field: &str| {
                let number = Reflect::get(value, &field.into()).ok()?.as_f64()?;
                Some(number as u32)
            };
            let buffer = Reflect::get(value, &"buffer".into()).map_err(|_| not_bytes())?;
            let offset = number("byteOffset").ok_or_else(not_bytes)?;
            let length = number("byteLength").ok_or_else(not_bytes)?;
            Uint8Array::new_with_byte_offset_and_length(&buffer, offset, length)
        }
        None => return Err(not_bytes()),
    };
    limits::check_file(argument, view.length() as usize)?;
    // The caller keeps what is the caller's: the copy is what travels.
    Ok(Uint8Array::new_from_slice(&view.to_vec()).buffer())
}

/// The file at an address of the site.
pub async fn fetch(url: &str) -> Result<ArrayBuffer, Failure> {
    match assets::fetch_unlisted(url, |_| {}).await {
        Ok(bytes) => Ok(bytes),
        Err(problem) => Err(bad(
            "url",
            Fault::Unfetchable {
                reason: problem.to_string(),
            },
        )),
    }
}

/// The deadline in `options.timeoutMs`, if there is one.
pub fn timeout(options: &JsValue, usual_ms: u32) -> Result<u32, Failure> {
    if options.is_undefined() || options.is_null() {
        return Ok(usual_ms);
    }
    let timeout_ms = Reflect::get(options, &"timeoutMs".into()).unwrap_or(JsValue::UNDEFINED);
    if timeout_ms.is_undefined() {
        return Ok(usual_ms);
    }
    limits::check_timeout("timeoutMs", timeout_ms.as_f64().unwrap_or(f64::NAN))
}

/// An option that is a text, if it is there.
pub fn word(name: &str, options: &JsValue) -> Result<Option<String>, Failure> {
    match option(name, options) {
        None => Ok(None),
        Some(value) => self::name(name, &value).map(Some),
    }
}

/// An option that is on or off; off if it is not there.
pub fn flag(name: &str, options: &JsValue) -> Result<bool, Failure> {
    match option(name, options) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| bad(name, Fault::NotABoolean)),
    }
}

fn option(name: &str, options: &JsValue) -> Option<JsValue> {
    if options.is_undefined() || options.is_null() {
        return None;
    }
    let value = Reflect::get(options, &name.into()).ok()?;
    (!value.is_undefined()).then_some(value)
}

/// What can be listened to.
pub fn event(argument: &str, value: &JsValue) -> Result<Topic, Failure> {
    let word = value.as_string().as_deref().and_then(Topic::of);
    word.ok_or_else(|| bad(argument, Fault::NotAnEvent))
}

/// A function.
pub fn function(argument: &str, value: &JsValue) -> Result<Function, Failure> {
    let function = value.dyn_ref::<Function>().cloned();
    function.ok_or_else(|| bad(argument, Fault::NotAFunction))
}
