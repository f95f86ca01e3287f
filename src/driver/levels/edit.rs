//! Objectives being edited: drafts go out to the view, and come back to be read.

use super::super::Driver;
use crate::edge::file;
use crate::state::levels::Editing;
use leptos::prelude::*;
use slo::{Draft, Objectives};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

/// The largest file that is read at all.
const MAX_BYTES: f64 = 1_048_576.0;

impl Driver {
    /// Begins anew with the objectives in force.
    pub(super) fn edit_objectives(&self, note: String) {
        let drafts = self.engine.borrow().drafts();
        self.edit_drafts(drafts, note);
    }

    pub(super) fn edit_default_objectives(&self) {
        let drafts = self.engine.borrow().drafts_of(&Objectives::default());
        self.edit_drafts(
            drafts,
            "The product's own objectives; save them to put them in force.".to_owned(),
        );
    }

    fn edit_drafts(&self, drafts: Vec<Draft>, note: String) {
        self.state.levels.editing.update(|editing| {
            *editing = Editing {
                revision: editing.revision + 1,
                drafts,
                faults: vec![],
                note,
            };
        });
    }

    pub(super) fn save_objectives(self: &Rc<Self>, drafts: &[Draft]) {
        let read = self.engine.borrow_mut().read_drafts(drafts);
        match read {
            Ok(objectives) => {
                self.engine.borrow_mut().set_objectives(objectives);
                let note = match self.keep_objectives() {
                    true => "Saved and in force.",
                    false => "In force until the page is closed: the browser does not keep them.",
                };
                self.edit_objectives(note.to_owned());
                self.show_levels();
            }
            Err(faults) => self.state.levels.editing.update(|editing| {
                editing.note = match faults.len() {
                    1 => "Not saved: one field needs a look.".to_owned(),
                    count => format!("Not saved: {count} fields need a look."),
                };
                editing.faults = faults;
            }),
        }
    }

    pub(super) fn import_objectives(self: &Rc<Self>, file: File) {
        let driver = Rc::clone(self);
        spawn_local(async move {
            let note = match driver.read_import(&file).await {
                Ok(note) => return note,
                Err(words) => format!("{} was not imported: {words}.", file.name()),
            };
            driver
                .state
                .levels
                .editing
                .update(|editing| editing.note = note);
        });
    }

    async fn read_import(&self, file: &File) -> Result<(), String> {
        if file.size() > MAX_BYTES {
            return Err("it is larger than a megabyte".to_owned());
        }
        let bytes = file::read(file).await;
        let bytes = bytes.map_err(|_| "the browser could not read it".to_owned())?;
        let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
        let text = String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())?;
        let mut engine = self.engine.borrow_mut();
        let import = engine
            .read_openslo(&text)
            .map_err(|error| error.to_string())?;
        let drafts = engine.drafts_of(&import.objectives);
        drop(engine);
        let ignored = match import.ignored.is_empty() {
            true => String::new(),
            false => format!(" Left aside: {}.", import.ignored.join(", ")),
        };
        let note = format!(
            "Imported {}; save to put it in force.{ignored}",
            file.name()
        );
        self.edit_drafts(drafts, note);
        Ok(())
    }

    pub(super) fn export_objectives(&self) {
        let document = self.engine.borrow().openslo();
        self.offer("objectives.openslo.yaml", "application/yaml", &document);
    }
}
