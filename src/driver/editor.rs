//! The editor's documents: which files are open, what they hold, and how they become files and follow them. A
//! document that was only looked at is no file; its first change makes it one.

mod programs;
mod shared;

use super::Driver;
use crate::edge::{self, fragment};
use crate::intent::Edit;
use crate::state::{Severity, Tab};
use leptos::prelude::*;
use protocol::Words;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// What the editor opens with when nothing else was asked for.
const FIRST: &str = "hello.erl";

/// The editor, while it is open, and what its documents are.
#[derive(Default)]
pub struct Documents {
    widget: RefCell<Option<Rc<edge::editor::Editor>>>,
    /// Texts of documents that are no files yet.
    drafts: RefCell<BTreeMap<String, String>>,
    /// What each file held when it was last compiled and loaded.
    loaded: RefCell<BTreeMap<String, String>>,
    /// Rises with every opening and closing, so that an opening that comes too late is noticed.
    turn: Cell<u32>,
}

/// What the editor listens to, until it is dropped.
pub struct Watching {
    _files: Effect<LocalStorage>,
    _fragment: Option<fragment::Watch>,
}

impl Driver {
    /// Follows the files and the page's address, and opens what came with the address.
    pub(super) fn watch_documents(self: &Rc<Self>) -> Watching {
        let driver = Rc::downgrade(self);
        let files = self.state.files;
        let follow = Effect::new(move |_| {
            files.track();
            if let Some(driver) = driver.upgrade() {
                driver.follow_files();
            }
        });
        let driver = Rc::downgrade(self);
        let watch = fragment::Watch::new(move || {
            if let Some(driver) = driver.upgrade() {
                driver.open_fragment();
            }
        });
        self.open_fragment();
        Watching {
            _files: follow,
            _fragment: watch,
        }
    }

    pub(super) fn edit(self: &Rc<Self>, wish: Edit) {
        match wish {
            Edit::Mounted(host) => self.open_editor(host),
            Edit::Unmounted => self.close_editor(),
            Edit::Want => self.want_editor(),
            Edit::Focus => self.with_editor(|editor| editor.focus()),
            Edit::Open(path) => self.open_document(&path),
            Edit::Close(path) => self.close_document(&path),
            Edit::New(name) => self.new_document(&name),
            Edit::Rename { from, to } => self.rename_document(&from, &to),
            Edit::Delete(path) => self.delete_document(&path),
            Edit::Save(path) => self.save_document(&path),
            Edit::Example(module) => self.open_example(module),
            Edit::Compile { force } => self.compile_current(force, |_| {}),
            Edit::Run(expression) => self.run_current(expression),
            Edit::GoTo { line, column } => {
                self.with_editor(|editor| editor.go_to(line, column));
            }
            Edit::Find => self.with_editor(|editor| editor.find()),
            Edit::Share { all } => self.share(all),
            Edit::CopyLink => self.copy_link(),
            Edit::DropLink => self.state.editor.link.set(None),
        }
    }

    fn with_editor(&self, act: impl FnOnce(&edge::editor::Editor)) {
        // Held apart from the cell: what it does may close it.
        let widget = self.documents.widget.borrow().clone();
        if let Some(widget) = widget {
            act(&widget);
        }
    }

    fn open_editor(self: &Rc<Self>, host: HtmlElement) {
        self.close_editor();
        let (driver, turn) = (Rc::clone(self), self.documents.turn.get());
        spawn_local(async move {
            let bundle = driver.editor_bundle().await;
            if driver.documents.turn.get() != turn {
                return;
            }
            let (typist, wisher) = (Rc::downgrade(&driver), Rc::downgrade(&driver));
            let opened = bundle.and_then(|bundle| {
                edge::editor::Editor::open(
                    &bundle,
                    &host,
                    move |path, text| {
                        if let Some(driver) = typist.upgrade() {
                            driver.keep_change(&path, &text);
                        }
                    },
                    move |wish| {
                        if let (Some(driver), "compile") = (wisher.upgrade(), wish.as_str()) {
                            driver.compile_current(false, |_| {});
                        }
                    },
                )
            });
            match opened {
                Ok(editor) => {
                    driver.documents.widget.replace(Some(Rc::new(editor)));
                    driver.show_current();
                }
                Err(error) => {
                    let words = format!("Reload the page. ({error:?})");
                    driver.say(Severity::Error, "The editor could not be opened", &words);
                }
            }
        });
    }

    fn close_editor(&self) {
        self.documents.turn.set(self.documents.turn.get() + 1);
        self.documents.widget.take();
    }

    /// Brings the editor into sight, with the newest source if nothing is open, or with a first one.
    fn want_editor(self: &Rc<Self>) {
        let editor = self.state.editor;
        if editor.current.with_untracked(Option::is_none) {
            let sources = self.state.files.with_untracked(|files| {
                let sources = files.iter().filter(|file| file.path.ends_with(".erl"));
                sources
                    .max_by_key(|file| file.revision)
                    .map(|file| file.path.clone())
            });
            match sources {
                Some(path) => return self.open_document(&path),
                None => return self.open_draft(FIRST.to_owned(), first()),
            }
        }
        self.call_editor();
    }

    pub(super) fn call_editor(&self) {
        self.state.editor.is_wanted.set(true);
        self.state.editor.calls.update(|calls| *calls += 1);
    }

    /// Opens a text that is no file until it is changed.
    pub(super) fn open_draft(self: &Rc<Self>, path: String, text: String) {
        self.documents
            .drafts
            .borrow_mut()
            .insert(path.clone(), text);
        self.open_tab(path, true);
    }

    pub(super) fn open_document(self: &Rc<Self>, path: &str) {
        let is_open = self.is_open(path);
        if !is_open && self.read_file(path).is_err() {
            return;
        }
        self.open_tab(path.to_owned(), false);
    }

    fn open_tab(self: &Rc<Self>, path: String, is_draft: bool) {
        let editor = self.state.editor;
        if !self.is_open(&path) {
            let path = path.clone();
            editor.tabs.update(|tabs| tabs.push(Tab { path, is_draft }));
        }
        editor.current.set(Some(path));
        self.call_editor();
        self.show_current();
    }

    fn is_open(&self, path: &str) -> bool {
        let tabs = self.state.editor.tabs;
        tabs.with_untracked(|tabs| tabs.iter().any(|tab| tab.path == path))
    }

    pub(super) fn is_draft(&self, path: &str) -> bool {
        self.documents.drafts.borrow().contains_key(path)
    }

    fn show_current(&self) {
        let editor = self.state.editor;
        editor.link.set(None);
        let Some(path) = editor.current.get_untracked() else {
            return self.with_editor(|editor| editor.clear());
        };
        let text = self.document_text(&path).unwrap_or_default();
        editor.run.set(share::expression(&text).unwrap_or_default());
        self.with_editor(|editor| editor.show(&path, &text));
        self.mark_findings(&path);
    }

    /// What a document holds: in the editor, as a draft, or as a file.
    pub(super) fn document_text(&self, path: &str) -> Option<String> {
        let widget = self.documents.widget.borrow().clone();
        let typed = widget.and_then(|widget| widget.text(path));
        let draft = || self.documents.drafts.borrow().get(path).cloned();
        let file = || {
            let bytes = self.read_file(path).ok()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        };
        typed.or_else(draft).or_else(file)
    }

    /// A person changed a document: from now on it is a file.
    pub(super) fn keep_change(self: &Rc<Self>, path: &str, text: &str) {
        let editor = self.state.editor;
        editor.link.set(None);
        if let Err(error) = self.write_file(path, text.as_bytes()) {
            let words = format!("It lasts until the page is closed. {}", Words::file(error));
            return self.say(Severity::Warning, &format!("{path} is not kept"), &words);
        }
        if self.documents.drafts.borrow_mut().remove(path).is_some() {
            editor.tabs.update(|tabs| {
                for tab in tabs.iter_mut().filter(|tab| tab.path == path) {
                    tab.is_draft = false;
                }
            });
        }
        editor.came_by_link.set(false);
        if editor
            .current
            .with_untracked(|current| current.as_deref() == Some(path))
        {
            editor.run.set(share::expression(text).unwrap_or_default());
        }
    }

    /// Files may change, come and go without the editor, as when a program writes them.
    fn follow_files(self: &Rc<Self>) {
        for tab in self.state.editor.tabs.get_untracked() {
            if tab.is_draft {
                continue;
            }
            match self.read_file(&tab.path) {
                Ok(bytes) => {
                    let text = String::from_utf8_lossy(&bytes);
                    self.with_editor(|editor| editor.replace(&tab.path, &text));
                }
                Err(_) => self.close_document(&tab.path),
            }
        }
    }

    pub(super) fn close_document(self: &Rc<Self>, path: &str) {
        let editor = self.state.editor;
        self.with_editor(|editor| editor.flush());
        let mut tabs = editor.tabs.get_untracked();
        let Some(at) = tabs.iter().position(|tab| tab.path == path) else {
            return;
        };
        tabs.remove(at);
        let next = tabs.get(at).or(tabs.last()).map(|tab| tab.path.clone());
        editor.tabs.set(tabs);
        self.documents.drafts.borrow_mut().remove(path);
        editor
            .outcomes
            .update(|outcomes| drop(outcomes.remove(path)));
        self.with_editor(|editor| editor.forget(path));
        if editor
            .current
            .with_untracked(|current| current.as_deref() == Some(path))
        {
            editor.current.set(next);
            self.show_current();
        }
    }

    fn new_document(self: &Rc<Self>, name: &str) {
        let name = with_ending(name);
        let text = template(&name);
        if is_hidden(&name) {
            return self.refuse_name(HIDDEN);
        }
        if self.read_file(&name).is_ok() || self.is_open(&name) {
            return self.refuse_name("There is a file of that name already.");
        }
        match self.write_file(&name, text.as_bytes()) {
            Ok(()) => {
                self.state.editor.refusal.set(None);
                self.open_document(&name);
                self.with_editor(|editor| editor.focus());
            }
            Err(error) => self.refuse_name(&Words::file(error)),
        }
    }

    /// Keeps a source that came from outside and opens it. One of the same name makes way for it.
    pub(super) fn open_source(self: &Rc<Self>, name: &str, text: &str) {
        match self.write_file(name, text.as_bytes()) {
            Ok(()) => {
                self.documents.drafts.borrow_mut().remove(name);
                self.open_document(name);
            }
            Err(error) => {
                let title = format!("{name} was not opened");
                self.say(Severity::Warning, &title, &Words::file(error));
            }
        }
    }

    fn rename_document(self: &Rc<Self>, from: &str, to: &str) {
        let to = with_ending(to);
        if is_hidden(&to) {
            return self.refuse_name(HIDDEN);
        }
        self.with_editor(|editor| editor.flush());
        if self.is_open(&to) {
            return self.refuse_name("There is a file of that name already.");
        }
        let renamed = match self.documents.drafts.borrow_mut().remove(from) {
            Some(text) => self.write_file(&to, text.as_bytes()),
            None => self.rename_file(from, &to),
        };
        if let Err(error) = renamed {
            return self.refuse_name(&Words::file(error));
        }
        let editor = self.state.editor;
        editor.refusal.set(None);
        editor.tabs.update(|tabs| {
            for tab in tabs.iter_mut().filter(|tab| tab.path == from) {
                tab.path.clone_from(&to);
                tab.is_draft = false;
            }
        });
        self.with_editor(|editor| editor.rename(from, &to));
        if editor
            .current
            .with_untracked(|current| current.as_deref() == Some(from))
        {
            editor.current.set(Some(to));
            self.show_current();
        }
    }

    fn delete_document(self: &Rc<Self>, path: &str) {
        if !self.is_draft(path)
            && let Err(error) = self.remove_file(path)
        {
            return self.refuse_name(&Words::file(error));
        }
        self.state.editor.refusal.set(None);
        self.close_document(path);
    }

    fn save_document(&self, path: &str) {
        self.with_editor(|editor| editor.flush());
        let Some(text) = self.document_text(path) else {
            return;
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        if let Err(error) = edge::file::save(name, "text/plain;charset=utf-8", &text) {
            let words = format!("The browser refused: {error:?}");
            self.say(Severity::Warning, "The file was not saved", &words);
        }
    }

    fn refuse_name(&self, words: &str) {
        self.state.editor.refusal.set(Some(words.to_owned()));
    }
}

const HIDDEN: &str = "Names that begin with a dot are the system's own.";

fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

/// A name without an ending is that of a module.
fn with_ending(name: &str) -> String {
    let name = name.trim().trim_matches('/');
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.contains('.') || last.is_empty() {
        true => name.to_owned(),
        false => format!("{name}.erl"),
    }
}

/// What a new file begins with.
fn template(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.strip_suffix(".erl") {
        Some(module) => format!(
            "-module({}).\n-export([start/0]).\n\nstart() ->\n    ok.\n",
            atom(module)
        ),
        None => String::new(),
    }
}

/// A module's name as it stands in a source.
fn atom(name: &str) -> String {
    let is_bare = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '@'));
    match is_bare {
        true => name.to_owned(),
        false => format!("'{}'", name.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}

fn first() -> String {
    "-module(hello).\n-export([start/0]).\n\nstart() ->\n    io:format(\"Hello from the browser!~n\"),\n    [X * X || X <- lists:seq(1, 10)].\n".to_owned()
}
