//! The one place where failures become words for people: what happened, and what to do.

use crate::{BootPhase, BootProblem, Down, Failure, Fault, FileError, Pressure, Refusal, files};

/// Words for people.
#[derive(Debug)]
pub struct Words;

impl Words {
    /// What a failure says, in a sentence or two.
    pub fn failure(failure: &Failure) -> String {
        match failure {
            Failure::NotIsolated { reason } => {
                format!("This page may not use shared memory: {reason}")
            }
            Failure::VmDown { cause } => Self::down(cause),
            Failure::NoProcess { process } => {
                format!("No process is registered as {process}. Register one first.")
            }
            Failure::Timeout { after_ms } => {
                format!("No answer within {after_ms} ms. Allow more with timeoutMs.")
            }
            Failure::BadBeam { offset, reason } => {
                format!("This is no module that the VM can run: {reason} (offset {offset}).")
            }
            Failure::BadAvm { offset, reason } => {
                format!("This is no pack that the VM can run: {reason} (offset {offset}).")
            }
            Failure::BadArgument { argument, fault } => {
                let fault = Self::fault(fault);
                format!("{argument} {}.", fault.trim_end_matches('.'))
            }
            Failure::Refused {
                refusal: Refusal::TooManyOpen { limit },
            } => format!("{limit} requests are open already. Wait for some of them."),
            Failure::Refused {
                refusal: Refusal::TooManyHooks { limit },
            } => format!("{limit} hooks are registered already. Unregister some of them."),
            Failure::Refused {
                refusal: Refusal::NoHandler { intent },
            } => format!(
                "Nobody handles the intent {intent}. Register a handler with page:handle_intent/2."
            ),
            Failure::Refused {
                refusal: Refusal::ByHandler { reason },
            } => format!("The intent was refused: {reason}"),
            Failure::Refused {
                refusal:
                    Refusal::Admission {
                        pressure,
                        protects,
                        retry_after_ms,
                    },
            } => {
                let why = match pressure {
                    Pressure::Busy => "Too many requests are on their way and waiting",
                    Pressure::Waited => "No other request made room in time",
                    Pressure::Full => "More requests are open than can be kept track of",
                };
                format!("{why}; {protects} is protected. Try again in {retry_after_ms} ms.")
            }
            Failure::CircuitOpen {
                protects,
                retry_after_ms,
            } => format!(
                "Too much failed of late; {protects} is protected. Try again in {retry_after_ms} ms."
            ),
            Failure::ErlangError { message, .. } => message.clone(),
            Failure::TooLarge {
                argument,
                bytes,
                limit_bytes,
            } => format!("{argument} has {bytes} bytes; at most {limit_bytes} may pass."),
            Failure::Cancelled => "Cancelled.".to_owned(),
        }
    }

    /// Why a file was not taken.
    pub fn file(error: FileError) -> String {
        match error {
            FileError::BadPath => {
                "That is no name for a file here. Use names between single slashes.".to_owned()
            }
            FileError::TooLarge { bytes } => {
                format!(
                    "It has {bytes} bytes; at most {} are kept of one file.",
                    files::FILE_BYTES
                )
            }
            FileError::Full => format!(
                "All files together may have {} bytes. Remove some.",
                files::ALL_BYTES
            ),
            FileError::TooMany => format!(
                "There may be {} files and folders. Remove some.",
                files::ENTRIES
            ),
            FileError::NotThere => "There is no such file.".to_owned(),
            FileError::Exists => "There is a file of that name already.".to_owned(),
            FileError::NotAFile => {
                "There is a folder where a file is meant, or a file where a folder is.".to_owned()
            }
        }
    }

    /// Why there is no VM.
    pub fn down(cause: &Down) -> String {
        match cause {
            Down::NotReady => "The VM is not ready yet. Wait for atomvm.ready() first.".to_owned(),
            Down::Restarted => "The VM was restarted.".to_owned(),
            Down::Crashed { reason } => format!("The VM crashed: {reason}"),
            Down::Injected => {
                "Fault injection made this request fail. Switch it off in the service levels."
                    .to_owned()
            }
            Down::Stalled {
                phase: BootPhase::Vm,
            } => "The VM did not start in time. Check the connection.".to_owned(),
            Down::Stalled {
                phase: BootPhase::Console,
            } => "The VM started, but its console did not answer in time.".to_owned(),
            Down::BootFailed(problem) => Self::problem(problem),
            Down::Mismatch { page, worker } => format!(
                "The page is of build {} and its VM worker of build {}. Reload the page.",
                page.build, worker.build
            ),
            Down::GaveUp { restarts, reason } => format!(
                "The VM went down again after {restarts} restarts, so it stays down until you restart it. {reason}"
            ),
            Down::Closed => "The page was closed.".to_owned(),
        }
    }

    /// Why a boot cannot succeed.
    pub fn problem(problem: &BootProblem) -> String {
        match problem {
            BootProblem::NotIsolated { reason } => {
                format!("This page may not use shared memory: {reason}")
            }
            BootProblem::Asset { part, finding } => {
                format!("The file for {part} cannot be used: {finding}")
            }
            BootProblem::Start { reason } => {
                format!("The browser could not start the VM: {reason}")
            }
        }
    }

    fn fault(fault: &Fault) -> String {
        match fault {
            Fault::Empty => "is empty".to_owned(),
            Fault::HoldsNul => "holds a NUL character, which the VM takes for the end".to_owned(),
            Fault::NotJson => "cannot be written as JSON".to_owned(),
            Fault::NotText => "must be text".to_owned(),
            Fault::NotBytes => "must be bytes: a Uint8Array or an ArrayBuffer".to_owned(),
            Fault::NotAModule => {
                "must be the name of a module: a letter, then letters, digits, _ or @".to_owned()
            }
            Fault::NotAnEvent => "must be state, output, alert, log or crash".to_owned(),
            Fault::NotAnOperation => "must be one of the operation types".to_owned(),
            Fault::NotAFunction => "must be a function".to_owned(),
            Fault::NotAFun => "must be the source of an Erlang fun of one argument".to_owned(),
            Fault::NotAHook => "is no hook that is registered".to_owned(),
            Fault::NotABoolean => "must be true or false".to_owned(),
            Fault::OutOfRange { min, max } => format!("must be a number from {min} to {max}"),
            Fault::Unfetchable { reason } => format!("could not be fetched: {reason}"),
        }
    }
}
