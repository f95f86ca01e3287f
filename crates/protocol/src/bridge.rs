//! What the worker says to the console process in the VM, what that answers, and the one place where
//! the VM's words become failures.

use crate::{Failure, codec};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Registered name of the process that answers the worker.
pub const CONSOLE: &str = "console";
/// Registered name of the process that takes what is typed.
pub const TTY: &str = "console_tty";

/// One question to the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Question<'a> {
    /// Are you there?
    Ping,
    /// Evaluate.
    Eval {
        /// Erlang expressions.
        source: &'a str,
    },
    /// Compile and load.
    Compile {
        /// The source of one module.
        source: &'a str,
        /// The name of its file.
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<&'a str>,
        /// Whether it may replace a module of the console.
        force: bool,
    },
    /// Is anybody registered by that name?
    Whereis {
        /// The name.
        name: &'a str,
    },
    /// Load what has been checked and written.
    Load {
        /// The modules.
        files: &'a [ModuleFile],
        /// Where the pack they came in was written, if it holds more than modules.
        #[serde(skip_serializing_if = "Option::is_none")]
        pack: Option<&'a str>,
        /// Whether they may replace modules of the console.
        force: bool,
    },
    /// Load what has been checked and written, and run `start/0` of a module.
    Execute {
        /// The modules.
        files: &'a [ModuleFile],
        /// Where the pack they came in was written, if it holds more than modules.
        #[serde(skip_serializing_if = "Option::is_none")]
        pack: Option<&'a str>,
        /// The module.
        module: &'a str,
    },
    /// Stop every evaluation and every run; the answer is how many there were.
    Interrupt,
    /// Use a pack of the site.
    AddPack {
        /// Where it was written.
        path: &'a str,
        /// Its modules that a person may replace.
        released: &'a [String],
    },
    /// Start the shell in the terminal.
    StartShell {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
}

/// One message to the terminal's process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Keys<'a> {
    /// Typed text.
    Data {
        /// As the terminal sends it.
        text: &'a str,
    },
    /// A new size.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// There is room for output again.
    More,
}

/// What a terminal sends for Ctrl-C: it stops what runs in the shell.
pub const CTRL_C: &str = "\u{3}";

/// A module that lies in the VM's file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModuleFile {
    /// Its name.
    pub module: String,
    /// Where it was written.
    pub path: String,
    /// Its size.
    pub bytes: u64,
}

/// What an evaluation or a run came to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Evaluated {
    /// The value as the shell prints it.
    pub value: String,
    /// What was printed meanwhile.
    #[serde(default)]
    pub output: String,
}

/// What a load brought in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Loaded {
    /// Names of the modules.
    pub modules: Vec<String>,
}

/// What Erlang writes to the event device and the page has a word for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Signal {
    /// The console is registered and answers.
    ConsoleUp,
    /// A program wants the machine to end.
    Halted {
        /// The status it gave.
        status: i32,
    },
}

impl Signal {
    /// The signal that a JSON text holds, if the page has a word for it.
    pub fn read(text: &str) -> Option<Self> {
        codec::decode(text).ok()
    }
}

/// What any of the VM's own processes answers: what was asked for, or that process's account of why not.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer<T, E> {
    Ok(T),
    Error(E),
}

#[derive(Deserialize)]
struct Raised {
    class: String,
    message: String,
    #[serde(default)]
    output: String,
}

/// What the console's answer says.
pub fn read_answer<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    match codec::decode::<Answer<T, Raised>>(text) {
        Ok(Answer::Ok(value)) => Ok(value),
        Ok(Answer::Error(raised)) => Err(Failure::ErlangError {
            class: raised.class,
            message: raised.message,
            output: raised.output,
        }),
        Err(undecodable) => Err(error(format!(
            "the console gave an answer of an unknown shape: {undecodable}"
        ))),
    }
}

/// What the VM's rejection of a call means. AtomVM says `noproc` both when nobody is registered by the
/// name and when the promise was dropped unanswered; `is_registered` is the console's word on which.
pub fn read_rejection(word: &str, process: &str, is_registered: bool) -> Failure {
    match word {
        "noproc" if is_registered => error(format!(
            "process {process} dropped the call without an answer, or ended in the middle of it"
        )),
        "noproc" => Failure::NoProcess {
            process: process.to_owned(),
        },
        other => error(other.to_owned()),
    }
}

fn error(message: String) -> Failure {
    Failure::ErlangError {
        class: "error".to_owned(),
        message,
        output: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: Question<'_>, text: &str) {
        assert_eq!(codec::encode(&question), text);
    }

    #[test]
    fn questions() {
        check(Question::Ping, r#"{"op":"ping"}"#);
        check(
            Question::Eval { source: "\"a\"." },
            r#"{"op":"eval","source":"\"a\"."}"#,
        );
        check(
            Question::Whereis { name: "echo" },
            r#"{"op":"whereis","name":"echo"}"#,
        );
        check(
            Question::Compile {
                source: "-module(m).",
                file: None,
                force: false,
            },
            r#"{"op":"compile","source":"-module(m).","force":false}"#,
        );
        let files = [ModuleFile {
            module: "m".to_owned(),
            path: "/data/in/1.beam".to_owned(),
            bytes: 9,
        }];
        check(
            Question::Load {
                files: &files,
                pack: Some("/data/in/0.avm"),
                force: true,
            },
            r#"{"op":"load","files":[{"module":"m","path":"/data/in/1.beam","bytes":9}],"pack":"/data/in/0.avm","force":true}"#,
        );
        check(
            Question::Execute {
                files: &files,
                pack: None,
                module: "m",
            },
            r#"{"op":"execute","files":[{"module":"m","path":"/data/in/1.beam","bytes":9}],"module":"m"}"#,
        );
        check(
            Question::AddPack {
                path: "/data/c.avm",
                released: &["ring".to_owned()],
            },
            r#"{"op":"add_pack","path":"/data/c.avm","released":["ring"]}"#,
        );
        check(
            Question::StartShell { cols: 80, rows: 24 },
            r#"{"op":"start_shell","cols":80,"rows":24}"#,
        );
    }

    #[test]
    fn keys() {
        let text = |keys: Keys<'_>| codec::encode(&keys);
        assert_eq!(
            text(Keys::Data { text: "x" }),
            r#"{"type":"data","text":"x"}"#
        );
        assert_eq!(
            text(Keys::Resize { cols: 80, rows: 24 }),
            r#"{"type":"resize","cols":80,"rows":24}"#
        );
        assert_eq!(text(Keys::More), r#"{"type":"more"}"#);
        assert_eq!(
            text(Keys::Data { text: CTRL_C }),
            r#"{"type":"data","text":"\u0003"}"#
        );
    }

    #[test]
    fn answers() {
        let evaluated: Evaluated =
            read_answer(r#"{"ok":{"value":"3","output":"hi\n"}}"#).expect("an answer");
        assert_eq!(
            (evaluated.value.as_str(), evaluated.output.as_str()),
            ("3", "hi\n")
        );
        assert_eq!(read_answer(r#"{"ok":false}"#), Ok(false));
        assert_eq!(
            read_answer::<bool>(r#"{"error":{"class":"exit","message":"gone"}}"#),
            Err(Failure::ErlangError {
                class: "exit".to_owned(),
                message: "gone".to_owned(),
                output: String::new(),
            })
        );
        let strange = read_answer::<bool>("pong").expect_err("no answer");
        assert_eq!(strange.code(), "erlang_error");
    }

    #[test]
    fn one_word_of_the_vm_means_two_things() {
        assert_eq!(read_rejection("noproc", "echo", false).code(), "no_process");
        assert_eq!(
            read_rejection("noproc", "echo", true).code(),
            "erlang_error"
        );
        assert_eq!(
            read_rejection("badarg", "echo", false).code(),
            "erlang_error"
        );
    }

    #[test]
    fn signals() {
        assert_eq!(
            Signal::read(r#"{"event":"console_up"}"#),
            Some(Signal::ConsoleUp)
        );
        assert_eq!(
            Signal::read(r#"{"event":"halted","status":3}"#),
            Some(Signal::Halted { status: 3 })
        );
        assert_eq!(Signal::read(r#"{"event":"tick","n":1}"#), None);
        assert_eq!(Signal::read("console_up"), None);
    }
}
