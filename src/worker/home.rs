//! The person's folder in the VM's file system, kept the same as the page's: changes that the page sends
//! are applied, and what programs change is noticed where the file system itself changes, so that no
//! program has to say so. Nothing here decides what is kept; it only bounds what may be written.

use super::file_system::FileSystem;
use super::post::{now_us, post, post_bytes};
use gloo::timers::callback::Timeout;
use js_sys::{Function, Object, Reflect, Uint8Array};
use protocol::files::{self, HOME};
use protocol::pacing::{Left, Pacing};
use protocol::{Change, Event, Level};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Bytes that files in the VM's file system may have together, packs aside: they lie in this worker's own
/// memory, where nothing else bounds them.
const ROOM_BYTES: f64 = (64 << 20) as f64;
/// Emscripten's number for "no space left on device".
const ENOSPC: u32 = 51;

/// Watches the folder.
#[derive(Default)]
pub struct Home {
    /// Paths in the folder that changed and were not told yet.
    changed: RefCell<BTreeSet<String>>,
    pacing: RefCell<Pacing>,
    /// Goes off when they are to be told.
    alarm: RefCell<Option<Timeout>>,
    /// Whether what changes now comes from the page, which needs not be told.
    is_applying: Cell<bool>,
    /// Bytes in files since the watch began.
    used_bytes: Cell<f64>,
}

impl Home {
    /// Makes the folder and begins to watch it.
    pub fn watch(self: &Rc<Self>, fs: &FileSystem) -> Result<(), JsValue> {
        fs.ensure_folder("/home");
        fs.ensure_folder(HOME);
        // All nodes of a kind share their operations, so those of any one will do.
        let probe = format!("{HOME}/.probe");
        fs.give(&probe, &Uint8Array::new_with_length(1))?;
        let file = fs.node(&probe)?;
        let folder = fs.node(HOME)?;
        fs.remove(&probe);
        let (of_files, streams) = (get(&file, "node_ops")?, get(&file, "stream_ops")?);
        let of_folders = get(&folder, "node_ops")?;
        for (operations, name, kind) in [
            (&streams, "write", Kind::Write),
            (&of_files, "setattr", Kind::Attributes),
            (&of_folders, "mknod", Kind::Make),
            (&of_folders, "symlink", Kind::Make),
            (&of_folders, "rename", Kind::Rename),
            (&of_folders, "unlink", Kind::Remove),
            (&of_folders, "rmdir", Kind::Remove),
        ] {
            self.wrap(fs, operations, name, kind)?;
        }
        Ok(())
    }

    /// Makes the folder as the page has it.
    pub fn apply(self: &Rc<Self>, fs: &FileSystem, change: &Change, bytes: Option<&Uint8Array>) {
        if files::check_path(change.path()).is_err() {
            return;
        }
        self.is_applying.set(true);
        let path = format!("{HOME}/{}", change.path());
        let applied = match change {
            Change::Written { .. } => {
                fs.ensure_folders_above(&path);
                fs.give(&path, &bytes.cloned().unwrap_or_default())
            }
            Change::FolderMade { .. } => {
                fs.ensure_folders_above(&path);
                fs.ensure_folder(&path);
                Ok(())
            }
            Change::Removed { .. } => fs.remove_all(&path),
        };
        self.is_applying.set(false);
        if let Err(error) = applied {
            let text = format!(
                "the VM's file system did not take {path}: {}",
                super::post::words(&error)
            );
            post(&Event::Logged {
                level: Level::Warning,
                text,
            });
        }
    }

    /// Tells the page at once what it does not know yet; before the worker goes, for one.
    pub fn tell(&self, fs: &FileSystem) {
        self.pacing.borrow_mut().told(now_us() as u64);
        for path in self.changed.take() {
            self.tell_of(fs, path);
        }
    }

    fn tell_of(&self, fs: &FileSystem, path: String) {
        let absolute = format!("{HOME}/{path}");
        if fs.is_folder(&absolute) {
            let within = fs.names_in(&absolute);
            post(&Event::Changed(Change::FolderMade { path: path.clone() }));
            // A folder that was moved here brought what is in it.
            for name in within {
                self.tell_of(fs, format!("{path}/{name}"));
            }
            return;
        }
        match fs.read(&absolute) {
            Ok(bytes) if u64::from(bytes.length()) <= files::FILE_BYTES => {
                post_bytes(&Event::Changed(Change::Written { path }), &bytes.to_vec());
            }
            Ok(bytes) => post(&Event::Logged {
                level: Level::Warning,
                text: format!(
                    "{absolute} is not kept: it has {} bytes, and at most {} are kept of one file",
                    bytes.length(),
                    files::FILE_BYTES
                ),
            }),
            Err(_) => post(&Event::Changed(Change::Removed { path })),
        }
    }

    fn note(self: &Rc<Self>, fs: &FileSystem, path: &str, left: Left) {
        let Some(path) = path
            .strip_prefix(HOME)
            .and_then(|rest| rest.strip_prefix('/'))
        else {
            return;
        };
        if self.is_applying.get() || files::check_path(path).is_err() {
            return;
        }
        self.changed.borrow_mut().insert(path.to_owned());
        let now_us = now_us() as u64;
        let Some(due_us) = self.pacing.borrow_mut().changed(now_us, left) else {
            return;
        };
        let delay_ms = due_us.saturating_sub(now_us).div_ceil(1_000);
        let (this, fs) = (Rc::clone(self), fs.clone());
        let alarm = Timeout::new(u32::try_from(delay_ms).unwrap_or(u32::MAX), move || {
            this.tell(&fs)
        });
        self.alarm.replace(Some(alarm));
    }

    /// Puts ourselves before an operation of the file system.
    fn wrap(
        self: &Rc<Self>,
        fs: &FileSystem,
        operations: &JsValue,
        name: &str,
        kind: Kind,
    ) -> Result<(), JsValue> {
        let operation: Function = get(operations, name)?.dyn_into()?;
        let (this, fs) = (Rc::clone(self), fs.clone());
        type Six = dyn Fn(
            JsValue,
            JsValue,
            JsValue,
            JsValue,
            JsValue,
            JsValue,
        ) -> Result<JsValue, JsValue>;
        let wrapped = Closure::<Six>::new(move |a, b, c, d, e, f| {
            let given = [a, b, c, d, e, f];
            this.admit(&fs, kind, &given)?;
            let before = kind.paths(&fs, &given);
            let arguments: js_sys::Array = given.iter().collect();
            let result = operation.apply(&JsValue::UNDEFINED, &arguments)?;
            for path in before {
                this.note(&fs, &path, kind.leaves(&fs, &path));
            }
            Ok(result)
        });
        Reflect::set(operations, &name.into(), &wrapped.into_js_value()).map(drop)
    }

    /// Refuses what would make files larger than there is room for, as a full disk would.
    fn admit(&self, fs: &FileSystem, kind: Kind, given: &[JsValue; 6]) -> Result<(), JsValue> {
        let size = |node: &JsValue| number(node, "usedBytes");
        let growth = match kind {
            // (stream, buffer, offset, length, position)
            Kind::Write => {
                let end = given[3].as_f64().unwrap_or(0.0) + given[4].as_f64().unwrap_or(0.0);
                (end - size(&get(&given[0], "node")?)).max(0.0)
            }
            // (node, attributes)
            Kind::Attributes => match Reflect::get(&given[1], &"size".into())?.as_f64() {
                Some(wanted) => wanted - size(&given[0]),
                None => 0.0,
            },
            // (folder, name)
            Kind::Remove => -size(&get(&get(&given[0], "contents")?, &text(&given[1]))?),
            // (node, new folder, new name): what had the name goes
            Kind::Rename => -size(&get(&get(&given[1], "contents")?, &text(&given[2]))?),
            Kind::Make => 0.0,
        };
        let used = self.used_bytes.get() + growth;
        if growth > 0.0 && used > ROOM_BYTES {
            return Err(fs.error(ENOSPC));
        }
        self.used_bytes.set(used.max(0.0));
        Ok(())
    }
}

/// What an operation does, which says what its arguments are.
#[derive(Clone, Copy)]
enum Kind {
    Write,
    Attributes,
    Make,
    Rename,
    Remove,
}

impl Kind {
    /// What is at a path that it changed.
    fn leaves(self, fs: &FileSystem, path: &str) -> Left {
        match self {
            Self::Make | Self::Attributes if !fs.is_folder(path) => Left::Begun,
            _ => Left::Whole,
        }
    }

    /// The paths that change.
    fn paths(self, fs: &FileSystem, given: &[JsValue; 6]) -> Vec<String> {
        let child =
            |folder: &JsValue, name: &JsValue| format!("{}/{}", fs.path(folder), text(name));
        match self {
            Self::Write => {
                get(&given[0], "node").map_or_else(|_| vec![], |node| vec![fs.path(&node)])
            }
            Self::Attributes => vec![fs.path(&given[0])],
            Self::Make | Self::Remove => vec![child(&given[0], &given[1])],
            // (node, new folder, new name)
            Self::Rename => vec![fs.path(&given[0]), child(&given[1], &given[2])],
        }
    }
}

fn get(object: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    // A property of what is no object is an error of JavaScript, and not of this file system.
    if object.is_object() {
        return Reflect::get(object, &name.into());
    }
    Ok(Object::new().into())
}

fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name)
        .ok()
        .and_then(|value| value.as_f64())
        .unwrap_or(0.0)
}

fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}
