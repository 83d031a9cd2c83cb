//! Programs that come from Debian's packages: browsers, a driver, Node.js, which are installed; a compiler and nginx, which
//! are only unpacked.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cmd;
use crate::failure::{Failure, OnFile as _, Outcome, fail};
use crate::paths;
use crate::steps::{Steps, say};
use crate::tools::{remove_abandoned, swap_in};

/// A program and the package that brings it.
pub(crate) struct Packaged {
    /// The names the program goes by, best first.
    pub(crate) programs: &'static [&'static str],
    /// Debian's package.
    pub(crate) package: &'static str,
}

impl Packaged {
    /// The program, when it is there.
    pub(crate) fn find(&self) -> Option<std::path::PathBuf> {
        self.programs.iter().find_map(|program| paths::on_path(program))
    }
}

/// Installs those that are missing, all at once.
pub(crate) fn ensure(steps: &mut Steps, wanted: &[Packaged]) -> Outcome {
    let missing: Vec<_> = wanted.iter().filter(|one| one.find().is_none()).map(|one| one.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let by_hand = format!("install them by hand (on Debian: `sudo apt-get install {list}`) and start again");
    if paths::on_path("apt-get").is_none() {
        return fail(format!("these are missing and this system has no apt-get: {list}: {by_hand}"));
    }
    let Some(prefix) = as_root() else {
        return fail(format!("these are missing and installing them needs root: {list}: {by_hand}"));
    };
    steps.step(&format!("Install Debian packages: {list}"), || {
        // A list that could not be renewed is often good enough: the installation will tell.
        if let Err(failure) = renew_list() {
            say(&format!("the list of packages could not be renewed: {failure}"));
        }
        let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
        args.extend(&missing);
        cmd::output(&mut apt(prefix, &args)).map(drop)
    })?;
    match wanted.iter().find(|one| one.find().is_none()) {
        Some(one) => {
            fail(format!("the package {} was installed but brought no program: {by_hand}", one.package))
        }
        None => Ok(()),
    }
}

/// Downloads packages and unpacks them into a folder of the tools' cache, which is whole or not there. Nothing is
/// installed: it needs no root, and no service is started.
pub(crate) fn unpack(folder: &str, packages: &[&str]) -> Outcome {
    if let Some(missing) = ["apt-get", "dpkg"].into_iter().find(|program| paths::on_path(program).is_none()) {
        return fail(format!(
            "this system has no {missing}, so Debian's packages can't be had: {}",
            packages.join(" ")
        ));
    }
    let cache = paths::tools_cache()?;
    fs::create_dir_all(&cache).on("make", &cache)?;
    remove_abandoned(&cache, folder);
    let unfinished = cache.join(format!("{folder}.unfinished-{}", std::process::id()));
    let downloads = unfinished.join("downloads");
    fs::create_dir_all(&downloads).on("make", &downloads)?;
    let outcome = download(packages, &downloads).and_then(|()| {
        for package in fs::read_dir(&downloads).on("read", &downloads)?.flatten() {
            cmd::output(Command::new("dpkg").arg("-x").arg(package.path()).arg(&unfinished))?;
        }
        paths::remove_folder(&downloads)?;
        swap_in(&unfinished, &cache.join(folder))
    });
    if outcome.is_err() {
        let _ = fs::remove_dir_all(&unfinished);
    }
    outcome
}

fn download(packages: &[&str], into: &Path) -> Outcome {
    let mut apt = Command::new("apt-get");
    apt.args(["download", "-qq"]).args(packages).current_dir(into);
    if cmd::output(&mut apt).is_ok() {
        return Ok(());
    }
    // The list of packages is old or missing.
    renew_list().map_err(|failure| {
        Failure::new(format!(
            "{} can't be downloaded: {failure}: renew it (`sudo apt-get update`) and start again",
            packages.join(" ")
        ))
    })?;
    cmd::output(&mut apt).map(drop)
}

/// Renews the list of packages.
pub(crate) fn renew_list() -> Outcome {
    match as_root() {
        Some(prefix) => cmd::output(&mut apt(prefix, &["update", "-qq"])).map(drop),
        None => fail("renewing the list of Debian's packages needs root"),
    }
}

/// What to put in front of a command that needs root: nothing, or `sudo -n` where it asks no password.
fn as_root() -> Option<&'static [&'static str]> {
    if nix::unistd::geteuid().is_root() {
        return Some(&[]);
    }
    let sudo: &'static [&'static str] = &["sudo", "-n"];
    let works =
        Path::new("/usr/bin/sudo").exists() && cmd::output(Command::new("sudo").args(["-n", "true"])).is_ok();
    works.then_some(sudo)
}

fn apt(prefix: &[&str], args: &[&str]) -> Command {
    let mut words = prefix.to_vec();
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    words.extend(args);
    let mut command = Command::new(words.first().copied().unwrap_or("env"));
    command.args(words.get(1..).unwrap_or_default());
    command
}
