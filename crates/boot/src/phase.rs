//! How far a boot has come: real bytes of each asset, then the VM, then the console in it.
//! A pure machine behind the page's `vm-state` and its progress bar; it owns no deadline.

/// The words of `vm-state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The page is becoming cross-origin isolated.
    Isolating,
    /// Bytes are on their way.
    Loading,
    /// Everything is here; the VM starts, then the console in it.
    Booting,
    /// The console answers.
    Ready,
    /// The VM went down and a new one is on its way.
    Restarting,
    /// Nothing more happens until somebody asks for a restart.
    Failed,
}

impl Phase {
    /// The word shown and tested for.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Isolating => "isolating",
            Phase::Loading => "loading",
            Phase::Booting => "booting",
            Phase::Ready => "ready",
            Phase::Restarting => "restarting",
            Phase::Failed => "failed",
        }
    }
}

/// What happened to the boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The page is isolated.
    Isolated,
    /// So many bytes of an asset have arrived in all.
    Received {
        /// The asset's address in the manifest.
        url: String,
        /// Bytes received so far.
        bytes: u64,
    },
    /// The console in the VM answered for the first time.
    ConsoleUp,
    /// The VM is gone and is being started anew.
    Restarting,
    /// The boot or the running VM ended for good.
    Failed,
}

/// Bytes received of bytes expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are here.
    pub received: u64,
    /// Bytes that will be here.
    pub expected: u64,
}

impl Progress {
    /// Thousandths, rounded down; an empty boot is complete.
    pub fn permille(self) -> u32 {
        match self
            .received
            .saturating_mul(1000)
            .checked_div(self.expected)
        {
            // `received` never passes `expected`, so this fits.
            Some(share) => u32::try_from(share).unwrap_or(1000),
            None => 1000,
        }
    }
}

/// One boot of the VM and what it waits for.
#[derive(Clone, Debug)]
pub struct Boot {
    phase: Phase,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    url: String,
    progress: Progress,
}

impl Boot {
    /// A boot that needs these assets: address and size of each.
    pub fn new<'a>(assets: impl IntoIterator<Item = (&'a str, u64)>) -> Self {
        let part = |(url, expected): (&str, u64)| Part {
            url: url.to_owned(),
            progress: Progress {
                received: 0,
                expected,
            },
        };
        Boot {
            phase: Phase::Isolating,
            parts: assets.into_iter().map(part).collect(),
        }
    }

    /// Where the boot stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// All assets together. Within one boot it never goes back.
    pub fn progress(&self) -> Progress {
        let sum = |pick: fn(&Progress) -> u64| self.parts.iter().map(|p| pick(&p.progress)).sum();
        Progress {
            received: sum(|p| p.received),
            expected: sum(|p| p.expected),
        }
    }

    /// Takes one input; says whether anything to be shown has changed.
    pub fn apply(&mut self, input: Input) -> bool {
        match (self.phase, input) {
            (Phase::Isolating, Input::Isolated) => self.enter(self.after_loading()),
            (phase, Input::Received { url, bytes }) => {
                let changed = self.receive(&url, bytes);
                match phase {
                    Phase::Loading => self.enter(self.after_loading()) || changed,
                    _ => changed,
                }
            }
            (Phase::Loading | Phase::Booting | Phase::Restarting, Input::ConsoleUp) => {
                self.enter(Phase::Ready)
            }
            // An isolated page is the ground a VM stands on: without it there is nothing to restart.
            (Phase::Isolating, Input::Restarting | Input::ConsoleUp) => false,
            (_, Input::Restarting) => self.enter(Phase::Restarting),
            (_, Input::Failed) => self.enter(Phase::Failed),
            (_, Input::Isolated | Input::ConsoleUp) => false,
        }
    }

    fn after_loading(&self) -> Phase {
        let Progress { received, expected } = self.progress();
        if received == expected {
            Phase::Booting
        } else {
            Phase::Loading
        }
    }

    fn enter(&mut self, phase: Phase) -> bool {
        let changed = self.phase != phase;
        self.phase = phase;
        changed
    }

    /// Bytes only grow and never pass what the manifest promised; an unknown asset counts for nothing.
    fn receive(&mut self, url: &str, bytes: u64) -> bool {
        let Some(part) = self.parts.iter_mut().find(|part| part.url == url) else {
            return false;
        };
        let received = bytes
            .min(part.progress.expected)
            .max(part.progress.received);
        let changed = received != part.progress.received;
        part.progress.received = received;
        changed
    }
}
