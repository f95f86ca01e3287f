//! Files that a person drops or picks: read, checked by the worker, loaded, and said to be either.

use super::Driver;
use crate::edge::file;
use crate::state::Severity;
use protocol::{Failure, Reply, Request, Words, limits};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

impl Driver {
    pub(super) fn load_files(self: &Rc<Self>, files: Vec<File>) {
        for file in files {
            let driver = Rc::clone(self);
            spawn_local(async move { driver.load_file(file).await });
        }
    }

    async fn load_file(self: &Rc<Self>, file: File) {
        let name = file.name();
        if name.ends_with(".erl") || name.ends_with(".hrl") {
            return self.take_source(&name, &file).await;
        }
        let refused = format!("{name} was not loaded");
        // Its size is known before a byte is read.
        if let Err(failure) = limits::check_file(&name, file.size() as usize) {
            self.turn_away(slo::Operation::Load, &failure);
            return self.say(Severity::Warning, &refused, &Words::failure(&failure));
        }
        let Ok(bytes) = file::read(&file).await else {
            let words = "The browser could not read it. Pick it again.";
            return self.say(Severity::Warning, &refused, words);
        };
        let driver = Rc::clone(self);
        self.request(
            Request::Load {
                name: name.clone(),
                force: false,
            },
            limits::CALL_TIMEOUT_MS,
            Some(slo::Operation::Load),
            Some(&bytes),
            move |outcome| driver.tell_loaded(&name, &refused, outcome),
        );
    }

    /// A source becomes a file of the page and is opened in the editor.
    async fn take_source(self: &Rc<Self>, name: &str, file: &File) {
        let title = format!("{name} was not opened");
        if file.size() > limits::PAYLOAD_BYTES as f64 {
            let words = format!(
                "At most {} bytes of source can be compiled.",
                limits::PAYLOAD_BYTES
            );
            return self.say(Severity::Warning, &title, &words);
        }
        let Ok(bytes) = file::read(file).await else {
            let words = "The browser could not read it. Pick it again.";
            return self.say(Severity::Warning, &title, words);
        };
        match String::from_utf8(js_sys::Uint8Array::new(&bytes).to_vec()) {
            Ok(text) => self.open_source(name, &text),
            Err(_) => {
                let words = "It is no text in UTF-8.";
                self.say(Severity::Warning, &title, words);
            }
        }
    }

    fn tell_loaded(&self, name: &str, refused: &str, outcome: Result<Reply, Failure>) {
        match outcome {
            Ok(Reply::Loaded { modules }) => {
                let words = format!("Loaded: {}", modules.join(", "));
                self.say(Severity::Info, &format!("{name} is in the VM"), &words);
            }
            Ok(_) => {}
            Err(failure) => self.say(Severity::Warning, refused, &Words::failure(&failure)),
        }
    }
}
