//! The browser's database with a person's files: a path and its bytes, or nothing for a folder. What comes
//! out of it may have been written by anybody of this origin, so whoever reads it checks it.

use futures::channel::oneshot;
use js_sys::{Array, Uint8Array};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest,
    IdbTransactionMode,
};

const DATABASE: &str = "atomvm-console";
const VERSION: u32 = 1;
const FILES: &str = "files";

/// A path and what it holds; a folder holds nothing.
pub type Kept = (String, Option<Uint8Array>);

/// The open database.
pub struct Store {
    database: IdbDatabase,
    /// Lets go of the database when a later version of the page wants to change it.
    _on_newer: Closure<dyn Fn()>,
}

impl Store {
    /// Opens it, or makes it.
    pub async fn open() -> Result<Self, JsValue> {
        let factory: IdbFactory = web_sys::window()
            .and_then(|window| window.indexed_db().ok().flatten())
            .ok_or("this browser keeps no files here")?;
        let request = factory.open_with_u32(DATABASE, VERSION)?;
        let on_new = {
            let request = request.clone();
            Closure::<dyn Fn(Event)>::new(move |_event| make(&request))
        };
        request.set_onupgradeneeded(Some(on_new.as_ref().unchecked_ref()));
        let opened = settled(&request).await;
        request.set_onupgradeneeded(None);
        let database: IdbDatabase = opened?.dyn_into()?;
        let on_newer = {
            let database = database.clone();
            Closure::<dyn Fn()>::new(move || database.close())
        };
        database.set_onversionchange(Some(on_newer.as_ref().unchecked_ref()));
        Ok(Self {
            database,
            _on_newer: on_newer,
        })
    }

    /// Everything that is kept and looks like a file or a folder.
    pub async fn all(&self) -> Result<Vec<Kept>, JsValue> {
        let files = self.files(IdbTransactionMode::Readonly)?;
        // Both are asked before either is awaited: the transaction ends when nothing is asked of it.
        let (keys, values) = (files.get_all_keys()?, files.get_all()?);
        let keys: Array = settled(&keys).await?.dyn_into()?;
        let values: Array = settled(&values).await?.dyn_into()?;
        let kept = |(key, value): (JsValue, JsValue)| {
            let path = key.as_string()?;
            match value.dyn_into::<Uint8Array>() {
                Ok(bytes) => Some((path, Some(bytes))),
                Err(other) => other.is_null().then_some((path, None)),
            }
        };
        Ok(keys.iter().zip(values.iter()).filter_map(kept).collect())
    }

    /// Keeps a file, or a folder.
    pub async fn put(&self, path: &str, bytes: Option<Uint8Array>) -> Result<(), JsValue> {
        let files = self.files(IdbTransactionMode::Readwrite)?;
        let value = bytes.map_or(JsValue::NULL, JsValue::from);
        let request = files.put_with_key(&value, &path.into())?;
        settled(&request).await.map(drop)
    }

    /// Forgets one.
    pub async fn remove(&self, path: &str) -> Result<(), JsValue> {
        let files = self.files(IdbTransactionMode::Readwrite)?;
        settled(&files.delete(&path.into())?).await.map(drop)
    }

    fn files(&self, mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
        self.database
            .transaction_with_str_and_mode(FILES, mode)?
            .object_store(FILES)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.database.set_onversionchange(None);
        self.database.close();
    }
}

/// Asks the browser not to throw away what is kept when space is short. Says whether it will.
pub async fn ask_to_keep() -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    match window.navigator().storage().persist() {
        Ok(asked) => JsFuture::from(asked)
            .await
            .is_ok_and(|answer| answer.is_truthy()),
        Err(_) => false,
    }
}

fn make(request: &IdbOpenDbRequest) {
    let database = request
        .result()
        .and_then(|database| database.dyn_into::<IdbDatabase>());
    if let Ok(database) = database {
        // It can fail only where the store is there already.
        drop(database.create_object_store(FILES));
    }
}

/// Waits for a request.
async fn settled(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let (sender, receiver) = oneshot::channel();
    let sender = Cell::new(Some(sender));
    let hear = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        // The failure is heard here, so the page itself has no uncaught error.
        event.prevent_default();
        if let Some(sender) = sender.take() {
            // Whoever waited may have gone.
            let _ = sender.send(event.type_() == "success");
        }
    });
    request.set_onsuccess(Some(hear.as_ref().unchecked_ref()));
    request.set_onerror(Some(hear.as_ref().unchecked_ref()));
    let is_good = receiver.await.unwrap_or(false);
    request.set_onsuccess(None);
    request.set_onerror(None);
    if is_good {
        return request.result();
    }
    Err(match request.error()? {
        Some(error) => error.into(),
        None => "the database gave no reason".into(),
    })
}
