//! The VM's worker: the panic hook and the host, nothing more.

fn main() {
    console_error_panic_hook::set_once();
    console::worker::run();
}
