//! The windows' past as data, so that budgets survive a reload. Written and read by version; what a
//! file claims is checked before any of it is believed.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::engine::Engine;
use crate::history::{Bucket, History, widths};
use crate::operation::{NameError, ROWS, validate as validate_name};
use crate::time::Micros;

/// The version written.
const VERSION: u32 = 1;

/// The recent past of all operations. Only good for a clock with the same origin, such as the Unix
/// epoch: `performance.timeOrigin + performance.now()` in a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Saved {
    version: u32,
    /// When, in microseconds of the clock of whoever saved.
    at_us: u64,
    pasts: Vec<Past>,
}

/// The recent past of one operation, or of all together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Past {
    operation: Option<String>,
    grains: Vec<Grain>,
}

/// The occupied buckets of one width, each as [number, judged, errors, slow].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Grain {
    width_us: u64,
    buckets: Vec<(u64, u32, u32, u32)>,
}

/// Why a saved past is not taken back. Nothing of it is, then.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RestoreError {
    /// Written by a later release.
    #[error(
        "saved by a newer release (version {found}, this one reads {VERSION}): update the page"
    )]
    Newer {
        /// Its version.
        found: u32,
    },
    /// No release writes that.
    #[error("no saved past: {0}")]
    Malformed(&'static str),
    /// A name that cannot be one.
    #[error("no saved past: {0}")]
    Name(#[from] NameError),
}

impl Engine {
    /// The past, to be kept by the caller.
    pub fn save(&self) -> Saved {
        let now = self.now();
        let past = |operation: Option<&str>, history: &History| Past {
            operation: operation.map(str::to_owned),
            grains: widths()
                .into_iter()
                .enumerate()
                .map(|(grain, width_us)| Grain {
                    width_us,
                    buckets: history
                        .occupied(grain, now)
                        .map(|(number, b)| (number, b.judged, b.errors, b.slow))
                        .collect(),
                })
                .collect(),
        };
        let pasts = self
            .histories()
            .map(|(operation, history)| past(operation, history));
        Saved {
            version: VERSION,
            at_us: now.0,
            pasts: pasts.collect(),
        }
    }

    /// Takes a past back, beside whatever is there already. Returns how many buckets were too old
    /// to matter. A past that claims to be from the future, because the clock was set back since,
    /// is moved so that it ends now.
    ///
    /// # Errors
    /// A newer version, or numbers that contradict each other.
    pub fn restore(&mut self, saved: &Saved, now: Micros) -> Result<u64, RestoreError> {
        saved.validate()?;
        let now = self.observe(now);
        let mut dropped = 0;
        for past in &saved.pasts {
            let name = past.operation.as_deref();
            let operation = name.map(|name| self.operation(name)).transpose()?;
            let history = self.history_mut(operation);
            for (grain, saved_grain) in past.grains.iter().enumerate() {
                let width = saved_grain.width_us;
                let ahead = (saved.at_us / width).saturating_sub(now.0 / width);
                for &(number, judged, errors, slow) in &saved_grain.buckets {
                    let bucket = Bucket {
                        judged,
                        errors,
                        slow,
                    };
                    let number = number.saturating_sub(ahead);
                    dropped += u64::from(!history.restore(grain, now, number, bucket));
                }
            }
        }
        Ok(dropped)
    }
}

impl Saved {
    /// The version that this release writes, and the latest it reads.
    pub const VERSION: u32 = VERSION;

    fn validate(&self) -> Result<(), RestoreError> {
        let malformed = |why| Err(RestoreError::Malformed(why));
        if self.version > VERSION {
            return Err(RestoreError::Newer {
                found: self.version,
            });
        }
        if self.version == 0 {
            return malformed("versions begin at 1");
        }
        if self.pasts.len() > ROWS + 1 {
            return malformed("more operations than there can be");
        }
        for past in &self.pasts {
            let same_widths = past.grains.iter().map(|grain| grain.width_us).eq(widths());
            if !same_widths {
                return malformed("its buckets have other widths");
            }
            past.operation.as_deref().map_or(Ok(()), validate_name)?;
            for grain in &past.grains {
                let newest = self.at_us / grain.width_us;
                for &(number, judged, errors, slow) in &grain.buckets {
                    if number > newest {
                        return malformed("a bucket is younger than the whole");
                    }
                    if u64::from(errors) + u64::from(slow) > u64::from(judged) {
                        return malformed("a bucket has more bad samples than samples");
                    }
                }
            }
        }
        Ok(())
    }
}
