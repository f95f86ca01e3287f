//! Who supervises whom, as nested lists.

use leptos::prelude::*;
use protocol::observe::{Node, Role, Standing};

use super::Post;
use crate::{
    intent::{Intent, Observe},
    state::State,
};

/// The tree.
#[component]
pub fn Tree(state: State, post: Post) -> impl IntoView {
    let tree = state.processes.tree;
    let words = move || {
        tree.with(|tree| match tree {
            None => "Asking the VM…",
            Some(tree) if tree.nodes.is_empty() => {
                "No supervisor is running. Start one, and whom it supervises appears here."
            }
            Some(tree) if tree.is_cut => "There is more than is shown.",
            Some(_) => "",
        })
    };
    view! {
        <div class="process-room" tabindex="0" role="region" aria-label="Supervision tree">
            <ul class="tree">
                {move || tree.with(|tree| {
                    let nodes = tree.as_ref().map(|tree| tree.nodes.as_slice());
                    nodes.unwrap_or_default().iter().map(|child| node(child, post)).collect_view()
                })}
            </ul>
            <p class="process-none" hidden=move || words().is_empty()>{words}</p>
        </div>
    }
    .into_any()
}

fn node(node_of: &Node, post: Post) -> AnyView {
    let name = [&node_of.name, &node_of.id, &node_of.module];
    let name = name.into_iter().flatten().next().cloned();
    let role = match node_of.role {
        Role::Supervisor => "supervisor",
        Role::Worker => "worker",
    };
    let (standing, tone) = match node_of.state {
        Standing::Running => ("", "good"),
        Standing::Silent => ("does not answer", "bad"),
        Standing::Restarting => ("restarting", "warn"),
        Standing::Stopped => ("stopped", "idle"),
    };
    let pid = node_of.pid.clone();
    let (chosen, is_absent) = (pid.clone(), pid.is_none());
    let children = node_of.children.iter();
    let children: Vec<AnyView> = children.map(|child| node(child, post)).collect();
    let has_children = !children.is_empty();
    view! {
        <li class="tree-node">
            <p class="tree-line" data-role=role data-tone=tone>
                <span class="tree-name">{name.unwrap_or_else(|| role.to_owned())}</span>
                <button
                    type="button"
                    class="process-pid"
                    hidden=is_absent
                    on:click=move |_| post.send(Intent::Observe(Observe::Choose(chosen.clone())))
                >
                    {pid}
                </button>
                <span class="process-mark">{role}</span>
                <span class="tree-standing" hidden=standing.is_empty()>{standing}</span>
            </p>
            {has_children.then(|| view! { <ul class="tree-children">{children}</ul> })}
        </li>
    }
    .into_any()
}
