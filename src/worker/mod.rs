//! The VM host: decodes a Command, calls AtomVM, posts an Event. Decides nothing; ids, deadlines and
//! restarts belong to the page.

mod boot;
mod calls;
mod ears;
mod file_system;
mod gate;
mod home;
mod host;
mod intake;
mod output;
mod post;
mod re;
mod vm;

use crate::edge::outbox;
use host::Host;
use js_sys::JsString;
use protocol::{Command, Event, Hello, PROTOCOL, decode};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

/// Listens, then says so: what is posted to a worker before it listens is lost.
pub fn run() {
    let host = Host::new();
    let ear = {
        let host = host.clone();
        Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            if let Err(reason) = obey(&host, &message.data()) {
                host.crash(&reason, None);
            }
        })
    };
    post::scope().set_onmessage(Some(ear.into_js_value().unchecked_ref()));
    host.watch_errors();
    post::post(&Event::Hello(Hello {
        protocol: PROTOCOL,
        build: crate::BUILD.to_owned(),
    }));
}

/// A message is a text with a command in each line or with calls of three fields each, or
/// `[text, ArrayBuffer]` with a command that carries bytes.
fn obey(host: &Rc<Host>, data: &JsValue) -> Result<(), String> {
    let (text, bytes) = match data.dyn_ref::<js_sys::Array>() {
        Some(pair) => (pair.get(0), pair.get(1).dyn_into().ok()),
        None => (data.clone(), None),
    };
    let text = text.dyn_into::<JsString>();
    let text = text.map_err(|_| "the page posted what is no text")?;
    if let Some(calls) = outbox::fields(&text) {
        host.call_all(&calls);
        return Ok(());
    }
    for line in String::from(text).lines() {
        let command: Command = decode(line).map_err(|undecodable| undecodable.to_string())?;
        if command.carries_bytes() != bytes.is_some() {
            return Err("the page posted a command without its bytes".to_owned());
        }
        host.perform(command, bytes.clone());
    }
    Ok(())
}
