//! The page's entry: nothing but the panic hook and the mount.

fn main() {
    console_error_panic_hook::set_once();
}
