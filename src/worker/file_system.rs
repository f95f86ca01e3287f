//! The VM's file system as Emscripten offers it, in this worker's memory. Names only; nothing here decides.

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Emscripten's in-memory file system.
    #[derive(Clone)]
    pub type FileSystem;

    #[wasm_bindgen(method, catch)]
    fn mkdir(this: &FileSystem, path: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = writeFile)]
    fn write_file(
        this: &FileSystem,
        path: &str,
        bytes: &Uint8Array,
        options: &JsValue,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = readFile)]
    fn read_file(this: &FileSystem, path: &str) -> Result<Uint8Array, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn readdir(this: &FileSystem, path: &str) -> Result<Array, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn unlink(this: &FileSystem, path: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn rmdir(this: &FileSystem, path: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = lookupPath)]
    fn lookup_path(this: &FileSystem, path: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, js_name = getPath)]
    fn get_path(this: &FileSystem, node: &JsValue) -> String;
    #[wasm_bindgen(method, js_name = isDir)]
    fn is_dir(this: &FileSystem, mode: &JsValue) -> bool;
    #[wasm_bindgen(method, getter, js_name = ErrnoError)]
    fn errno_error(this: &FileSystem) -> Function;
    #[wasm_bindgen(method)]
    fn makedev(this: &FileSystem, major: u32, minor: u32) -> u32;
    #[wasm_bindgen(method, js_name = registerDevice)]
    fn register_device(this: &FileSystem, device: u32, operations: &JsValue);
    #[wasm_bindgen(method, catch)]
    fn mkdev(this: &FileSystem, path: &str, mode: u32, device: u32) -> Result<JsValue, JsValue>;
}

impl FileSystem {
    /// Makes a folder, if it is not there.
    pub fn ensure_folder(&self, path: &str) {
        // It fails only where the folder is there already, or where a file is in its place: then the
        // write that follows says so.
        drop(self.mkdir(path));
    }

    /// Makes the folders above a path.
    pub fn ensure_folders_above(&self, path: &str) {
        for (at, _) in path.match_indices('/').skip(1) {
            self.ensure_folder(&path[..at]);
        }
    }

    /// Writes a file; the bytes belong to the file system from then on.
    pub fn give(&self, path: &str, bytes: &Uint8Array) -> Result<(), JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"canOwn".into(), &JsValue::TRUE)?;
        self.write_file(path, bytes, &options)
    }

    /// What a file holds, copied.
    pub fn read(&self, path: &str) -> Result<Uint8Array, JsValue> {
        self.read_file(path)
    }

    /// Removes a file, if it is there.
    pub fn remove(&self, path: &str) {
        drop(self.unlink(path));
    }

    /// Removes a file, or a folder with all that is in it; nothing if it is not there.
    pub fn remove_all(&self, path: &str) -> Result<(), JsValue> {
        if !self.is_folder(path) {
            self.remove(path);
            return Ok(());
        }
        for name in self.names_in(path) {
            self.remove_all(&format!("{path}/{name}"))?;
        }
        self.rmdir(path)
    }

    /// Whether there is a folder.
    pub fn is_folder(&self, path: &str) -> bool {
        self.node(path)
            .and_then(|node| Reflect::get(&node, &"mode".into()))
            .is_ok_and(|mode| self.is_dir(&mode))
    }

    /// What is in a folder.
    pub fn names_in(&self, path: &str) -> Vec<String> {
        let names = self.readdir(path).unwrap_or_default();
        let names = names.iter().filter_map(|name| name.as_string());
        names.filter(|name| name != "." && name != "..").collect()
    }

    /// The node of a path.
    pub fn node(&self, path: &str) -> Result<JsValue, JsValue> {
        self.lookup_path(path)
            .and_then(|found| Reflect::get(&found, &"node".into()))
    }

    /// The path of a node.
    pub fn path(&self, node: &JsValue) -> String {
        self.get_path(node)
    }

    /// The error that an operation fails with.
    pub fn error(&self, number: u32) -> JsValue {
        Reflect::construct(&self.errno_error(), &Array::of1(&number.into()))
            .unwrap_or_else(|error| error)
    }

    /// Makes a device that answers what is written to it: `read` is called as `(stream, heap, offset,
    /// length)` like `write`, puts the answer there and says how long it is.
    pub fn add_answering_device(
        &self,
        path: &str,
        number: u32,
        write: &JsValue,
        read: &JsValue,
    ) -> Result<(), JsValue> {
        let device = self.makedev(64, number);
        let operations = Object::new();
        Reflect::set(&operations, &"write".into(), write)?;
        Reflect::set(&operations, &"read".into(), read)?;
        self.register_device(device, &operations);
        self.mkdev(path, 0o666, device).map(drop)
    }

    /// Makes a device that can only be written to: `write` is called as
    /// `(stream, heap, offset, length)` and says how much it took.
    pub fn add_device(&self, path: &str, number: u32, write: &JsValue) -> Result<(), JsValue> {
        let operations = Object::new();
        Reflect::set(&operations, &"write".into(), write)?;
        self.add_operations(path, number, &operations)
    }

    /// Makes a device with these operations, named as Emscripten names them.
    pub fn add_operations(
        &self,
        path: &str,
        number: u32,
        operations: &JsValue,
    ) -> Result<(), JsValue> {
        // Major numbers below 64 are taken by Emscripten's own devices.
        let device = self.makedev(64, number);
        self.register_device(device, operations);
        self.mkdev(path, 0o666, device).map(drop)
    }
}
