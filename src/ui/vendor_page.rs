//! Links to the vendor's pages that a screen is about.

use leptos::prelude::*;

/// A page of the vendor's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VendorPage {
    /// How distributed engines are installed, paired and given sites.
    DistributedEngines,
    /// How an engine that calls the console is paired after its installation.
    EngineToConsole,
    /// The console's REST API.
    Api,
}

impl VendorPage {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::DistributedEngines, Self::EngineToConsole, Self::Api];

    const fn title(self) -> &'static str {
        match self {
            Self::DistributedEngines => "Configuring distributed Scan Engines",
            Self::EngineToConsole => "Post-Installation Engine-to-Console Pairing",
            Self::Api => "InsightVM REST API",
        }
    }

    const fn href(self) -> &'static str {
        match self {
            Self::DistributedEngines => {
                "https://docs.rapid7.com/insightvm/configuring-distributed-scan-engines"
            }
            Self::EngineToConsole => {
                "https://docs.rapid7.com/nexpose/post-installation-engine-to-console-pairing"
            }
            Self::Api => "https://help.rapid7.com/insightvm/en-us/api/index.html",
        }
    }
}

/// A link that opens the page in a tab of its own. The vendor is not told where it was.
#[component]
pub fn VendorLink(
    /// Which page.
    page: VendorPage,
) -> impl IntoView {
    view! {
        <a class="vendor-page" href=page.href() target="_blank" rel="noreferrer">
            {page.title()}
            <span class="unseen">" (Rapid7, opens in a new tab)"</span>
        </a>
    }
}
