//! `cargo xtask dist`: the app and the two programs as archives with checksums, for those who build nothing.
//!
//! The same files give the same archive, byte for byte: sorted names, no times, no owners.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};

use crate::app::{self, BuildOptions};
use crate::failure::{OnFile as _, Outcome, fail};
use crate::paths;
use crate::run::build_programs;
use crate::sizes;
use crate::steps::{Steps, print};
use crate::values;

/// The path that the app is built for unless another is wanted: that of the example in `docs/nginx`.
pub(crate) const USUAL_PATH: &str = "/engine-console/";
/// The checksums' file, in the form that `sha256sum --check` reads.
const SUMS: &str = "SHA256SUMS";

/// What `cargo xtask dist` was asked for.
#[derive(Debug, PartialEq, Args)]
pub(crate) struct DistOptions {
    /// The path under which the app is to be served.
    #[arg(long, value_name = "PATH", default_value = USUAL_PATH, value_parser = values::public_path)]
    pub(crate) public_url: String,
    /// The folder for the archives.
    #[arg(long, value_name = "DIR", default_value_os_t = paths::target().join("dist"))]
    pub(crate) out: PathBuf,
}

/// One file of an archive.
struct Entry {
    name: String,
    content: Vec<u8>,
    is_program: bool,
}

impl Entry {
    fn read(path: &Path, name: impl Into<String>, is_program: bool) -> Outcome<Self> {
        Ok(Self { name: name.into(), content: fs::read(path).on("read", path)?, is_program })
    }
}

/// Builds everything and packs it.
pub(crate) fn release(options: &DistOptions) -> Outcome {
    paths::require_space(3_000)?;
    let mut steps = Steps::new();
    app::set_up(&mut steps)?;
    let folder = paths::target().join("xtask").join("dist-app");
    let built = app::build(
        &mut steps,
        &BuildOptions { public_url: options.public_url.clone(), dist: folder.clone() },
    )?;
    sizes::check_sizes(&built)?;
    build_programs(&mut steps)?;
    let archives = steps.step("Pack the archives", || {
        let version = env!("CARGO_PKG_VERSION");
        let system = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
        let mut archives = Vec::new();
        for (name, entries) in [
            (format!("engine-console-{version}-app"), app_entries(&folder)?),
            (format!("engine-console-{version}-programs-{system}"), program_entries()?),
        ] {
            archives.push((format!("{name}.tar.gz"), pack(&name, entries)?));
        }
        write(&options.out, &archives)?;
        Ok(archives)
    })?;
    steps.print_table();
    for (name, content) in &archives {
        print(&format!("{:>10}  {}", content.len(), options.out.join(name).display()));
    }
    print(&format!(
        "            {} to check them with: sha256sum --check {SUMS}",
        options.out.join(SUMS).display()
    ));
    Ok(())
}

/// The files to be served, those that were compressed too, in a folder of the name that the web server's example has.
fn app_entries(folder: &Path) -> Outcome<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in fs::read_dir(folder).on("read", folder)? {
        let path = file.on("read", folder)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        entries.push(Entry::read(&path, format!("engine-console/{name}"), false)?);
    }
    entries.push(Entry::read(Path::new("docs/nginx/engine-console.conf"), "engine-console.conf", false)?);
    with_documents(entries)
}

fn program_entries() -> Outcome<Vec<Entry>> {
    let folder = paths::programs();
    let mut entries = Vec::new();
    for name in ["embedded-console", "scan-engine"] {
        entries.push(Entry::read(&folder.join(name), name, true)?);
    }
    with_documents(entries)
}

fn with_documents(mut entries: Vec<Entry>) -> Outcome<Vec<Entry>> {
    entries.extend(documents(Path::new(""))?);
    Ok(entries)
}

/// The licences, and README with all that it links to. `root` is the project's folder.
fn documents(root: &Path) -> Outcome<Vec<Entry>> {
    let mut names: Vec<PathBuf> = DOCUMENTS.iter().map(PathBuf::from).collect();
    for folder in ["docs", "docs/nginx", "docs/pictures"].map(Path::new) {
        for file in fs::read_dir(root.join(folder)).on("read", folder)? {
            let path = file.on("read", folder)?.path();
            names.extend(path.file_name().filter(|_| path.is_file()).map(|name| folder.join(name)));
        }
    }
    names.iter().map(|name| Entry::read(&root.join(name), name.to_string_lossy(), false)).collect()
}

const DOCUMENTS: [&str; 7] = [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
];

/// An archive with everything in one folder, and the checksums of all of it.
fn pack(folder: &str, mut entries: Vec<Entry>) -> Outcome<Vec<u8>> {
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    if let Some([twice, _]) = entries.array_windows().find(|[one, other]| one.name == other.name) {
        return fail(format!("the archive {folder} would have {} twice", twice.name));
    }
    let sums = sums(entries.iter().map(|entry| (entry.name.as_str(), entry.content.as_slice())));
    entries.push(Entry { name: SUMS.to_owned(), content: sums.into_bytes(), is_program: false });
    // The time would be that of the packing.
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    written(folder, &entries, gzip).on("pack", folder)
}

fn written(folder: &str, entries: &[Entry], gzip: GzEncoder<Vec<u8>>) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(gzip);
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(entry.content.len() as u64);
        header.set_mode(if entry.is_program { 0o755 } else { 0o644 });
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(&mut header, format!("{folder}/{}", entry.name), entry.content.as_slice())?;
    }
    archive.into_inner()?.finish()
}

/// Lines as `sha256sum` writes them.
fn sums<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    files.map(|(name, content)| format!("{}  {name}\n", hex::encode(Sha256::digest(content)))).collect()
}

/// Writes the archives and their checksums. What an earlier version left there stays, and is not in the checksums.
fn write(out: &Path, archives: &[(String, Vec<u8>)]) -> Outcome {
    fs::create_dir_all(out).on("make", out)?;
    let sums = sums(archives.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
    for (name, content) in archives
        .iter()
        .map(|(name, content)| (name.as_str(), content.as_slice()))
        .chain([(SUMS, sums.as_bytes())])
    {
        let path = out.join(name);
        File::create(&path).and_then(|mut file| file.write_all(content)).on("write", &path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::cmd;

    fn entry(name: &str, content: &str, is_program: bool) -> Entry {
        Entry { name: name.to_owned(), content: content.as_bytes().to_vec(), is_program }
    }

    fn some() -> Vec<Entry> {
        vec![entry("b", "two", true), entry("a/c", "three", false), entry("a/b", "one", false)]
    }

    #[test]
    fn what_the_readme_links_to_is_in_the_archives() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project's folder");
        let entries = documents(root).unwrap();
        let is_there = |link: &str| entries.iter().any(|entry| entry.name == link);
        let readme = entries.iter().find(|entry| entry.name == "README.md").expect("README.md");
        let readme = String::from_utf8(readme.content.clone()).expect("text");
        let links = readme.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        let links: Vec<_> = links.filter(|link| !link.is_empty() && !link.contains("://")).collect();
        assert!(links.len() > 10, "README has {links:?}");
        let dead: Vec<_> = links.iter().filter(|link| !is_there(link)).collect();
        assert!(dead.is_empty(), "not in the archives: {dead:?}");
    }

    #[test]
    fn the_same_files_give_the_same_archive_in_whichever_order_they_come() {
        let mut turned = some();
        turned.reverse();
        assert_eq!(pack("x", some()).unwrap(), pack("x", turned).unwrap());
        assert_ne!(pack("x", some()).unwrap(), pack("y", some()).unwrap());
        let twice = vec![entry("a", "1", false), entry("a", "2", false)];
        assert!(pack("x", twice).unwrap_err().to_string().contains("a twice"));
    }

    #[test]
    fn archives_unpack_sorted_with_their_rights_and_checksums_that_fit() {
        let out = tempfile::tempdir().expect("a folder");
        let archives = [("x.tar.gz".to_owned(), pack("x", some()).unwrap())];
        write(out.path(), &archives).unwrap();
        let run = |folder: &Path, program: &str, args: &[&str]| {
            cmd::output(Command::new(program).args(args).current_dir(folder)).expect(program)
        };
        run(out.path(), "sha256sum", &["--check", "--strict", SUMS]);
        let listed = run(out.path(), "tar", &["--numeric-owner", "--utc", "-tvzf", "x.tar.gz"]);
        let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
        let names: Vec<_> = lines.iter().filter_map(|line| line.last().copied()).collect();
        assert_eq!(names, ["x/a/b", "x/a/c", "x/b", "x/SHA256SUMS"]);
        for line in &lines {
            let rights = if line.last() == Some(&"x/b") { "-rwxr-xr-x" } else { "-rw-r--r--" };
            assert_eq!((line[0], line[1], line[3]), (rights, "0/0", "1970-01-01"), "{line:?}");
        }
        run(out.path(), "tar", &["-xzf", "x.tar.gz"]);
        run(&out.path().join("x"), "sha256sum", &["--check", "--strict", SUMS]);
        fs::write(out.path().join("x/b"), "changed").expect("a file");
        let checked =
            cmd::output(Command::new("sha256sum").args(["--check", SUMS]).current_dir(out.path().join("x")));
        assert!(checked.is_err(), "a changed file is not noticed");
    }
}
