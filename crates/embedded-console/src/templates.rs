//! The scan templates that every console comes with.

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Template {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
}

/// The scan template of sites that name none.
pub(crate) const DEFAULT_TEMPLATE: &str = "full-audit-without-web-spider";

const fn template(id: &'static str, name: &'static str, description: &'static str) -> Template {
    Template { id, name, description }
}

/// All of them, by name.
pub(crate) const TEMPLATES: [Template; 14] = [
    template("cis", "CIS", "Checks policies of the Center for Internet Security."),
    template("dos-audit", "Denial of service", "Includes checks that can bring services down."),
    template("discovery", "Discovery Scan", "Finds assets and their open ports."),
    template(
        "aggressive-discovery",
        "Discovery Scan - Aggressive",
        "Finds assets and their open ports, fast.",
    ),
    template("exhaustive-audit", "Exhaustive", "Looks at every port with every safe check."),
    template("full-audit", "Full audit", "Uses all safe checks, web applications among them."),
    template(
        "full-audit-with-web-spider",
        "Full audit with Web Spider",
        "A full audit that follows web pages.",
    ),
    template(DEFAULT_TEMPLATE, "Full audit without Web Spider", "A full audit that follows no web pages."),
    template("hipaa-audit", "HIPAA compliance", "Uses safe checks for the HIPAA rule."),
    template("internet-audit", "Internet DMZ audit", "Looks at what faces the internet."),
    template("pci-audit", "PCI audit", "Uses safe checks for the PCI standard."),
    template("pentest-audit", "Penetration test", "Uses all safe checks, and looks for more assets."),
    template("sox-audit", "Sarbanes-Oxley (SOX) compliance", "Uses safe checks for the SOX act."),
    template("web-audit", "Web audit", "Looks at web servers and web applications."),
];

/// Whether there is one of that id.
pub(crate) fn is_template(id: &str) -> bool {
    TEMPLATES.iter().any(|template| template.id == id)
}
