//! What goes wrong in a page unseen, and how a failed test describes where it was.

use std::path::PathBuf;
use std::sync::PoisonError;

use crate::browser::Kind;
use crate::locator::field;
use crate::page::Page;
use crate::settings::settings;

impl Page {
    /// Notes what the browser has complained about so far: a new document would forget it.
    pub(crate) async fn keep_problems(&self) {
        let found = match self.kind() {
            Kind::Chromium => self.chromium_problems().await,
            Kind::Firefox => {
                let found = self.driver.execute("return window.__problems ?? []", Vec::new()).await;
                found.and_then(|found| found.convert::<Vec<String>>()).unwrap_or_default()
            }
        };
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        // Firefox' list lives in the page and may be read twice.
        let new: Vec<_> = found.into_iter().filter(|problem| !problems.contains(problem)).collect();
        problems.extend(new);
    }

    /// Answers that are errors appear in Chromium's log as well ("network"): those are the tests' own doing.
    async fn chromium_problems(&self) -> Vec<String> {
        let Ok(entries) = self.driver.browser_log().await else { return Vec::new() };
        let wrong = entries.into_iter().filter(|entry| {
            let source = entry.source.as_deref().unwrap_or_default();
            source == "security"
                || entry.message.contains("Content Security Policy")
                || (entry.level == "SEVERE" && source != "network")
        });
        wrong.map(|entry| format!("{}: {}", entry.source.unwrap_or_default(), entry.message)).collect()
    }

    /// Everything that the browser has complained about: violations of the policy, uncaught errors, `console.error`.
    pub async fn problems(&self) -> Vec<String> {
        self.keep_problems().await;
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes note of the complaints that a test has caused on purpose, so that they don't fail it.
    pub async fn forgive_problems(&self) -> Vec<String> {
        self.keep_problems().await;
        if self.kind() == Kind::Firefox {
            self.run("window.__problems.length = 0", vec![]).await;
        }
        std::mem::take(&mut *self.problems.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// For the end of a failed test: where the page is, what a screen reader would find, and a picture.
    pub(crate) async fn describe(&self, name: &str) -> String {
        let url = self.driver.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        let outline = match self.look("find", &field("")).await {
            Ok(_) => self.driver.execute("return window.__outline()", Vec::new()).await,
            Err(error) => Err(error),
        };
        let outline = outline.map_or_else(
            |error| format!("can't be read: {error}"),
            |outline| outline.json().as_str().unwrap_or_default().to_owned(),
        );
        let problems = self.problems().await.join("\n");
        let picture = self.picture_of_failure(name).await;
        let picture = picture.map_or_else(|error| error, |path| path.display().to_string());
        format!(
            "--- the page at {url} ---\n{outline}\n--- the browser complained ---\n{problems}\n--- screenshot ---\n{picture}"
        )
    }

    async fn picture_of_failure(&self, name: &str) -> Result<PathBuf, String> {
        let folder = settings().screenshots.join("failures");
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let path = folder.join(format!("{name}-{}.png", self.kind()));
        let picture = self.driver.screenshot_as_png().await.map_err(|error| error.to_string())?;
        std::fs::write(&path, picture).map_err(|error| error.to_string())?;
        Ok(path)
    }
}
