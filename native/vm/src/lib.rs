//! Functions that take the place of the VM's own. `cargo xtask vm` makes them part of its WebAssembly: what is exported
//! here under the name of one of the VM's functions is called instead of it, and what is exported as `new:…` is what a
//! step of `xtask/src/lean/` calls (`xtask/src/lean/graft.rs`).
//!
//! They live in the VM's memory and have none of their own: no statics, no strings, no arrays on the stack, hence no
//! panics with words. What is pure, and can be tested without a VM, is in modules that know nothing of its memory.

#![cfg_attr(grafted, no_std)]

pub mod bag;
#[cfg(grafted)]
mod binaries;
pub mod bits;
#[cfg(grafted)]
mod bits_vm;
pub mod chars;
pub mod choose;
#[cfg(grafted)]
mod fields_vm;
#[cfg(grafted)]
mod info;
#[cfg(grafted)]
mod maps;
#[cfg(grafted)]
mod room;
pub mod sort;
#[cfg(grafted)]
mod subtract;
#[cfg(grafted)]
mod tables;
#[cfg(grafted)]
mod terms;

/// Nothing here panics; if it did, the VM would stop, as it does where it asserts.
#[cfg(grafted)]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
