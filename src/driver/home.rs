//! A person's files: kept in the browser, listed for the views, and mirrored in the VM, both ways. What is
//! kept is decided by the shelf; the database and the VM only follow it.

use super::{Beside, Driver};
use crate::edge::{clock, store, store::Store};
use crate::state::Severity;
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use protocol::{Change, Command, FileError, Shelf, Words};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// The shell waits at most so long for the database: one that is held by a broken tab never answers.
const PATIENCE_US: u64 = 2_000_000;

/// The files.
#[derive(Default)]
pub struct Home {
    shelf: RefCell<Shelf<Uint8Array>>,
    store: RefCell<Option<Rc<Store>>>,
    /// Whether what the database kept is here, or will not come.
    is_here: Cell<bool>,
    /// Whether the browser was asked to keep the database when space is short.
    is_asked: Cell<bool>,
    patience: clock::Alarm,
}

impl Home {
    /// Whether the shell may start: its history and its files are in place.
    pub(super) fn is_here(&self) -> bool {
        self.is_here.get()
    }
}

impl Driver {
    /// What a file holds.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let shelf = self.home.shelf.borrow();
        shelf.read(path).map(Uint8Array::to_vec)
    }

    /// Puts a file down for good, over one of the same path; the VM sees it at once.
    pub fn write_file(self: &Rc<Self>, path: &str, bytes: &[u8]) -> Result<(), FileError> {
        let bytes = Uint8Array::from(bytes);
        self.put_down(path, Some(bytes.clone()))?;
        self.mirror(path, Some(&bytes));
        Ok(())
    }

    /// Makes a folder and those above it.
    pub fn make_folder(self: &Rc<Self>, path: &str) -> Result<(), FileError> {
        self.put_down(path, None)?;
        self.mirror(path, None);
        Ok(())
    }

    /// Removes a file, or a folder and all in it.
    pub fn remove_file(self: &Rc<Self>, path: &str) -> Result<(), FileError> {
        self.take_away(path)?;
        self.tell(Command::Change(Change::Removed {
            path: path.to_owned(),
        }));
        Ok(())
    }

    /// Gives a file, or a folder and all in it, another path.
    pub fn rename_file(self: &Rc<Self>, from: &str, to: &str) -> Result<(), FileError> {
        let moved = self.home.shelf.borrow_mut().rename(from, to)?;
        self.tell(Command::Change(Change::Removed {
            path: from.to_owned(),
        }));
        for (old, new) in moved {
            self.forget(old);
            let bytes = self.home.shelf.borrow().read(&new).ok().cloned();
            self.mirror(&new, bytes.as_ref());
            self.keep(new, bytes);
        }
        self.list_files();
        Ok(())
    }

    /// A program changed a file.
    pub(super) fn hear_change(self: &Rc<Self>, change: &Change, bytes: Option<ArrayBuffer>) {
        let changed = match change {
            Change::Written { path } => self.put_down(
                path,
                Some(Uint8Array::new(
                    &bytes.unwrap_or_else(|| ArrayBuffer::new(0)),
                )),
            ),
            Change::FolderMade { path } => self.put_down(path, None),
            Change::Removed { path } => match self.take_away(path) {
                // It came and went before the page heard of it.
                Err(FileError::NotThere) => Ok(()),
                other => other,
            },
        };
        if let Err(error) = changed {
            let title = format!("{} is not kept", change.path());
            let words = format!(
                "The program that wrote it still has it, until the VM restarts. {}",
                Words::file(error)
            );
            self.say(Severity::Warning, &title, &words);
        }
    }

    /// Brings in what earlier visits kept.
    pub(super) fn open_home(self: &Rc<Self>) {
        let driver = Rc::clone(self);
        self.home
            .patience
            .set(clock::now_us() + PATIENCE_US, move || driver.settle_in());
        let driver = Rc::clone(self);
        spawn_local(async move {
            match open().await {
                Ok((store, kept)) => driver.take_over(store, kept),
                Err(error) => {
                    let words = format!("Files last until the page is closed: {error:?}");
                    driver.log(Severity::Warning, &words);
                }
            }
            driver.settle_in();
        });
    }

    /// Takes what the database kept; what was put down meanwhile is newer.
    fn take_over(self: &Rc<Self>, store: Store, kept: Vec<store::Kept>) {
        let newer = self.home.shelf.borrow().list();
        let mut strange = 0;
        for (path, bytes) in kept {
            let mut shelf = self.home.shelf.borrow_mut();
            if newer.iter().any(|listed| listed.path == path) {
                continue;
            }
            let taken = match bytes {
                Some(bytes) => {
                    let size = u64::from(bytes.length());
                    shelf.write(&path, bytes, size)
                }
                None => shelf.make_folder(&path),
            };
            strange += u32::from(taken.is_err());
        }
        if strange > 0 {
            let words =
                format!("{strange} kept files have an unusable name or size and are left out");
            self.log(Severity::Warning, &words);
        }
        self.home.store.replace(Some(Rc::new(store)));
        for listed in newer {
            let bytes = self.home.shelf.borrow().read(&listed.path).ok().cloned();
            self.keep(listed.path, bytes);
        }
    }

    fn settle_in(self: &Rc<Self>) {
        if !self.home.is_here.replace(true) {
            self.list_files();
            self.furnish();
            self.start_shell();
        }
    }

    /// Tells a VM that has just come up everything that is there.
    pub(super) fn furnish(self: &Rc<Self>) {
        if !self.home.is_here() {
            return;
        }
        let listed = self.home.shelf.borrow().list();
        for listed in listed {
            let bytes = self.home.shelf.borrow().read(&listed.path).ok().cloned();
            self.mirror(&listed.path, bytes.as_ref());
        }
    }

    /// Has the VM hold what is on the shelf; no bytes make a folder.
    fn mirror(self: &Rc<Self>, path: &str, bytes: Option<&Uint8Array>) {
        let path = path.to_owned();
        match bytes {
            Some(bytes) => {
                // A copy: what is posted belongs to the worker.
                let copy = bytes.slice(0, bytes.length()).buffer();
                let command = Command::Change(Change::Written { path });
                self.step(Beside::Bytes(&copy), |session, out| {
                    session.tell(command, out)
                });
            }
            None => {
                self.tell(Command::Change(Change::FolderMade { path }));
            }
        }
    }

    fn put_down(self: &Rc<Self>, path: &str, bytes: Option<Uint8Array>) -> Result<(), FileError> {
        match bytes.clone() {
            Some(bytes) => {
                let size = u64::from(bytes.length());
                self.home.shelf.borrow_mut().write(path, bytes, size)?;
            }
            None => self.home.shelf.borrow_mut().make_folder(path)?,
        }
        self.keep(path.to_owned(), bytes);
        self.list_files();
        Ok(())
    }

    fn take_away(self: &Rc<Self>, path: &str) -> Result<(), FileError> {
        let gone = self.home.shelf.borrow_mut().remove(path)?;
        for path in gone {
            self.forget(path);
        }
        self.list_files();
        Ok(())
    }

    /// Writes through to the database. It works off what it is given in that order.
    fn keep(self: &Rc<Self>, path: String, bytes: Option<Uint8Array>) {
        let Some(store) = self.home.store.borrow().clone() else {
            return;
        };
        if !is_hidden(&path) && !self.home.is_asked.replace(true) {
            let driver = Rc::clone(self);
            spawn_local(async move {
                if !store::ask_to_keep().await {
                    let words = "The browser may throw your files away when space is short.";
                    driver.log(Severity::Info, words);
                }
            });
        }
        let driver = Rc::clone(self);
        spawn_local(async move {
            if let Err(error) = store.put(&path, bytes).await {
                let words = format!("It lasts until the page is closed: {error:?}");
                driver.say(Severity::Warning, &format!("{path} is not kept"), &words);
            }
        });
    }

    fn forget(&self, path: String) {
        let Some(store) = self.home.store.borrow().clone() else {
            return;
        };
        spawn_local(async move {
            // One that stays comes back with the next visit and can be removed then.
            drop(store.remove(&path).await);
        });
    }

    /// Shows what is there. Names that begin with a dot are the system's own, such as the shell's history.
    fn list_files(&self) {
        let mut listed = self.home.shelf.borrow().list();
        listed.retain(|entry| !is_hidden(&entry.path));
        self.state.files.set(listed);
    }
}

async fn open() -> Result<(Store, Vec<store::Kept>), wasm_bindgen::JsValue> {
    let store = Store::open().await?;
    let kept = store.all().await?;
    Ok((store, kept))
}

fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}
