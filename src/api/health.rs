//! `health()`: one word for the whole, and what it is made of.

use crate::driver::Driver;
use crate::state::{Isolation, VmState};
use leptos::prelude::*;
use serde::Serialize;

/// The answer.
#[derive(Serialize)]
pub struct Health {
    status: Status,
    version: String,
    vm: &'static str,
    isolation: &'static str,
    sla: &'static str,
    checks: [Check; 3],
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Pass,
    Warn,
    Fail,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    status: Status,
    detail: String,
}

/// The release and its build id.
pub fn version(driver: &Driver) -> String {
    let build = driver.state.build.get_untracked();
    let release = env!("CARGO_PKG_VERSION");
    if build.starts_with(release) {
        return build;
    }
    format!("{release}+{build}")
}

/// How the page is.
pub fn health(driver: &Driver) -> Health {
    let vm = driver.vm_state();
    let vm_status = match vm {
        VmState::Ready => Status::Pass,
        VmState::Failed => Status::Fail,
        _ => Status::Warn,
    };
    let (isolation, isolation_status, reason) = match driver.state.isolation.get_untracked() {
        Isolation::Pending => ("pending", Status::Warn, String::new()),
        Isolation::Isolated => ("isolated", Status::Pass, String::new()),
        Isolation::Refused(reason) => ("refused", Status::Fail, reason),
    };
    let report = driver.engine.borrow().sla_report();
    let (sla, sla_status) = match report.overall.overall_compliant {
        Some(true) => ("compliant", Status::Pass),
        Some(false) => ("violated", Status::Warn),
        None => ("no_traffic", Status::Pass),
    };
    let violations = report.violations.iter();
    let violations: Vec<String> = violations
        .map(|violation| format!("{}: {}", violation.operation_type, violation.reason))
        .collect();
    Health {
        status: vm_status.max(isolation_status).max(sla_status),
        version: version(driver),
        vm: vm.word(),
        isolation,
        sla,
        checks: [
            Check {
                name: "vm",
                status: vm_status,
                detail: vm.word().to_owned(),
            },
            Check {
                name: "isolation",
                status: isolation_status,
                detail: reason,
            },
            Check {
                name: "sla",
                status: sla_status,
                detail: violations.join("; "),
            },
        ],
    }
}
