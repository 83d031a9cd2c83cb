//! What several pages let a person do: work on several items, deleting, replacing and updating engines, moving sites and
//! engines. Pages may use them, and one may use another as long as no circle comes of it.

pub mod auto_refresh;
pub mod bulk;
pub mod delete_engine;
pub mod delete_site;
pub mod history;
pub mod kept;
pub mod palette;
pub mod pool_scans;
pub mod pool_work;
pub mod refresh;
pub mod relieve;
pub mod replace_engine;
pub mod scans;
pub mod seen_as;
pub mod select_sites;
pub mod update_engine;
pub mod watching;
