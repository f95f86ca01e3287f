//! The page's entry: the panic hook and the mount, nothing more.

use console::{api, driver::Driver, edge::panic, intent::Send, state::State, view};
use leptos::prelude::*;

fn main() {
    panic::show_on_page();
    let Some(host) = panic::host() else { return };
    let app = move || {
        let state = State::new();
        let driver = Driver::new(state);
        // A page without the interface still serves the person before it.
        drop(api::install(&driver));
        driver.start();
        let send = Send::new(move |intent| driver.perform(intent));
        view! { <view::App state send /> }
    };
    host.set_inner_html("");
    mount_to(host, app).forget();
}
