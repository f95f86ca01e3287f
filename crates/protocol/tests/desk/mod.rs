//! A session with someone at its desk: opens requests, hears events, and writes effects down as words.

#![allow(dead_code, missing_docs)] // Each test binary uses a part of it.

use protocol::*;

pub fn asset(url: &str) -> Asset {
    Asset {
        url: url.to_owned(),
        bytes: 1,
        sha256: String::new(),
    }
}

pub fn settings() -> Settings {
    Settings {
        build: "b1".to_owned(),
        plan: BootPlan {
            glue: asset("glue"),
            wasm: asset("wasm"),
            packs: Vec::new(),
            natives: asset("natives"),
            re: asset("re"),
            memory_bytes: 64 << 20,
        },
        vm_deadline_us: 10_000,
        console_deadline_us: 5_000,
        policy: Policy {
            max_restarts: 2,
            period_us: 100_000,
            first_delay_us: 100,
            longest_delay_us: 1_000,
        },
        seed: 3,
    }
}

pub fn hello() -> Event {
    Event::Hello(Hello {
        protocol: PROTOCOL,
        build: "b1".to_owned(),
    })
}

pub fn crash() -> Event {
    Event::Crashed(Crash {
        reason: "Aborted()".to_owned(),
        dump: Vec::new(),
        exit_code: None,
    })
}

pub fn call() -> Request {
    Request::Call
}

/// Drives a session and writes down what it asks for, a word for each effect.
pub struct Desk {
    pub session: Session<u32>,
    pub out: Vec<Effect<u32>>,
}

impl Desk {
    pub fn new() -> Self {
        Self {
            session: Session::new(settings()),
            out: Vec::new(),
        }
    }

    pub fn ready() -> Self {
        let mut desk = Self::new();
        desk.session.start(0, &mut desk.out);
        for event in [hello(), Event::VmStarted, Event::ConsoleStarted] {
            desk.hear(0, event);
        }
        assert_eq!(desk.session.phase(), &Phase::Ready);
        // The wake-up for the boot's deadlines comes too, and finds nothing to do.
        desk.session.wake(10_000, &mut desk.out);
        desk.out.clear();
        desk
    }

    pub fn hear(&mut self, now_us: u64, event: Event) -> Option<Event> {
        let generation = self.session.generation();
        self.session.hear(now_us, generation, event, &mut self.out)
    }

    pub fn open(&mut self, now_us: u64, timeout_ms: u32, ticket: u32) -> Option<CallId> {
        self.session
            .open(now_us, call(), timeout_ms, ticket, &mut self.out)
    }

    pub fn check(&mut self, expected: &str) {
        let words: Vec<String> = self.out.drain(..).map(|effect| word(&effect)).collect();
        assert_eq!(words.join(", "), expected);
    }
}

pub fn word(effect: &Effect<u32>) -> String {
    match effect {
        Effect::Spawn { generation } => format!("spawn {generation}"),
        Effect::Kill => "kill".to_owned(),
        Effect::Send(Command::Hello(_)) => "send hello".to_owned(),
        Effect::Send(Command::Boot(_)) => "send boot".to_owned(),
        Effect::Send(Command::Perform { .. }) => "send perform".to_owned(),
        Effect::Send(Command::Cancel { .. }) => "send cancel".to_owned(),
        Effect::Send(_) => "send".to_owned(),
        Effect::Settle {
            ticket,
            outcome: Ok(_),
        } => format!("{ticket} ok"),
        Effect::Settle {
            ticket,
            outcome: Err(failure),
        } => format!("{ticket} {}", failure.code()),
        Effect::WakeAt { at_us } => format!("wake {at_us}"),
        Effect::Moved => "moved".to_owned(),
    }
}
