//! How a roundtrip ends, and what each ending says about the service. Decided here and nowhere else.
//!
//! The indicator asks one thing: did the service answer someone who asked properly? An Erlang
//! exception in the user's own program is an answer. A malformed request is not a roundtrip. What
//! the person took back says nothing. Everything else without an answer is an error.

/// Why a roundtrip brought no value; the codes of `AtomvmError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The page may not run the VM: the person wanted an answer and can get none.
    NotIsolated,
    /// The VM exited, trapped or never came up while the call was open.
    VmDown,
    /// Nobody of that name. An error although the caller may have mistyped: AtomVM says the same
    /// word when a process died with the promise in its hands, and a doubt never flatters the service.
    NoProcess,
    /// No answer before the deadline.
    Timeout,
    /// The file is no BEAM module.
    BadBeam,
    /// The file is no AVM pack.
    BadAvm,
    /// The request was malformed.
    BadArgument,
    /// The request was larger than the border lets through.
    TooLarge,
    /// Turned away by admission.
    Refused,
    /// Turned away by an open breaker.
    CircuitOpen,
    /// The user's own program raised: an answer, and its latency counts.
    ErlangError,
    /// The person took it back: an interrupt, or a restart they asked for.
    Cancelled,
}

/// How a roundtrip ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It brought a value.
    Success,
    /// It brought none, for this reason.
    Failure(Reason),
    /// Its token was dropped: nobody can vouch for an answer, so it counts as an error.
    Abandoned,
    /// Admission turned it away before it began.
    Refused,
}

/// What an outcome says about the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Answered: good, and its latency is judged.
    Answered,
    /// Not answered: spends error budget.
    Error,
    /// Turned away to protect the service: counted apart, judged by nothing.
    Refused,
    /// Never a proper request: counted apart.
    Rejected,
    /// Taken back by whoever asked: counted apart.
    Cancelled,
}

impl Reason {
    /// The code outside code sees.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotIsolated => "not_isolated",
            Self::VmDown => "vm_down",
            Self::NoProcess => "no_process",
            Self::Timeout => "timeout",
            Self::BadBeam => "bad_beam",
            Self::BadAvm => "bad_avm",
            Self::BadArgument => "bad_argument",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
            Self::CircuitOpen => "circuit_open",
            Self::ErlangError => "erlang_error",
            Self::Cancelled => "cancelled",
        }
    }

    /// Every reason there is.
    pub const ALL: [Self; 12] = [
        Self::NotIsolated,
        Self::VmDown,
        Self::NoProcess,
        Self::Timeout,
        Self::BadBeam,
        Self::BadAvm,
        Self::BadArgument,
        Self::TooLarge,
        Self::Refused,
        Self::CircuitOpen,
        Self::ErlangError,
        Self::Cancelled,
    ];

    /// The reason with that code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

impl Outcome {
    /// What it says about the service.
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Success => Verdict::Answered,
            Self::Abandoned => Verdict::Error,
            Self::Refused => Verdict::Refused,
            Self::Failure(reason) => match reason {
                Reason::ErlangError => Verdict::Answered,
                Reason::NotIsolated | Reason::VmDown | Reason::NoProcess | Reason::Timeout => {
                    Verdict::Error
                }
                Reason::BadBeam | Reason::BadAvm | Reason::BadArgument | Reason::TooLarge => {
                    Verdict::Rejected
                }
                Reason::Refused | Reason::CircuitOpen => Verdict::Refused,
                Reason::Cancelled => Verdict::Cancelled,
            },
        }
    }

    /// One word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure(reason) => reason.code(),
            Self::Abandoned => "abandoned",
            Self::Refused => "refused",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ending_says_one_thing_about_the_service() {
        let listing = |verdict| {
            let failures = Reason::ALL.map(Outcome::Failure);
            let rest = [Outcome::Success, Outcome::Abandoned, Outcome::Refused];
            let all = rest.into_iter().chain(failures);
            let codes: Vec<_> = all
                .filter(|o| o.verdict() == verdict)
                .map(|o| o.code())
                .collect();
            codes.join(" ")
        };
        assert_eq!(listing(Verdict::Answered), "success erlang_error");
        assert_eq!(
            listing(Verdict::Error),
            "abandoned not_isolated vm_down no_process timeout"
        );
        assert_eq!(listing(Verdict::Refused), "refused refused circuit_open");
        assert_eq!(
            listing(Verdict::Rejected),
            "bad_beam bad_avm bad_argument too_large"
        );
        assert_eq!(listing(Verdict::Cancelled), "cancelled");
    }

    #[test]
    fn codes_are_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(Reason::from_code("gremlins"), None);
    }
}
