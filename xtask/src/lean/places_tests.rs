//! The step for places in mailboxes on a small VM of the shape that it knows: one process, made by `new`, whose
//! messages and instructions the tests put into memory themselves.

use super::Outcome;
use super::engine::Running;
use super::places::remember;

/// Where the tests put an instruction, and the reference that it names.
const CODE: i32 = 16;
const BOX: i32 = 64;

/// The interpreter's choice, with the four instructions after the rest.
fn vm() -> String {
    let others = "$other ".repeat(172);
    let behind = "(i32.store offset=232 (local.get $frame) (i32.add (local.get $at) (i32.const 2)))
        (block (drop (call $extended_register_ptr (local.get $process) (i32.const 20))))";
    format!(
        r#"(module (memory 4)
        (global $top (mut i32) (i32.const 4096))
        (func $emscripten_builtin_malloc (param $bytes i32) (result i32)
          (global.get $top)
          (global.set $top (i32.add (global.get $top) (local.get $bytes))))
        (func $emscripten_builtin_calloc (param i32 i32) (result i32)
          (call $emscripten_builtin_malloc (i32.mul (local.get 0) (local.get 1))))
        (func $context_new (export "new") (param i32) (result i32) (local $process i32)
          (local.set $process (call $emscripten_builtin_malloc (i32.const 256)))
          (i32.store offset=20 (local.get $process) (call $emscripten_builtin_malloc (i32.const 64)))
          (local.get $process))
        (func $context_clean_registers (param i32)
          (i32.store offset=28 (local.get 0) (i32.const 59)) (i32.store offset=24 (local.get 0) (i32.const 59)))
        (func $mailbox_enqueue_message (param i32 i32)
          (i32.store (local.get 1) (i32.const 0)) (i32.store offset=184 (local.get 0) (local.get 1)))
        (func $extended_register_ptr (param $process i32) (param $number i32) (result i32)
          (i32.add (i32.const 1024) (i32.shl (local.get $number) (i32.const 2))))
        (func $mailbox_reset (param i32)
          (i32.store offset=16 (local.get 0) (i32.const 0))
          (i32.store offset=12 (local.get 0) (i32.load offset=4 (local.get 0))))
        (func $mailbox_take_message (param $mailbox i32) (result i32) (local $message i32) (local $before i32)
          (local.set $message (i32.load offset=12 (local.get $mailbox)))
          (local.set $before (i32.load offset=16 (local.get $mailbox)))
          (if (local.get $before)
            (then (i32.store (local.get $before) (i32.load (local.get $message))))
            (else (i32.store offset=4 (local.get $mailbox) (i32.load (local.get $message)))))
          (if (i32.eq (i32.load offset=8 (local.get $mailbox)) (local.get $message))
            (then (i32.store offset=8 (local.get $mailbox) (local.get $before))))
          (call $mailbox_reset (local.get $mailbox))
          (local.get $message))
        (func $context_process_flush_monitor_signal (param $process i32) (param $monitor i64) (param i32)
          (call $mailbox_reset (i32.add (local.get $process) (i32.const 184))))
        (func $step (param $frame i32) (param $process i32) (param $at i32)
          (block $other
            (block $use (block $reserve (block $clear (block $bind
              (br_table {others}$bind $clear $reserve $use $other
                (i32.sub (i32.load8_u (local.get $at)) (i32.const 1))))
              {behind} (return))
              {behind} (return))
              {behind} (i32.store (i32.add (local.get $process) (i32.const 24)) (i32.const 59)) (return))
              {behind} (return))
          (unreachable))
        (func (export "step") (param $process i32) (result i32)
          (call $step (i32.const 512) (local.get $process) (i32.const {CODE})) (i32.const 0))
        (func (export "poke") (param i32 i32) (result i32) (i32.store (local.get 0) (local.get 1)) (i32.const 0))
        (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "sort") (param $process i32) (param $message i32) (result i32)
          (i32.store (local.get $message) (i32.const 0))
          (if (i32.load offset=192 (local.get $process))
            (then (i32.store (i32.load offset=192 (local.get $process)) (local.get $message)))
            (else (i32.store offset=188 (local.get $process) (local.get $message))))
          (i32.store offset=192 (local.get $process) (local.get $message))
          (if (i32.eqz (i32.load offset=196 (local.get $process)))
            (then (i32.store offset=196 (local.get $process) (local.get $message))))
          (i32.const 0))
        (func (export "next") (param $process i32) (result i32)
          (i32.store offset=200 (local.get $process) (i32.load offset=196 (local.get $process)))
          (i32.store offset=196 (local.get $process) (i32.load (i32.load offset=196 (local.get $process))))
          (i32.load offset=196 (local.get $process)))
        (func (export "take") (param $process i32) (result i32)
          (call $mailbox_take_message (i32.add (local.get $process) (i32.const 184))))
        (func (export "flush") (param $process i32) (param $low i32) (result i32)
          (call $context_process_flush_monitor_signal
            (local.get $process) (i64.extend_i32_u (local.get $low)) (i32.const 0))
          (i32.load offset=196 (local.get $process))))"#
    )
}

/// A process with a mailbox; messages are numbered from 1.
struct Process {
    vm: Running,
    at: i32,
}

impl Process {
    fn new() -> Process {
        let vm = Running::after(&vm(), remember).unwrap();
        let at = vm.call("new", &[0]);
        Process { vm, at }
    }

    fn message(number: i32) -> i32 {
        32_768 + 16 * number
    }

    fn put(&self, number: i32) {
        self.vm.call("sort", &[self.at, Process::message(number)]);
    }

    /// What a `receive` looks at: the message's number, or 0.
    fn looks_at(&self) -> i32 {
        match self.vm.call("peek", &[self.at + 196]) {
            0 => 0,
            message => (message - 32_768) / 16,
        }
    }

    /// Goes on from the message that is looked at to one with that number and takes it; how many it looked at.
    fn take(&self, number: i32) -> usize {
        let mut looked = 1;
        while self.looks_at() != number {
            assert_ne!(self.looks_at(), 0, "{number} is not found");
            self.vm.call("next", &[self.at]);
            looked += 1;
        }
        assert_eq!(self.vm.call("take", &[self.at]), Process::message(number));
        looked
    }

    /// Runs an instruction of up to four bytes.
    fn step(&self, bytes: [u8; 4]) {
        self.vm.call("poke", &[CODE, i32::from_le_bytes(bytes)]);
        self.vm.call("step", &[self.at]);
    }

    /// Register x0 gets a marker.
    fn reserve(&self) {
        self.step([175, 0x03, 0, 0]);
    }

    /// The reference of that number gets the marker in x0: it lies in y2.
    fn bind(&self, number: i32) {
        self.refer(number);
        self.step([173, 0x03, 0x24, 0]);
    }

    fn uses(&self, number: i32) {
        self.refer(number);
        self.step([176, 0x24, 0, 0]);
    }

    fn refer(&self, number: i32) {
        for (word, value) in [(0, 0x90), (4, 0), (8, number)] {
            self.vm.call("poke", &[BOX + word, value]);
        }
        let stack = self.vm.call("peek", &[self.at + 20]);
        self.vm.call("poke", &[stack + 8, BOX + 2]);
    }
}

#[test]
fn a_receive_for_a_reference_begins_behind_what_was_there_before() {
    let process = Process::new();
    (1..=100).for_each(|number| process.put(number));
    process.reserve();
    process.bind(7);
    process.uses(7);
    assert_eq!(process.looks_at(), 0);
    process.put(101);
    process.put(102);
    process.uses(7);
    assert_eq!(process.take(102), 2);
    assert_eq!(process.looks_at(), 1);
}

#[test]
fn a_receive_for_another_reference_or_without_a_place_begins_with_the_first() {
    let process = Process::new();
    process.put(1);
    process.uses(7);
    assert_eq!(process.looks_at(), 1);
    process.reserve();
    process.uses(0);
    assert_eq!(process.looks_at(), 1);
    process.bind(7);
    process.uses(8);
    assert_eq!(process.looks_at(), 1);
}

#[test]
fn an_older_marker_is_none_any_more() {
    let process = Process::new();
    process.put(1);
    process.reserve();
    let marker = process.vm.call("peek", &[process.at + 24]);
    process.put(2);
    process.reserve();
    assert_ne!(process.vm.call("peek", &[process.at + 24]), marker);
    process.vm.call("poke", &[process.at + 24, marker]);
    process.bind(7);
    process.uses(7);
    assert_eq!(process.looks_at(), 1);
}

#[test]
fn operands_are_found_in_far_registers() {
    let process = Process::new();
    process.put(1);
    process.reserve();
    let marker = process.vm.call("peek", &[process.at + 24]);
    process.refer(7);
    // x300 and y12: the upper bits of the number are in the first byte.
    process.vm.call("poke", &[1024 + 300 * 4, marker]);
    let stack = process.vm.call("peek", &[process.at + 20]);
    process.vm.call("poke", &[stack + 12 * 4, BOX + 2]);
    process.vm.call("poke", &[CODE + 4, 12]);
    process.step([173, 0x0b | 1 << 5, 44, 0x0c]);
    process.uses(7);
    assert_eq!(process.looks_at(), 0);
}

#[test]
fn what_a_monitor_left_is_looked_for_from_its_place() {
    let process = Process::new();
    process.put(1);
    process.reserve();
    process.bind(7);
    process.put(2);
    assert_eq!(
        process.vm.call("flush", &[process.at, 7]),
        Process::message(2)
    );
    assert_eq!(
        process.vm.call("flush", &[process.at, 8]),
        Process::message(1)
    );
}

/// Whatever is put and taken in between, each message that came after the marker is found.
#[test]
fn a_place_stays_right_while_others_are_taken() {
    let mut random = 1_u64;
    let mut below = |most: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) as usize % most
    };
    for _ in 0..200 {
        let process = Process::new();
        let mut waiting: Vec<i32> = Vec::new();
        let mut newest = 0;
        let mut put = |waiting: &mut Vec<i32>, count: usize| {
            for _ in 0..count {
                newest += 1;
                process.put(newest);
                waiting.push(newest);
            }
            newest
        };
        put(&mut waiting, below(6));
        process.reserve();
        process.bind(7);
        let last_before = put(&mut waiting, 0);
        for _ in 0..below(8) {
            put(&mut waiting, below(3));
            if !waiting.is_empty() {
                let taken = waiting.remove(below(waiting.len()));
                process.take(taken);
            }
        }
        put(&mut waiting, 1);
        let after: Vec<i32> = waiting
            .iter()
            .copied()
            .filter(|&n| n > last_before)
            .collect();
        let wanted = after[below(after.len())];
        process.uses(7);
        process.take(wanted);
        waiting.retain(|&number| number != wanted);
        for number in waiting {
            assert_eq!(process.take(number), 1, "the rest is in order");
        }
    }
}

#[test]
fn a_vm_without_names_needs_nothing_and_a_strange_one_is_refused() {
    let run = |text: &str| Running::after(text, remember);
    let nameless = run(&vm().replace("mailbox_take_message", "f")).unwrap();
    assert!(matches!(nameless.outcome, Outcome::NotNeeded(_)));
    for (known, strange) in [
        ("$mailbox_reset", "$g"),
        ("$context_process_flush_monitor_signal", "$g"),
        ("$emscripten_builtin_calloc", "$g"),
        ("$extended_register_ptr", "$g"),
        ("(i32.const 256)", "(i32.const 260)"),
        ("offset=184 (local.get 0)", "offset=188 (local.get 0)"),
        ("offset=24 (local.get 0)", "offset=20 (local.get 0)"),
        ("$other $other", "$other"),
        ("(i32.const 59)) (return)", "(i32.const 58)) (return)"),
    ] {
        assert!(run(&vm().replace(known, strange)).is_err(), "{known}");
    }
}
