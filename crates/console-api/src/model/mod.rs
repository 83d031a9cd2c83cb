//! What a Security Console manages, as strict types, and how each is read from its lenient wire form.

mod console_info;
mod engine;
mod list;
mod pool;
mod scan;
mod scan_template;
mod secret;
mod site;
mod version_engines;

pub use console_info::{CommandOutput, ConsoleInfo};
pub use engine::{Direction, Engine, EngineStatus, EngineSummary, Severity};
pub use list::{List, Page};
pub use pool::Pool;
pub use scan::{Scan, ScanStatus, Vulnerabilities};
pub use scan_template::ScanTemplate;
pub use secret::{GeneratedSecret, SharedSecret};
pub use site::{Site, SiteType};
pub use version_engines::{EngineVersionBlock, VersionReport, parse_version_engines};
pub(crate) use version_engines::{ReportReader, subjects};
