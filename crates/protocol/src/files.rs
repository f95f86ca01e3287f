//! A person's files: what a path may be, how much is kept, and what is there. Both sides of the border
//! mirror one folder of the VM, [`HOME`]; every change of it travels as one [`Change`], either way.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The folder of the VM whose files are kept in the browser. Paths are relative to it.
pub const HOME: &str = "/home/user";
/// Most bytes of one file that is kept.
pub const FILE_BYTES: u64 = 4 << 20;
/// Most bytes of all files that are kept.
pub const ALL_BYTES: u64 = 32 << 20;
/// Most files and folders that are kept.
pub const ENTRIES: usize = 1_000;
/// Most bytes of one path.
pub const PATH_BYTES: usize = 1_024;
/// Most folders in each other.
const DEPTH: usize = 16;

/// One change of the folder. Who hears of it has no reason to tell it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A file holds what the attachment holds; the folders above it are made where they are missing.
    Written {
        /// Its path.
        path: String,
    },
    /// There is a folder.
    FolderMade {
        /// Its path.
        path: String,
    },
    /// A file or a folder with all that was in it is gone.
    Removed {
        /// Its path.
        path: String,
    },
}

impl Change {
    /// Whether the content travels beside it.
    pub fn carries_bytes(&self) -> bool {
        matches!(self, Self::Written { .. })
    }

    /// The path.
    pub fn path(&self) -> &str {
        match self {
            Self::Written { path } | Self::FolderMade { path } | Self::Removed { path } => path,
        }
    }
}

/// Why a file was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileError {
    /// The path is empty, too long or too deep, has a part `.` or `..`, or a control character.
    BadPath,
    /// The file is larger than one may be.
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// All files together would be larger than they may be.
    Full,
    /// There are as many as there may be.
    TooMany,
    /// There is nothing by that path.
    NotThere,
    /// There is something by that path.
    Exists,
    /// A part of the path is a file, or it is a folder where a file is meant.
    NotAFile,
}

/// A path that may be kept: parts between single slashes, none of them `.` or `..`.
pub fn check_path(path: &str) -> Result<(), FileError> {
    let is_good = !path.is_empty()
        && path.len() <= PATH_BYTES
        && path.split('/').count() <= DEPTH
        && !path.chars().any(char::is_control)
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if is_good {
        Ok(())
    } else {
        Err(FileError::BadPath)
    }
}

/// One file or folder as the page lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its path.
    pub path: String,
    /// Its size; none for a folder.
    pub bytes: Option<u64>,
    /// Rises whenever the content changes, so that an editor can tell.
    pub revision: u64,
}

#[derive(Clone, Debug)]
struct Entry<C> {
    /// A folder has none.
    content: Option<(C, u64)>,
    revision: u64,
}

/// What is there. Holds contents of any kind and knows their sizes only.
///
/// Every folder above an entry is an entry too, the sum of the sizes is `bytes`, and no limit is passed.
#[derive(Clone, Debug)]
pub struct Shelf<C> {
    entries: BTreeMap<String, Entry<C>>,
    bytes: u64,
    revision: u64,
}

impl<C> Default for Shelf<C> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            bytes: 0,
            revision: 0,
        }
    }
}

impl<C> Shelf<C> {
    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What a file holds.
    pub fn read(&self, path: &str) -> Result<&C, FileError> {
        let entry = self.entries.get(path).ok_or(FileError::NotThere)?;
        let content = entry.content.as_ref().ok_or(FileError::NotAFile)?;
        Ok(&content.0)
    }

    /// Every file and folder, in the order of their paths.
    pub fn list(&self) -> Vec<Listed> {
        let listed = |(path, entry): (&String, &Entry<C>)| Listed {
            path: path.clone(),
            bytes: entry.content.as_ref().map(|content| content.1),
            revision: entry.revision,
        };
        self.entries.iter().map(listed).collect()
    }

    /// Puts a file down, over one of the same path, and makes the folders above it.
    pub fn write(&mut self, path: &str, content: C, bytes: u64) -> Result<(), FileError> {
        check_path(path)?;
        if bytes > FILE_BYTES {
            return Err(FileError::TooLarge { bytes });
        }
        let was = match self.entries.get(path) {
            Some(Entry { content: None, .. }) => return Err(FileError::NotAFile),
            Some(entry) => entry.size(),
            None => 0,
        };
        if self.bytes - was + bytes > ALL_BYTES {
            return Err(FileError::Full);
        }
        self.make_room(path)?;
        self.bytes = self.bytes - was + bytes;
        self.enter(path, Some((content, bytes)));
        Ok(())
    }

    /// Makes a folder and those above it; one that is there stays as it is.
    pub fn make_folder(&mut self, path: &str) -> Result<(), FileError> {
        check_path(path)?;
        match self.entries.get(path) {
            Some(Entry { content: None, .. }) => Ok(()),
            Some(_) => Err(FileError::NotAFile),
            None => {
                self.make_room(path)?;
                self.enter(path, None);
                Ok(())
            }
        }
    }

    /// Removes a file, or a folder and all in it; says every path that is gone.
    pub fn remove(&mut self, path: &str) -> Result<Vec<String>, FileError> {
        let gone = self.with_all_in(path);
        if gone.is_empty() {
            return Err(FileError::NotThere);
        }
        for path in &gone {
            if let Some(entry) = self.entries.remove(path) {
                self.bytes -= entry.size();
            }
        }
        Ok(gone)
    }

    /// Gives a file, or a folder and all in it, another path; says old and new path of each.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<Vec<(String, String)>, FileError> {
        check_path(to)?;
        if self.entries.contains_key(to) {
            return Err(FileError::Exists);
        }
        if is_in(to, from) {
            return Err(FileError::BadPath);
        }
        let moved: Vec<_> = self
            .with_all_in(from)
            .into_iter()
            .map(|path| (path.clone(), format!("{to}{}", &path[from.len()..])))
            .collect();
        if moved.is_empty() {
            return Err(FileError::NotThere);
        }
        for (_, path) in &moved {
            check_path(path)?;
        }
        self.make_room(to)?;
        for (old, new) in &moved {
            if let Some(entry) = self.entries.remove(old) {
                self.enter(new, entry.content);
            }
        }
        Ok(moved)
    }

    /// A path and, for a folder, all that is in it; nothing if it is not there.
    fn with_all_in(&self, path: &str) -> Vec<String> {
        let is_meant = |other: &&String| other.as_str() == path || is_in(other, path);
        self.entries.keys().filter(is_meant).cloned().collect()
    }

    /// Makes the folders above a path, if it and they may be entered.
    fn make_room(&mut self, path: &str) -> Result<(), FileError> {
        let mut missing = Vec::new();
        for (at, _) in path.match_indices('/') {
            match self.entries.get(&path[..at]) {
                Some(Entry { content: None, .. }) => {}
                Some(_) => return Err(FileError::NotAFile),
                None => missing.push(&path[..at]),
            }
        }
        let is_new = !self.entries.contains_key(path);
        if self.entries.len() + missing.len() + usize::from(is_new) > ENTRIES {
            return Err(FileError::TooMany);
        }
        for folder in missing {
            self.enter(folder, None);
        }
        Ok(())
    }

    fn enter(&mut self, path: &str, content: Option<(C, u64)>) {
        self.revision += 1;
        let revision = self.revision;
        self.entries
            .insert(path.to_owned(), Entry { content, revision });
    }
}

impl<C> Entry<C> {
    fn size(&self) -> u64 {
        self.content.as_ref().map_or(0, |content| content.1)
    }
}

fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paths(shelf: &Shelf<&str>) -> Vec<String> {
        let listed = shelf.list().into_iter();
        listed
            .map(|entry| match entry.bytes {
                Some(bytes) => format!("{} {bytes}", entry.path),
                None => format!("{}/", entry.path),
            })
            .collect()
    }

    #[test]
    fn paths_stay_in_their_folder() {
        for good in ["a", "a.erl", "src/a b.erl", ".history", "é/日本", "a/.../b"] {
            assert_eq!(check_path(good), Ok(()), "{good}");
        }
        let deep = ["a"; DEPTH + 1].join("/");
        let long = "a".repeat(PATH_BYTES + 1);
        let bad = [
            "", "/", "/etc", "a/", "a//b", ".", "..", "a/../b", "a\0", "a\n", &deep, &long,
        ];
        for bad in bad {
            assert_eq!(check_path(bad), Err(FileError::BadPath), "{bad}");
        }
    }

    #[test]
    fn a_file_brings_its_folders() {
        let mut shelf = Shelf::default();
        assert_eq!(shelf.write("src/lib/a.erl", "a", 3), Ok(()));
        assert_eq!(paths(&shelf), ["src/", "src/lib/", "src/lib/a.erl 3"]);
        assert_eq!(shelf.read("src/lib/a.erl"), Ok(&"a"));
        assert_eq!(shelf.read("src"), Err(FileError::NotAFile));
        assert_eq!(shelf.read("b"), Err(FileError::NotThere));
        assert_eq!(shelf.write("src", "x", 1), Err(FileError::NotAFile));
        assert_eq!(
            shelf.write("src/lib/a.erl/b", "x", 1),
            Err(FileError::NotAFile)
        );
        assert_eq!(shelf.make_folder("src/lib/a.erl"), Err(FileError::NotAFile));
        assert_eq!(shelf.make_folder("src"), Ok(()));
    }

    #[test]
    fn a_folder_goes_and_moves_with_all_in_it() {
        let mut shelf = Shelf::default();
        for (path, bytes) in [("a/b", 1), ("a/c/d", 2), ("ab", 4)] {
            assert_eq!(shelf.write(path, path, bytes), Ok(()));
        }
        let moved = shelf.rename("a", "x/y").expect("it is there");
        assert_eq!(moved.len(), 4);
        assert_eq!(
            paths(&shelf),
            ["ab 4", "x/", "x/y/", "x/y/b 1", "x/y/c/", "x/y/c/d 2"]
        );
        assert_eq!(shelf.rename("ab", "x"), Err(FileError::Exists));
        assert_eq!(shelf.rename("x", "x/z"), Err(FileError::BadPath));
        assert_eq!(shelf.rename("no", "z"), Err(FileError::NotThere));
        assert_eq!(shelf.rename("ab", "ab/c"), Err(FileError::BadPath));
        assert_eq!(shelf.remove("x").expect("it is there").len(), 5);
        assert_eq!(shelf.remove("x"), Err(FileError::NotThere));
        assert_eq!((paths(&shelf), shelf.bytes()), (vec!["ab 4".to_owned()], 4));
    }

    #[test]
    fn every_change_of_a_file_has_a_revision_of_its_own() {
        let mut shelf = Shelf::default();
        let mut seen = Vec::new();
        for _ in 0..3 {
            assert_eq!(shelf.write("a", "a", 1), Ok(()));
            seen.push(shelf.list()[0].revision);
        }
        assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
    }

    #[test]
    fn what_is_too_much_is_not_taken() {
        let mut shelf = Shelf::default();
        let bytes = FILE_BYTES + 1;
        assert_eq!(
            shelf.write("a", "a", bytes),
            Err(FileError::TooLarge { bytes })
        );
        for number in 0..ALL_BYTES / FILE_BYTES {
            assert_eq!(shelf.write(&number.to_string(), "a", FILE_BYTES), Ok(()));
        }
        assert_eq!(shelf.write("one", "a", 1), Err(FileError::Full));
        assert_eq!(shelf.write("0", "a", FILE_BYTES), Ok(()));
        let mut many = Shelf::default();
        for number in 0..ENTRIES {
            assert_eq!(many.write(&number.to_string(), "a", 0), Ok(()));
        }
        assert_eq!(many.write("one", "a", 0), Err(FileError::TooMany));
        assert_eq!(many.make_folder("one"), Err(FileError::TooMany));
        assert_eq!(many.rename("0", "a/b"), Err(FileError::TooMany));
    }

    proptest! {
        #[test]
        fn whatever_is_done_the_shelf_stays_whole(
            steps in prop::collection::vec((0u8..4, "[ab](/[ab]){0,3}", "[ab](/[ab]){0,3}"), 0..60),
        ) {
            let mut shelf = Shelf::default();
            for (step, path, other) in steps {
                // Whether it was taken or refused, what is promised holds.
                match step {
                    0 => drop(shelf.write(&path, "c", path.len() as u64)),
                    1 => drop(shelf.make_folder(&path)),
                    2 => drop(shelf.remove(&path)),
                    _ => drop(shelf.rename(&path, &other)),
                }
                let listed = shelf.list();
                let folders: Vec<_> =
                    listed.iter().filter(|entry| entry.bytes.is_none()).map(|entry| entry.path.as_str()).collect();
                for entry in &listed {
                    if let Some((folder, _)) = entry.path.rsplit_once('/') {
                        prop_assert!(folders.contains(&folder), "{} has no folder", entry.path);
                    }
                }
                let sum: u64 = listed.iter().filter_map(|entry| entry.bytes).sum();
                prop_assert_eq!(sum, shelf.bytes());
            }
        }
    }
}
