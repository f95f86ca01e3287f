//! Objectives as an OpenSLO document (openslo/v1), for other tools and for keeping. What comes in is a
//! stranger's file: every place that is read is checked, and what is left aside is named.

use std::fmt::Write;

use thiserror::Error;

use crate::decimal;
use crate::engine::Engine;
use crate::objective::{Indicator, Objective, ObjectiveError, Objectives};
use crate::operation::{NameError, validate as validate_name};
use crate::ratio::Ppm;
use crate::time::Span;
use crate::yaml::{self, Node, YamlError};

const API: &str = "openslo/v1";
/// The kind of data source that knows our operations; also the name of the service.
const SOURCE: &str = "atomvm-console";

/// Objectives that were read.
#[derive(Clone, Debug)]
pub struct Import {
    /// The set, valid as a whole.
    pub objectives: Objectives,
    /// What the document holds beside it and is not used, in words.
    pub ignored: Vec<String>,
}

/// Why a document is not taken. Nothing of it is, then. Documents and objectives count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    /// No plain YAML, nor JSON, which is YAML.
    #[error("this is no YAML that can be read: {0}")]
    Yaml(#[from] YamlError),
    /// It says so itself.
    #[error(
        "document {document} is written in {found}, which is newer than {API}: update the page"
    )]
    Newer {
        /// Which.
        document: usize,
        /// Its version.
        found: String,
    },
    /// Something else.
    #[error("document {document} is no OpenSLO: its apiVersion is not {API}")]
    NotOpenSlo {
        /// Which.
        document: usize,
    },
    /// Nothing in it.
    #[error("there is no objective in it: no document is of kind SLO")]
    Empty,
    /// A place that is missing, or holds what is not understood.
    #[error("document {document}, {place}: {fault}")]
    Place {
        /// Which.
        document: usize,
        /// Path of keys.
        place: &'static str,
        /// What is wrong with it.
        fault: Cow,
    },
    /// An operation's name that cannot be one.
    #[error("document {document}: {error}")]
    Name {
        /// Which.
        document: usize,
        /// Why.
        error: NameError,
    },
    /// Read well, but impossible.
    #[error("{0}")]
    Objectives(#[from] ObjectiveError),
}

type Cow = std::borrow::Cow<'static, str>;

impl Engine {
    /// The objectives in force as an OpenSLO document.
    pub fn openslo(&self) -> String {
        let mut yaml = String::new();
        // Writing to a string cannot fail, so there is no error to pass on.
        let _ = self.write_openslo(&mut yaml);
        yaml
    }

    fn write_openslo(&self, yaml: &mut String) -> std::fmt::Result {
        write!(
            yaml,
            "apiVersion: {API}\nkind: Service\nmetadata:\n  name: {SOURCE}\n  displayName: AtomVM \
             Console\nspec:\n  description: Roundtrips from a page to Erlang and back.\n"
        )?;
        for objective in self.objectives().iter() {
            let operation = objective
                .operation
                .map(|operation| self.operation_name(operation));
            let name = format!("{}-{}", operation.unwrap_or("overall"), objective.indicator);
            // Names there hold no underscore; the operation's own stands in the metric's source.
            let name = name.replace('_', "-");
            let source = |indent: &str, measure: &str| {
                let line = operation.map_or_else(String::new, |operation| {
                    format!("{indent}    operation: {operation}\n")
                });
                format!(
                    "{indent}metricSource:\n{indent}  type: {SOURCE}\n{indent}  spec:\n{line}\
                     {indent}    measure: {measure}\n"
                )
            };
            write!(
                yaml,
                "---\napiVersion: {API}\nkind: SLO\nmetadata:\n  name: {name}\nspec:\n  service: \
                 {SOURCE}\n  indicator:\n    metadata:\n      name: {name}\n    spec:\n"
            )?;
            let limit = match objective.indicator {
                Indicator::Availability => {
                    let deep = "          ";
                    write!(
                        yaml,
                        "      ratioMetric:\n        counter: true\n        good:\n{}        total:\n{}",
                        source(deep, "answered"),
                        source(deep, "judged"),
                    )?;
                    String::new()
                }
                Indicator::Latency { threshold } => {
                    let metric = source("        ", "latency_ms");
                    write!(yaml, "      thresholdMetric:\n{metric}")?;
                    format!(
                        "      op: lte\n      value: {}\n",
                        decimal::write(threshold.0, 3)
                    )
                }
            };
            write!(
                yaml,
                "  timeWindow:\n    - duration: {}\n      isRolling: true\n  budgetingMethod: \
                 Occurrences\n  objectives:\n    - displayName: {name}\n{limit}      target: {}\n",
                duration(objective.window),
                decimal::write(u64::from(objective.target.get()), 6),
            )?;
        }
        Ok(())
    }

    /// Reads objectives from an OpenSLO document, YAML or JSON. They are not put in force.
    ///
    /// # Errors
    /// The first place that cannot be believed.
    pub fn read_openslo(&mut self, text: &str) -> Result<Import, ImportError> {
        let (mut list, mut ignored) = (vec![], vec![]);
        for (at, node) in yaml::read(text)?.iter().enumerate() {
            let document = Document {
                number: at + 1,
                node,
            };
            document.check_version()?;
            match document.text("kind")? {
                "SLO" => list.push(document.objective(self, &mut ignored)?),
                "Service" => {}
                kind => ignored.push(format!("document {} of kind {}", at + 1, brief(kind))),
            }
        }
        if list.is_empty() {
            return Err(ImportError::Empty);
        }
        let objectives = Objectives::new(list)?;
        Ok(Import {
            objectives,
            ignored,
        })
    }
}

/// One document of a stream.
struct Document<'a> {
    number: usize,
    node: &'a Node,
}

impl<'a> Document<'a> {
    fn check_version(&self) -> Result<(), ImportError> {
        let document = self.number;
        let found = self.node.at("apiVersion").and_then(Node::text);
        match found.map(|found| (found, found.strip_prefix("openslo/v"))) {
            Some((API, _)) => Ok(()),
            Some((found, Some(version))) if version.starts_with(|c: char| c > '1' && c <= '9') => {
                let found = brief(found);
                Err(ImportError::Newer { document, found })
            }
            _ => Err(ImportError::NotOpenSlo { document }),
        }
    }

    fn fault(&self, place: &'static str, fault: impl Into<Cow>) -> ImportError {
        ImportError::Place {
            document: self.number,
            place,
            fault: fault.into(),
        }
    }

    fn text(&self, place: &'static str) -> Result<&'a str, ImportError> {
        let text = self.node.at(place).and_then(Node::text);
        text.ok_or_else(|| self.fault(place, "a text is missing"))
    }

    /// The only element of a list.
    fn only(&self, place: &'static str) -> Result<&'a Node, ImportError> {
        match self.node.at(place).and_then(Node::list) {
            Some([only]) => Ok(only),
            _ => Err(self.fault(place, "a list of exactly one element is read")),
        }
    }

    fn objective(
        &self,
        engine: &mut Engine,
        ignored: &mut Vec<String>,
    ) -> Result<Objective, ImportError> {
        let method = self.text("spec.budgetingMethod")?;
        if method != "Occurrences" {
            return Err(self.fault("spec.budgetingMethod", "only Occurrences are counted here"));
        }
        let window = self.window()?;
        let objective = self.only("spec.objectives")?;
        let of = |key: &str| objective.at(key).and_then(Node::text);
        let target = self.target(of("target"))?;
        let metric = "spec.indicator.spec.";
        let latency = self.node.at(&format!("{metric}thresholdMetric"));
        let ratio = self.node.at(&format!("{metric}ratioMetric"));
        let (sources, indicator) = match (latency, ratio) {
            (Some(metric), None) => {
                if of("op") != Some("lte") {
                    return Err(self.fault("spec.objectives", "op must be lte"));
                }
                let threshold = self.threshold(of("value"))?;
                let source = metric.at("metricSource");
                ([source, source], Indicator::Latency { threshold })
            }
            (None, Some(metric)) => {
                let sources = ["good", "total"].map(|part| metric.at(part)?.at("metricSource"));
                (sources, Indicator::Availability)
            }
            _ => {
                let fault = "one of thresholdMetric and ratioMetric is read";
                return Err(self.fault("spec.indicator.spec", fault));
            }
        };
        let of = |key: &str| sources.map(|source| source?.at(key)?.text());
        if of("type") != [Some(SOURCE); 2] {
            let fault = "the metricSource's type must be atomvm-console, the only source there is";
            return Err(self.fault("spec.indicator.spec", fault));
        }
        let [name, total] = of("spec.operation");
        if name != total {
            let fault = "good and total must be of one operation";
            return Err(self.fault("spec.indicator.spec", fault));
        }
        let operation = name.map(|name| {
            let document = self.number;
            let named = validate_name(name).and_then(|()| engine.operation(name));
            named.map_err(|error| ImportError::Name { document, error })
        });
        if self.node.at("spec.alertPolicies").is_some() {
            ignored.push(format!("the alert policies of document {}", self.number));
        }
        Ok(Objective {
            operation: operation.transpose()?,
            indicator,
            target,
            window,
        })
    }

    fn window(&self) -> Result<Span, ImportError> {
        const PLACE: &str = "spec.timeWindow";
        let window = self.only(PLACE)?;
        let of = |key: &str| window.at(key).and_then(Node::text);
        if of("isRolling") != Some("true") {
            return Err(self.fault(PLACE, "only rolling windows are kept"));
        }
        of("duration").and_then(span).ok_or_else(|| {
            self.fault(
                PLACE,
                "a duration is a number and one of m, h, d, w, such as 1h",
            )
        })
    }

    fn target(&self, text: Option<&str>) -> Result<Ppm, ImportError> {
        let parts = text.and_then(|text| decimal::read(text, 6).ok());
        let target = parts.and_then(|parts| Ppm::new(u32::try_from(parts).ok()?));
        target.ok_or_else(|| {
            self.fault(
                "spec.objectives",
                "target must be a fraction such as 0.999, to six places",
            )
        })
    }

    fn threshold(&self, text: Option<&str>) -> Result<Span, ImportError> {
        let us = text.and_then(|text| decimal::read(text, 3).ok());
        us.map(Span).ok_or_else(|| {
            self.fault(
                "spec.objectives",
                "value must be milliseconds such as 10, to three places",
            )
        })
    }
}

/// The units of a duration, the longest first, in minutes.
const UNITS: [(char, u64); 4] = [('w', 10_080), ('d', 1_440), ('h', 60), ('m', 1)];

/// A window as OpenSLO writes it; windows are whole minutes.
fn duration(window: Span) -> String {
    let minutes = window.0 / 60_000_000;
    let fits = |&&(_, unit): &&(char, u64)| minutes.is_multiple_of(unit) && minutes >= unit;
    let (letter, unit) = UNITS.iter().find(fits).copied().unwrap_or(('m', 1));
    format!("{}{letter}", minutes / unit)
}

fn span(text: &str) -> Option<Span> {
    let letter = text.chars().next_back()?;
    let (_, unit) = UNITS.iter().find(|(known, _)| *known == letter)?;
    let count = decimal::read(&text[..text.len() - 1], 0).ok()?;
    Some(Span(count.checked_mul(unit * 60_000_000)?))
}

/// So much of a stranger's word as fits into a sentence.
fn brief(text: &str) -> String {
    let clean = text.chars().filter(|c| !c.is_control());
    clean.take(40).collect()
}
