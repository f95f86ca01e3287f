//! The VM's processes as the page shows them: what the observer in the VM is asked, what it answers, and
//! the order in which a person wants to see it.

use crate::bridge::Answer;
use crate::{Failure, codec};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::cmp::Ordering;

/// Registered name of the process that tells of the others.
pub const OBSERVER: &str = "console_observer";

/// One question to the observer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Look<'a> {
    /// Which processes are there?
    List,
    /// What is there to know of one?
    Details {
        /// As it was shown.
        pid: &'a str,
    },
    /// Who supervises whom?
    Tree,
    /// End one.
    Kill {
        /// As it was shown.
        pid: &'a str,
    },
}

/// Whose a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A program's.
    #[default]
    Program,
    /// The console's, which starts it again.
    Console,
    /// The library's, which starts it again when it is next needed.
    Library,
    /// The one that the VM would end with; it cannot be killed.
    Root,
}

impl Owner {
    /// Whether it belongs to what the page brings along.
    pub fn is_own(self) -> bool {
        self != Self::Program
    }
}

/// One process in the table; on the wire, a list of these values in this order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Process {
    /// Its identifier as Erlang writes it.
    pub pid: String,
    /// Its registered name.
    pub name: Option<String>,
    /// A named process that it is linked to, if it has no name of its own.
    pub kin: Option<String>,
    /// Whose it is.
    pub owner: Owner,
    /// How many it is linked to.
    pub links: u64,
    /// Messages that wait for it.
    pub queue: u64,
    /// Its memory.
    pub memory_bytes: u64,
}

/// The processes that were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
pub struct ProcessList {
    /// How many there are.
    pub total: u64,
    /// Those that were looked at.
    pub processes: Vec<Process>,
}

impl ProcessList {
    /// How many were not looked at.
    pub fn left_out(&self) -> u64 {
        self.total.saturating_sub(self.processes.len() as u64)
    }
}

/// Another process, as a link or a monitor names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Relative {
    /// Its identifier.
    pub pid: String,
    /// Its registered name.
    pub name: Option<String>,
}

/// What there is to know of one process.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Details {
    /// Its identifier.
    pub pid: String,
    /// Its registered name.
    pub name: Option<String>,
    /// Where it is, innermost call first; empty if the VM does not tell.
    pub stack: Vec<String>,
    /// Who ends with it.
    pub links: Vec<Relative>,
    /// Whose end it is told of.
    pub monitors: Vec<Relative>,
    /// Who is told of its end.
    pub monitored_by: Vec<Relative>,
    /// Words of its heap.
    pub heap_words: u64,
    /// Words of its stack.
    pub stack_words: u64,
}

/// How a child stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It runs.
    Running,
    /// A supervisor that did not say in time whom it supervises.
    Silent,
    /// Its supervisor starts it again.
    Restarting,
    /// It does not run.
    Stopped,
}

/// What a child is to its supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It works.
    Worker,
    /// It supervises others.
    Supervisor,
}

/// One place in the supervision tree.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Node {
    /// The process, if one runs there.
    pub pid: Option<String>,
    /// What its supervisor calls it.
    pub id: Option<String>,
    /// Its registered name.
    pub name: Option<String>,
    /// A supervisor's module.
    pub module: Option<String>,
    /// What it is.
    #[serde(rename = "type")]
    pub role: Role,
    /// How it stands.
    pub state: Standing,
    /// Who stands under it.
    pub children: Vec<Self>,
}

/// Who supervises whom.
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
pub struct Tree {
    /// The supervisors that nobody supervises.
    pub nodes: Vec<Node>,
    /// Whether there is more than was looked at.
    pub is_cut: bool,
}

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Column {
    /// Identifier, in the order in which processes were started.
    #[default]
    Pid,
    /// Registered name; those without one last.
    Name,
    /// Links to others.
    Links,
    /// Messages that wait.
    Queue,
    /// Memory.
    Memory,
}

/// What a person wants to see of the table.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Wish {
    /// What to sort by.
    pub column: Column,
    /// Whether the greatest comes first.
    pub is_falling: bool,
    /// Text that must occur in a row, capitals or not.
    pub filter: String,
    /// Whether the page's own processes are wanted.
    pub with_own: bool,
}

impl Wish {
    /// The processes that are wanted, in order.
    pub fn of(&self, list: &ProcessList) -> Vec<Process> {
        let filter = self.filter.trim().to_lowercase();
        let is_wanted = |process: &&Process| {
            (self.with_own || !process.owner.is_own())
                && (filter.is_empty() || process.holds(&filter))
        };
        let mut wanted: Vec<Process> = list.processes.iter().filter(is_wanted).cloned().collect();
        wanted.sort_by(|a, b| {
            let by_column = self.column.compare(a, b);
            let by_column = if self.is_falling {
                by_column.reverse()
            } else {
                by_column
            };
            by_column.then_with(|| Column::Pid.compare(a, b))
        });
        wanted
    }
}

impl Process {
    fn holds(&self, filter: &str) -> bool {
        let texts = [Some(&self.pid), self.name.as_ref(), self.kin.as_ref()];
        let mut texts = texts.into_iter().flatten();
        texts.any(|text| text.to_lowercase().contains(filter))
    }

    /// The numbers in `<0.12.0>`; what is written otherwise comes first.
    fn number(&self) -> Vec<u64> {
        let inner = self.pid.trim_start_matches('<').trim_end_matches('>');
        inner
            .split('.')
            .filter_map(|part| part.parse().ok())
            .collect()
    }
}

impl Column {
    fn compare(self, a: &Process, b: &Process) -> Ordering {
        match self {
            Self::Pid => a.number().cmp(&b.number()),
            Self::Name => a
                .name
                .is_none()
                .cmp(&b.name.is_none())
                .then_with(|| a.name.cmp(&b.name)),
            Self::Links => a.links.cmp(&b.links),
            Self::Queue => a.queue.cmp(&b.queue),
            Self::Memory => a.memory_bytes.cmp(&b.memory_bytes),
        }
    }
}

/// Why a process was not ended, or is not to be told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// It is there no more.
    Gone,
    /// It must not be ended.
    Kept(String),
    /// The observer answered something else.
    Strange(String),
}

#[derive(Deserialize)]
struct Raised {
    class: String,
    message: String,
}

/// What the observer answered.
pub fn read_look<T: DeserializeOwned>(text: &str) -> Result<T, Unseen> {
    match codec::decode::<Answer<T, Raised>>(text) {
        Ok(Answer::Ok(value)) => Ok(value),
        Ok(Answer::Error(raised)) => Err(match raised.class.as_str() {
            "gone" => Unseen::Gone,
            "refused" => Unseen::Kept(raised.message),
            _ => Unseen::Strange(raised.message),
        }),
        Err(undecodable) => Err(Unseen::Strange(undecodable.to_string())),
    }
}

impl From<Failure> for Unseen {
    fn from(failure: Failure) -> Self {
        Self::Strange(crate::Words::failure(&failure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> ProcessList {
        let process = |number: u64, name: Option<&str>, owner, queue, memory_bytes| Process {
            pid: format!("<0.{number}.0>"),
            name: name.map(str::to_owned),
            kin: name.is_none().then(|| "shell".to_owned()),
            owner,
            links: queue,
            queue,
            memory_bytes,
        };
        ProcessList {
            total: 9,
            processes: vec![
                process(10, None, Owner::Program, 3, 400),
                process(2, Some("echo"), Owner::Console, 0, 900),
                process(9, Some("Counter"), Owner::Program, 3, 100),
                process(11, Some("adder"), Owner::Program, 1, 100),
            ],
        }
    }

    #[track_caller]
    fn check(wish: &Wish, expected: [&str; 3]) {
        let shown: Vec<String> = wish.of(&list()).into_iter().map(|row| row.pid).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn rows_are_sorted_as_a_person_counts() {
        let by = |column, is_falling| Wish {
            column,
            is_falling,
            ..Wish::default()
        };
        check(&by(Column::Pid, false), ["<0.9.0>", "<0.10.0>", "<0.11.0>"]);
        check(&by(Column::Pid, true), ["<0.11.0>", "<0.10.0>", "<0.9.0>"]);
        check(
            &by(Column::Memory, true),
            ["<0.10.0>", "<0.9.0>", "<0.11.0>"],
        );
        check(
            &by(Column::Queue, true),
            ["<0.9.0>", "<0.10.0>", "<0.11.0>"],
        );
        check(
            &by(Column::Links, false),
            ["<0.11.0>", "<0.9.0>", "<0.10.0>"],
        );
        check(
            &by(Column::Name, false),
            ["<0.9.0>", "<0.11.0>", "<0.10.0>"],
        );
    }

    #[test]
    fn a_filter_looks_into_every_text_of_a_row() {
        let found = |filter: &str, with_own| {
            let wish = Wish {
                filter: filter.to_owned(),
                with_own,
                ..Wish::default()
            };
            wish.of(&list()).len()
        };
        assert_eq!(found("", true), 4);
        assert_eq!(found(" COUNTER ", true), 1);
        assert_eq!(found("add", false), 1);
        assert_eq!(found("Shell", false), 1);
        assert_eq!(found("0.2.", true), 1);
        assert_eq!(found("0.2.", false), 0);
    }

    #[test]
    fn what_was_left_out_is_counted() {
        assert_eq!(list().left_out(), 5);
        assert_eq!(ProcessList::default().left_out(), 0);
    }

    #[test]
    fn answers() {
        let text = r#"{"ok":{"total":2,"processes":[["<0.1.0>",null,"a","root",1,2,640]]}}"#;
        let list: ProcessList = read_look(text).expect("a list");
        let process = &list.processes[0];
        assert_eq!(
            (process.owner, process.kin.as_deref()),
            (Owner::Root, Some("a"))
        );
        assert_eq!(
            (process.links, process.queue, process.memory_bytes),
            (1, 2, 640)
        );
        let text = r#"{"ok":{"is_cut":false,"nodes":[{"pid":"<0.1.0>","id":null,"name":"top","module":"top","type":"supervisor","state":"running","children":[{"pid":null,"id":"w","name":null,"module":null,"type":"worker","state":"restarting","children":[]}]}]}}"#;
        let tree: Tree = read_look(text).expect("a tree");
        assert_eq!(tree.nodes[0].children[0].state, Standing::Restarting);
        let error = |class: &str| {
            read_look::<bool>(&format!(
                r#"{{"error":{{"class":"{class}","message":"m"}}}}"#
            ))
        };
        assert_eq!(error("gone"), Err(Unseen::Gone));
        assert_eq!(error("refused"), Err(Unseen::Kept("m".to_owned())));
        assert_eq!(error("exit"), Err(Unseen::Strange("m".to_owned())));
        assert!(matches!(read_look::<bool>("pong"), Err(Unseen::Strange(_))));
    }

    #[test]
    fn questions() {
        assert_eq!(codec::encode(&Look::List), r#"{"op":"list"}"#);
        assert_eq!(codec::encode(&Look::Tree), r#"{"op":"tree"}"#);
        let pid = "<0.1.0>";
        assert_eq!(
            codec::encode(&Look::Details { pid }),
            r#"{"op":"details","pid":"<0.1.0>"}"#
        );
        assert_eq!(
            codec::encode(&Look::Kill { pid }),
            r#"{"op":"kill","pid":"<0.1.0>"}"#
        );
    }
}
