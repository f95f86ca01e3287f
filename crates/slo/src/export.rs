//! The same numbers for other tools: CSV for a spreadsheet, an OpenMetrics page for a scraper.

use std::fmt::Write;

use crate::engine::Engine;
use crate::histogram::Latencies;
use crate::row::Row;
use crate::time::Span;

/// Upper bounds of the exported histogram in microseconds, each with its text in seconds.
const BOUNDS: [(u64, &str); 14] = [
    (100, "0.0001"),
    (250, "0.00025"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (1_000_000, "1.0"),
    (10_000_000, "10.0"),
    (60_000_000, "60.0"),
];

impl Engine {
    /// One line for each operation, latencies in milliseconds, empty where nothing was measured.
    pub fn csv(&self) -> String {
        let mut csv = String::from(
            "operation,answered,raised,slow,errors,abandoned,refused,rejected,cancelled,hidden,open,\
             error_rate,mean_ms,p50_ms,p90_ms,p95_ms,p99_ms,p999_ms,max_ms,compliant\n",
        );
        for row in self.rows() {
            let fields = counts(&row)
                .map(|(_, count)| count.to_string())
                .into_iter()
                .chain([
                    row.open.to_string(),
                    text(row.error_rate.map(|rate| rate.as_fraction())),
                ])
                .chain([text(row.mean_us.map(|us| us / 1_000.0))])
                .chain(
                    [row.p50, row.p90, row.p95, row.p99, row.p999, row.max]
                        .map(|span| text(span.map(Span::as_millis))),
                )
                .chain([text(row.compliance.as_bool())]);
            let fields: Vec<String> = [row.name.to_owned()].into_iter().chain(fields).collect();
            csv += &fields.join(",");
            csv += "\n";
        }
        csv
    }

    /// A page in the OpenMetrics text format, version 1.0.
    pub fn open_metrics(&self) -> String {
        let mut page = String::new();
        // Writing to a string cannot fail, so there is no error to pass on.
        let _ = self.write_metrics(&mut page);
        page
    }

    fn write_metrics(&self, page: &mut String) -> std::fmt::Result {
        writeln!(page, "# TYPE atomvm_roundtrips counter")?;
        writeln!(
            page,
            "# HELP atomvm_roundtrips Roundtrips ended, by operation and outcome."
        )?;
        for row in self.rows() {
            for (outcome, count) in counts(&row) {
                // Parts of others: counted there already.
                if !matches!(outcome, "raised" | "slow" | "abandoned") {
                    let name = row.name;
                    let labels = format!("operation=\"{name}\",outcome=\"{outcome}\"");
                    writeln!(page, "atomvm_roundtrips_total{{{labels}}} {count}")?;
                }
            }
        }
        writeln!(page, "# TYPE atomvm_slow_answers counter")?;
        writeln!(
            page,
            "# HELP atomvm_slow_answers Answers that took longer than promised."
        )?;
        for row in self.rows() {
            let (name, slow) = (row.name, row.counts.slow);
            writeln!(
                page,
                "atomvm_slow_answers_total{{operation=\"{name}\"}} {slow}"
            )?;
        }
        writeln!(page, "# TYPE atomvm_open_roundtrips gauge")?;
        writeln!(page, "# HELP atomvm_open_roundtrips Roundtrips open now.")?;
        for row in self.rows() {
            writeln!(
                page,
                "atomvm_open_roundtrips{{operation=\"{}\"}} {}",
                row.name, row.open
            )?;
        }
        writeln!(page, "# TYPE atomvm_roundtrip_seconds histogram")?;
        writeln!(page, "# UNIT atomvm_roundtrip_seconds seconds")?;
        writeln!(
            page,
            "# HELP atomvm_roundtrip_seconds Latency of the answers."
        )?;
        for row in self.rows() {
            if let Some(latencies) = self.latencies(row.operation) {
                write_histogram(page, row.name, latencies)?;
            }
        }
        writeln!(page, "# TYPE atomvm_error_budget_left_ratio gauge")?;
        writeln!(page, "# UNIT atomvm_error_budget_left_ratio ratio")?;
        writeln!(
            page,
            "# HELP atomvm_error_budget_left_ratio Error budget left, by objective."
        )?;
        for budget in self.budgets() {
            if let Some(left) = budget.left_ppm() {
                let (name, left) = (budget.name, left as f64 / 1e6);
                writeln!(
                    page,
                    "atomvm_error_budget_left_ratio{{objective=\"{name}\"}} {left}"
                )?;
            }
        }
        writeln!(page, "# EOF")
    }
}

fn write_histogram(page: &mut String, name: &str, latencies: &Latencies) -> std::fmt::Result {
    for (bound, text) in BOUNDS {
        let count = latencies.count_up_to(Span(bound));
        let labels = format!("operation=\"{name}\",le=\"{text}\"");
        writeln!(page, "atomvm_roundtrip_seconds_bucket{{{labels}}} {count}")?;
    }
    let (count, sum) = (latencies.count(), latencies.sum_us() as f64 / 1e6);
    writeln!(
        page,
        "atomvm_roundtrip_seconds_bucket{{operation=\"{name}\",le=\"+Inf\"}} {count}"
    )?;
    writeln!(
        page,
        "atomvm_roundtrip_seconds_count{{operation=\"{name}\"}} {count}"
    )?;
    writeln!(
        page,
        "atomvm_roundtrip_seconds_sum{{operation=\"{name}\"}} {sum}"
    )
}

fn counts(row: &Row<'_>) -> [(&'static str, u64); 9] {
    let counts = &row.counts;
    [
        ("answered", counts.answered),
        ("raised", counts.raised),
        ("slow", counts.slow),
        ("error", counts.errors),
        ("abandoned", counts.abandoned),
        ("refused", counts.refused),
        ("rejected", counts.rejected),
        ("cancelled", counts.cancelled),
        ("hidden", counts.hidden),
    ]
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
