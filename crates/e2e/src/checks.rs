//! What holds on every screen: the rules of accessibility, no sideways scrolling, and how it looks.

use std::fs;

use serde::Deserialize;
use serde_json::json;

use crate::browser::Kind;
use crate::page::{Page, script};
use crate::settings::settings;

/// The sizes of window in which a screen must work, in CSS pixels: a desktop, a small one, the desktop at 200 % zoom, and a phone.
pub const SIZES: [(u32, u32); 4] = [(1440, 900), (1024, 768), (720, 450), (390, 844)];

/// Below this width the window is taken for a phone's.
const PHONE: u32 = 720;

/// What is smaller than a target must be (WCAG 2.2, 2.5.8), in whatever row it stands. A link in a sentence may be as high as its
/// line, and a box has the room of its label.
const SMALL_TARGETS: &str = "
    const shown = (it) => it.checkVisibility({ checkVisibilityCSS: true }) && !it.closest('[aria-hidden=true], .unseen, .skip');
    const inSentence = (it) => it.tagName === 'A' && getComputedStyle(it).display === 'inline'
        && it.parentElement.textContent.trim() !== it.textContent.trim();
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
        .filter((it) => shown(it) && !inSentence(it))
        .map((it) => [it, (it.closest('label') ?? it).getBoundingClientRect()])
        .filter(([, { width, height }]) => width > 0 && height > 0 && (width < 23.5 || height < 23.5))
        .map(([it, { width, height }]) => `${width.toFixed()} × ${height.toFixed()}: ${it.outerHTML.slice(0, 160)}`)
        .slice(0, 5)";

#[derive(Debug, Deserialize)]
struct Violation {
    id: String,
    help: String,
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    html: String,
    #[serde(rename = "failureSummary", default)]
    summary: String,
}

impl Page {
    /// Runs axe-core over the page as it is.
    ///
    /// # Panics
    /// If it finds a violation; with each rule and the elements.
    pub async fn check_accessibility(&self, screen: &str) {
        self.settle().await;
        let file = settings().node_tools().join("node_modules/axe-core/axe.min.js");
        self.run("if (!window.axe) (0, eval)(arguments[0]);", vec![json!(script(&file))]).await;
        let violations = self
            .run_async(
                "const done = arguments[arguments.length - 1];
                 axe.run(document, { resultTypes: ['violations'] })
                    .then(({ violations }) => done(violations), (error) => done(String(error)));",
                Vec::new(),
            )
            .await;
        let violations: Vec<Violation> = serde_json::from_value(violations.clone())
            .unwrap_or_else(|error| panic!("axe does not run on {screen}: {error}: {violations}"));
        let lines: Vec<_> = violations
            .iter()
            .map(|violation| {
                let nodes = violation.nodes.iter().take(5).map(|node| {
                    let html: String = node.html.chars().take(200).collect();
                    format!("  {html}\n    {}", node.summary.replace('\n', "\n    "))
                });
                let nodes = nodes.collect::<Vec<_>>().join("\n");
                format!("{}: {} ({} elements)\n{nodes}", violation.id, violation.help, violation.nodes.len())
            })
            .collect();
        assert!(lines.is_empty(), "axe on {screen} in {}:\n{}", self.kind(), lines.join("\n"));
    }

    /// Looks at the screen as it is, at each of [`SIZES`] and in both themes: pictures, axe-core at most of them, that nothing runs out at the
    /// side or over what is below, and that all targets are large enough. Only Chromium can pretend to be a phone and to prefer another theme: Firefox runs axe-core alone.
    ///
    /// # Panics
    /// As [`check_accessibility`](Self::check_accessibility) does; or if something is wider than the window, or a picture
    /// can't be kept.
    pub async fn check_screen(&self, screen: &str) {
        self.check_in(screen, &SIZES).await;
    }

    /// The same as a phone alone, for what only a phone shows: see [`pretend`](Self::pretend), which it ends.
    ///
    /// # Panics
    /// As [`check_screen`](Self::check_screen) does.
    pub async fn check_phone(&self, screen: &str) {
        self.check_in(screen, &SIZES[3..]).await;
    }

    async fn check_in(&self, screen: &str, sizes: &[(u32, u32)]) {
        if self.kind() != Kind::Chromium {
            return self.check_accessibility(screen).await;
        }
        let folder = &settings().screenshots;
        fs::create_dir_all(folder)
            .unwrap_or_else(|error| panic!("{} can't be made: {error}", folder.display()));
        let (mut wide, mut over, mut small) = (Vec::new(), Vec::new(), Vec::new());
        for &(width, height) in sizes {
            self.pretend(width, height).await;
            for theme in ["light", "dark"] {
                self.prefer(Some(theme)).await;
                // Between the largest and the smallest, what is laid out otherwise is checked once: at 200 % zoom.
                if matches!((width, theme), (1440 | 390, _) | (720, "light")) {
                    self.check_accessibility(&format!("{screen}, {width} wide, {theme}")).await;
                } else {
                    self.settle().await;
                }
                let picture = self.picture().await;
                let path = folder.join(format!("{screen}-{width}-{theme}.png"));
                fs::write(&path, picture)
                    .unwrap_or_else(|error| panic!("{} can't be kept: {error}", path.display()));
            }
            let beyond = self
                .run(
                    "const width = document.documentElement.clientWidth;
                     if (document.documentElement.scrollWidth <= width) return [];
                     return [...document.body.querySelectorAll('*')]
                        .filter((element) => element.getBoundingClientRect().right > width + 0.5)
                        .map((element) => element.outerHTML.slice(0, 120))
                        .slice(0, 5)",
                    Vec::new(),
                )
                .await;
            if beyond.as_array().is_some_and(|beyond| !beyond.is_empty()) {
                wide.push(format!("{width}: {beyond:#}"));
            }
            let spilled = self
                .run(
                    "return [...document.querySelectorAll('.page-head')]
                        .filter((element) => element.scrollHeight > element.clientHeight + 1)
                        .map((element) => element.outerHTML.slice(0, 120))",
                    Vec::new(),
                )
                .await;
            if spilled.as_array().is_some_and(|spilled| !spilled.is_empty()) {
                over.push(format!("{width}: {spilled:#}"));
            }
            let targets = self.run(SMALL_TARGETS, Vec::new()).await;
            if targets.as_array().is_some_and(|targets| !targets.is_empty()) {
                small.push(format!("{width}: {targets:#}"));
            }
        }
        self.prefer(None).await;
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": false })).await;
        assert!(wide.is_empty(), "{screen} is wider than the window:\n{}", wide.join("\n"));
        assert!(over.is_empty(), "{screen} has lines that lie over what is below:\n{}", over.join("\n"));
        assert!(small.is_empty(), "{screen} has targets smaller than 24 pixels:\n{}", small.join("\n"));
    }

    /// Pretends that the machine prefers this theme; `None` ends that.
    async fn prefer(&self, theme: Option<&str>) {
        let features: Vec<_> =
            theme.iter().map(|theme| json!({ "name": "prefers-color-scheme", "value": theme })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Pretends to have a screen of this size, below 720 pixels a phone's with touch.
    pub async fn pretend(&self, width: u32, height: u32) {
        let phone = width < PHONE;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone })).await;
    }

    /// Waits until the browser has drawn and nothing moves any more.
    async fn settle(&self) {
        let moving = self
            .run_async(
                "const done = arguments[arguments.length - 1];
                 const until = performance.now() + 5000;
                 // Looked at again with each frame: the promise of an animation whose element goes away may never come true.
                 // What a closed <details> holds stands still, and counts as running all the same.
                 const moves = ({ effect, playState }) =>
                    playState === 'running' && effect?.target?.checkVisibility() && effect.getComputedTiming().endTime < Infinity;
                 const words = ({ animationName, transitionProperty, effect }) =>
                    `${animationName ?? transitionProperty} of ${effect.target?.outerHTML.slice(0, 200)}${effect.pseudoElement ?? ''}`;
                 const look = () => {
                    const moving = document.getAnimations().filter(moves);
                    if (moving.length === 0 || performance.now() > until) done(moving.map(words));
                    else requestAnimationFrame(look);
                 };
                 requestAnimationFrame(() => requestAnimationFrame(look));",
                Vec::new(),
            )
            .await;
        assert!(moving.as_array().is_none_or(Vec::is_empty), "the page does not come to rest: {moving:#}");
    }
}
