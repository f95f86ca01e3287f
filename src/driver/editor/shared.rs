//! Programs in the page's address: made into a link when a person asks, and shown, never run, when the page was
//! opened with one.

use super::super::Driver;
use crate::edge::{clipboard, fragment};
use crate::state::{Link, Severity};
use leptos::prelude::*;
use share::{Program, Source};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// So many folders are looked at for one that is free.
const FOLDERS: usize = 100;

impl Driver {
    /// Shows the program in the page's address, if there is one.
    pub(super) fn open_fragment(self: &Rc<Self>) {
        let program = match share::decode(&fragment::read()) {
            None => return,
            Some(Err(error)) => {
                let title = "The shared program was not opened";
                return self.say(Severity::Warning, title, &error.to_string());
            }
            Some(Ok(program)) => program,
        };
        let folder = self.folder_for(&program);
        for file in &program.files {
            self.open_draft(format!("{folder}{}", file.name), file.text.clone());
        }
        // The first file is the one to look at.
        if let Some(first) = program.files.first() {
            self.open_document(&format!("{folder}{}", first.name));
        }
        self.state.editor.came_by_link.set(true);
    }

    /// Where a shared program goes: beside the person's own files if none of them has one of its names and
    /// another text, or else into a folder of its own.
    fn folder_for(&self, program: &Program) -> String {
        let is_free = |folder: &str| {
            program.files.iter().all(|file| {
                let there = self.document_text(&format!("{folder}{}", file.name));
                there.is_none_or(|text| text == file.text)
            })
        };
        let folders = (0..).map(|number| match number {
            0 => String::new(),
            1 => "shared/".to_owned(),
            number => format!("shared-{number}/"),
        });
        folders
            .take(FOLDERS)
            .find(|folder| is_free(folder))
            .unwrap_or_default()
    }

    /// Makes a link to the document in sight, or to all that are open.
    pub(super) fn share(self: &Rc<Self>, all: bool) {
        self.with_editor(|editor| editor.flush());
        let editor = self.state.editor;
        let current = editor.current.get_untracked();
        let mut paths: Vec<String> = current.iter().cloned().collect();
        if all {
            let tabs = editor.tabs.get_untracked().into_iter();
            paths.extend(
                tabs.map(|tab| tab.path)
                    .filter(|path| Some(path) != current.as_ref()),
            );
        }
        let source = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or(path).to_owned();
            let text = self.document_text(path)?;
            Some(Source { name, text })
        };
        let files: Vec<Source> = paths.iter().filter_map(source).collect();
        let count = files.len();
        let address = share::encode(&Program { files })
            .map(|link| fragment::address(&link))
            .map_err(|error| error.to_string());
        editor.link.set(Some(Link {
            address,
            files: count,
        }));
    }

    /// Copies the link.
    pub(super) fn copy_link(self: &Rc<Self>) {
        let link = self.state.editor.link.get_untracked();
        let Some(Ok(address)) = link.map(|link| link.address) else {
            return;
        };
        let driver = Rc::clone(self);
        spawn_local(async move {
            match clipboard::copy(&address).await {
                Ok(()) => {
                    driver.state.editor.link.set(None);
                    let words = "Whoever opens it sees the program; nothing runs by itself.";
                    driver.say(Severity::Info, "The link is in the clipboard", words);
                }
                Err(error) => {
                    let words = format!("Copy it by hand. The browser refused: {error:?}");
                    driver.say(Severity::Warning, "The link was not copied", &words);
                }
            }
        });
    }
}
