//! The VM host in the worker: decodes a Command, calls AtomVM, posts an Event. Decides nothing.

fn main() {
    console_error_panic_hook::set_once();
}
