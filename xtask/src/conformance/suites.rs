//! The suites that are the measure, and the modules that come with each.

use std::time::Duration;

/// One suite of OTP's standard library.
pub struct Suite {
    /// Its name without `_SUITE`.
    pub name: &'static str,
    /// Other modules of the same folder that it calls.
    pub with: &'static [&'static str],
    /// How long its cases take at least, where that is more than other suites' may.
    least: Duration,
}

impl Suite {
    /// The module.
    pub fn module(&self) -> String {
        format!("{}_SUITE", self.name)
    }

    /// How long a case may take, where one of another suite may take as long as is said.
    pub fn limit(&self, usual: Duration) -> Duration {
        usual.max(self.least)
    }
}

const fn alone(name: &'static str) -> Suite {
    with(name, &[])
}

const fn with(name: &'static str, with: &'static [&'static str]) -> Suite {
    Suite {
        name,
        with,
        least: Duration::ZERO,
    }
}

const fn lasting(name: &'static str, minutes: u64) -> Suite {
    Suite {
        name,
        with: &[],
        least: Duration::from_secs(60 * minutes),
    }
}

/// All of them.
pub const SUITES: &[Suite] = &[
    with("lists", &["error_info_lib"]),
    with("maps", &["error_info_lib"]),
    alone("proplists"),
    alone("queue"),
    with("dict", &["dict_test_lib"]),
    with("sets", &["sets_test_lib"]),
    alone("array"),
    alone("string"),
    with(
        "unicode",
        &["error_info_lib", "random_iolist", "random_unicode_list"],
    ),
    with(
        "binary_module",
        &["binref", "error_info_lib", "random_iolist"],
    ),
    alone("base64"),
    alone("calendar"),
    with("math", &["error_info_lib"]),
    alone("rand"),
    alone("json"),
    with("ets", &["error_info_lib"]),
    with("io", &["error_info_lib"]),
    alone("format"),
    alone("erl_scan"),
    alone("erl_eval"),
    alone("erl_pp"),
    with(
        "re",
        &[
            "error_info_lib",
            "re_testoutput1_replacement_test",
            "re_testoutput1_split_test",
            "run_pcre_tests",
        ],
    ),
    // Its one case waits and measures for a minute and a half.
    lasting("timer", 5),
    alone("timer_simple"),
    with("gen_server", &["dummy_via", "error_logger_forwarder"]),
    with("gen_statem", &["dummy_via", "error_logger_forwarder"]),
    with(
        "gen_event",
        &["dummy_h", "dummy1_h", "dummy_via", "error_logger_forwarder"],
    ),
    with(
        "supervisor",
        &[
            "dummy_via",
            "naughty_child",
            "supervisor_1",
            "supervisor_2",
            "supervisor_3",
            "supervisor_4",
            "supervisor_deadlock",
        ],
    ),
    alone("proc_lib"),
    alone("sofs"),
    alone("digraph"),
];
