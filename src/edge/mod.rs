//! The browser's facilities, one file each. No edge knows another.

pub mod assets;
pub mod charts;
pub mod clipboard;
pub mod clock;
pub mod editor;
pub mod file;
pub mod fragment;
pub mod frames;
pub mod isolation;
pub mod lock;
pub mod module;
pub mod outbox;
pub mod pacer;
pub mod panic;
pub mod port;
pub mod sight;
pub mod site;
pub mod storage;
pub mod store;
pub mod terminal;
pub mod theme;
pub mod visibility;
