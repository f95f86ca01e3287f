//! What a person can ask of the service levels.

use slo::{Draft, FaultForm, LoadForm};
use web_sys::{File, HtmlElement};

/// What of the service levels is in sight; what nobody sees is not renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sight {
    /// Nothing.
    Hidden,
    /// The state at a glance.
    #[default]
    Glance,
    /// Everything, charts too.
    Wide,
}

/// The form a report is saved in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportForm {
    /// Everything, for programs.
    Json,
    /// One line for each operation, for a spreadsheet.
    Csv,
    /// For a scraper.
    OpenMetrics,
}

/// One wish.
#[derive(Clone, Debug)]
pub enum LevelsIntent {
    /// This much of the service levels is in sight now.
    Show(Sight),
    /// Let what is shown stand still, or go on.
    Pause(bool),
    /// Forget all samples.
    Reset,
    /// Take the last reset back.
    Undo,
    /// Save a report as a file.
    Export(ReportForm),
    /// The element for the charts is in the page.
    ChartsMounted(HtmlElement),
    /// It is going away.
    ChartsUnmounted,
    /// Show so many of the last seconds.
    ChooseRange(u32),
    /// Show one operation; all together when there is none.
    ChooseOperation(Option<String>),
    /// Put these objectives in force, if they make sense.
    SaveObjectives(Vec<Draft>),
    /// Edit the product's own objectives.
    DefaultObjectives,
    /// Edit the objectives of an OpenSLO document.
    ImportObjectives(File),
    /// Save the objectives in force as an OpenSLO document.
    ExportObjectives,
    /// Begin a run of the load generator.
    StartLoad(LoadForm),
    /// End it early.
    StopLoad,
    /// Inject faults, or no more.
    InjectFaults(Option<FaultForm>),
    /// Let the VM stand still for so many milliseconds.
    FreezeVm(u32),
    /// End the VM as a crash would.
    KillVm,
}
