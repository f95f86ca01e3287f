//! What the page says to the process in the VM that keeps hooks and intents, and what that answers.
//! A request is a line of JSON, then what is large: a payload or a source, as JSON too.

use crate::bridge::Answer;
use crate::{Failure, Fault, Refusal, codec, limits};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

/// Registered name of the process that keeps hooks and the handlers of intents.
pub const HOOKS: &str = "console_hooks";
/// How long one hook may take. Shorter than a call's deadline, so that a stuck hook costs its own result
/// and not those of the others.
pub const HOOK_WITHIN_MS: u32 = 2_000;
/// How long the handler of an intent may take.
pub const INTENT_WITHIN_MS: u32 = 4_000;
/// How long it may take to make a fun of the source of a hook.
pub const REGISTER_WITHIN_MS: u32 = 4_000;

/// The first line of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum HookRequest<'a> {
    /// Register a hook; its source follows, as a JSON text.
    Register {
        /// The event it runs on.
        event: &'a str,
        /// How long the evaluation of its source may take.
        within_ms: u32,
    },
    /// Bring back what a VM that is gone had registered; nothing follows.
    Restore {
        /// In the order in which they were registered.
        hooks: &'a [KeptHook],
    },
    /// Forget a hook; nothing follows.
    Unregister {
        /// Its name.
        hook: &'a str,
    },
    /// Run the hooks of an event; its payload follows.
    Emit {
        /// The event.
        event: &'a str,
        /// How long each hook may take.
        within_ms: u32,
    },
    /// Have an intent handled; its payload follows.
    Intent {
        /// The intent.
        intent: &'a str,
        /// How long the handler may take.
        within_ms: u32,
    },
}

impl HookRequest<'_> {
    /// The line, its end included.
    pub fn line(&self) -> String {
        let mut line = codec::encode(self);
        line.push('\n');
        line
    }
}

/// A hook as the page remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptHook {
    /// The name that the VM gave it.
    pub hook: String,
    /// The event it runs on.
    pub event: String,
    /// Its source.
    pub source: String,
}

#[derive(Deserialize)]
struct Registered {
    hook: String,
}

/// What one hook came to.
#[derive(Debug)]
pub struct HookResult {
    /// The hook's name.
    pub hook: String,
    /// The JSON text of what it returned, or why there is none.
    pub outcome: Result<Box<RawValue>, Failure>,
}

#[derive(Deserialize)]
struct Told {
    hook: String,
    /// `null` is a result like any other.
    #[serde(default, deserialize_with = "present")]
    ok: Option<Box<RawValue>>,
    #[serde(default)]
    error: Option<Raised>,
}

fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(value).map(Some)
}

#[derive(Deserialize)]
struct Raised {
    class: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    amount: u64,
    #[serde(default)]
    limit: u64,
}

/// The name of a hook that was registered.
pub fn read_registered(text: &str) -> Result<String, Failure> {
    let registered: Registered = read_answer(text, REGISTER_WITHIN_MS)?;
    Ok(registered.hook)
}

/// Whether what was asked for is done.
pub fn read_done(text: &str) -> Result<(), Failure> {
    read_answer::<bool>(text, limits::CALL_TIMEOUT_MS).map(drop)
}

fn read_answer<T: DeserializeOwned>(text: &str, within_ms: u32) -> Result<T, Failure> {
    match codec::decode::<Answer<T, Raised>>(text) {
        Ok(Answer::Ok(value)) => Ok(value),
        Ok(Answer::Error(raised)) => Err(failure(raised, within_ms)),
        Err(undecodable) => Err(strange(&undecodable.to_string())),
    }
}

/// What an intent's handler returned, as JSON text.
pub fn read_intent(text: &str) -> Result<Box<RawValue>, Failure> {
    read_answer(text, INTENT_WITHIN_MS)
}

/// What the hooks of an event came to, in the order in which they were registered.
pub fn read_results(text: &str) -> Result<Vec<HookResult>, Failure> {
    let told: Vec<Told> = read_answer(text, HOOK_WITHIN_MS)?;
    let results = told.into_iter().map(|told| HookResult {
        hook: told.hook,
        outcome: match (told.ok, told.error) {
            (Some(value), _) => Ok(value),
            (None, Some(raised)) => Err(failure(raised, HOOK_WITHIN_MS)),
            (None, None) => Err(strange("a hook's result is neither good nor bad")),
        },
    });
    Ok(results.collect())
}

fn strange(reason: &str) -> Failure {
    Failure::ErlangError {
        class: "error".to_owned(),
        message: format!("the console gave an answer of an unknown shape: {reason}"),
        output: String::new(),
    }
}

fn failure(raised: Raised, within_ms: u32) -> Failure {
    let bad = |argument: &str, fault| Failure::BadArgument {
        argument: argument.to_owned(),
        fault,
    };
    let refused = |refusal| Failure::Refused { refusal };
    match raised.class.as_str() {
        "timeout" => Failure::Timeout {
            after_ms: within_ms,
        },
        "not_a_fun" => bad("source", Fault::NotAFun),
        "unknown_hook" => bad("hook", Fault::NotAHook),
        "too_large" => Failure::TooLarge {
            argument: "result".to_owned(),
            bytes: raised.amount,
            limit_bytes: raised.limit,
        },
        "too_many" => refused(Refusal::TooManyHooks {
            limit: raised.limit as u32,
        }),
        "no_handler" => refused(Refusal::NoHandler {
            intent: raised.message,
        }),
        "refused" => refused(Refusal::ByHandler {
            reason: raised.message,
        }),
        _ => Failure::ErlangError {
            class: raised.class,
            message: raised.message,
            output: String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_line(request: &HookRequest<'_>, line: &str) {
        assert_eq!(request.line(), line);
    }

    #[test]
    fn a_request_begins_with_a_line() {
        check_line(
            &HookRequest::Register {
                event: "saved",
                within_ms: 9,
            },
            "{\"op\":\"register\",\"event\":\"saved\",\"within_ms\":9}\n",
        );
        let kept = [KeptHook {
            hook: "h1".to_owned(),
            event: "a\nb".to_owned(),
            source: "fun(X) -> X end".to_owned(),
        }];
        check_line(
            &HookRequest::Restore { hooks: &kept },
            "{\"op\":\"restore\",\"hooks\":[{\"hook\":\"h1\",\"event\":\"a\\nb\",\"source\":\"fun(X) -> X end\"}]}\n",
        );
        check_line(
            &HookRequest::Unregister { hook: "h1" },
            "{\"op\":\"unregister\",\"hook\":\"h1\"}\n",
        );
        check_line(
            &HookRequest::Emit {
                event: "saved",
                within_ms: 9,
            },
            "{\"op\":\"emit\",\"event\":\"saved\",\"within_ms\":9}\n",
        );
        check_line(
            &HookRequest::Intent {
                intent: "greet",
                within_ms: 9,
            },
            "{\"op\":\"intent\",\"intent\":\"greet\",\"within_ms\":9}\n",
        );
    }

    #[track_caller]
    fn check_failure(error: &str, expected: Failure) {
        let text = format!("{{\"error\":{error}}}");
        assert_eq!(read_answer::<bool>(&text, 2_000), Err(expected));
    }

    #[test]
    fn failures_have_the_codes_of_the_contract() {
        check_failure(
            r#"{"class":"timeout","message":"no answer in time"}"#,
            Failure::Timeout { after_ms: 2_000 },
        );
        check_failure(
            r#"{"class":"not_a_fun"}"#,
            Failure::BadArgument {
                argument: "source".to_owned(),
                fault: Fault::NotAFun,
            },
        );
        check_failure(
            r#"{"class":"unknown_hook"}"#,
            Failure::BadArgument {
                argument: "hook".to_owned(),
                fault: Fault::NotAHook,
            },
        );
        check_failure(
            r#"{"class":"too_large","amount":9,"limit":8}"#,
            Failure::TooLarge {
                argument: "result".to_owned(),
                bytes: 9,
                limit_bytes: 8,
            },
        );
        check_failure(
            r#"{"class":"too_many","limit":256}"#,
            Failure::Refused {
                refusal: Refusal::TooManyHooks { limit: 256 },
            },
        );
        check_failure(
            r#"{"class":"no_handler","message":"greet"}"#,
            Failure::Refused {
                refusal: Refusal::NoHandler {
                    intent: "greet".to_owned(),
                },
            },
        );
        check_failure(
            r#"{"class":"refused","message":"not today"}"#,
            Failure::Refused {
                refusal: Refusal::ByHandler {
                    reason: "not today".to_owned(),
                },
            },
        );
        check_failure(
            r#"{"class":"throw","message":"** exception throw: x"}"#,
            Failure::ErlangError {
                class: "throw".to_owned(),
                message: "** exception throw: x".to_owned(),
                output: String::new(),
            },
        );
    }

    #[test]
    fn a_hook_that_fails_harms_no_other() {
        let text = r#"{"ok":[{"hook":"h1","ok":{"n":12345678901234567890}},{"hook":"h2","error":{"class":"timeout"}},{"hook":"h3","ok":null}]}"#;
        let results = read_results(text).expect("results");
        let told: Vec<_> = results
            .iter()
            .map(|result| {
                let outcome = result.outcome.as_ref();
                let told = outcome.map(|value| value.get().to_owned());
                (result.hook.as_str(), told.map_err(|failure| failure.code()))
            })
            .collect();
        assert_eq!(
            told,
            [
                ("h1", Ok(r#"{"n":12345678901234567890}"#.to_owned())),
                ("h2", Err("timeout")),
                ("h3", Ok("null".to_owned())),
            ]
        );
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error_and_no_panic() {
        for text in ["", "pong", "{}", "[]", r#"{"ok":3}"#] {
            let failure = read_results(text).expect_err(text);
            assert_eq!(failure.code(), "erlang_error", "{text}");
        }
        assert_eq!(
            read_registered(r#"{"ok":{"hook":"h7"}}"#),
            Ok("h7".to_owned())
        );
        assert_eq!(read_done(r#"{"ok":true}"#), Ok(()));
        let intent = read_intent(r#"{"ok":[1,2]}"#).expect("an answer");
        assert_eq!(intent.get(), "[1,2]");
        assert_eq!(read_intent(r#"{"ok":null}"#).expect("null").get(), "null");
    }
}
