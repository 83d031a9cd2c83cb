//! nginx with its module for brotli, for the part of the end-to-end tests that serves the app as static files.

use std::path::PathBuf;
use std::process::Command;

use crate::cmd;
use crate::deb;
use crate::failure::{Failure, Outcome};
use crate::paths;
use crate::steps::Steps;

/// The server, its table of file types, and the module that sends `.br` files.
const PACKAGES: [&str; 3] = ["nginx", "nginx-common", "libnginx-mod-http-brotli-static"];
/// The folder's name in the tools' cache.
const FOLDER: &str = "debian-nginx";

/// The folder that has the packages' files, as they would be below `/`. They are unpacked and not installed: that needs no
/// root, and no web server is started on this machine.
pub(crate) fn ensure(steps: &mut Steps) -> Outcome<PathBuf> {
    let home = paths::tools_cache()?.join(FOLDER);
    if !home.is_dir() {
        steps.step("Unpack Debian's nginx (3 MB)", || deb::unpack(FOLDER, &PACKAGES))?;
    }
    let works = cmd::output(Command::new(home.join("usr/sbin/nginx")).arg("-v"));
    works.map(|_| home.clone()).map_err(|failure| {
        Failure::new(format!(
            "nginx in {} does not start ({failure}): remove that folder, install its libraries (on Debian: `sudo apt-get \
             install libssl3 libpcre2-8-0`) and start again",
            home.display()
        ))
    })
}
