//! What the page and the VM worker say to each other, and the session machine that owns every call.
