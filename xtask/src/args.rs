//! The command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::app::BuildOptions;
use crate::attach::EngineRequest;
use crate::bench::{BenchOptions, Part};
use crate::failure::{Outcome, fail};
use crate::fuzz::USUAL;
use crate::release::DistOptions;
use crate::run::RunOptions;
use crate::soak::SoakOptions;
use crate::test::Stage;

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
cargo xtask run [--listen ADDR] [-- OPTIONS OF embedded-console]
    Set up, build, then start the console with a small fleet of engines. Ctrl-C stops it all.
cargo xtask test [STAGE]…
    Set up and run every check, or only some: fmt, clippy, clippy-wasm, doc, deny, native, fuzz, wasm, app,
    programs, e2e.
cargo xtask fuzz [--seconds N]
    Try random bytes on the frame decoder and on consoles.xml, ten minutes each unless told otherwise.
cargo xtask build [--public-url /x/] [--dist DIR]
    Build the app's static files into dist/.
cargo xtask dist [--public-url /x/] [--out DIR]
    Build all for release, and pack the static files and the two programs into archives with checksums.
cargo xtask engine NAME
    Attach to the command line of an engine that `cargo xtask run` started.
cargo xtask engine new NAME | start NAME | stop NAME
    Start another engine, start one again, stop one. Without a name: list them.
cargo xtask soak [--hostile] [--engines N] [--seconds N] [--seed N]
    Hold 500 engine links to one console, kill and start engines at random for five minutes, and check every status.
    With --hostile at most 200, strangers and floods beside them, and three people at work who must have no error.
cargo xtask bench [--write] [PART]…
    Measure the app in Chromium and the console, all or only some: load, list, api, weight. With --write all of it
    goes into docs/benchmarks.md.";

/// One call of this program.
#[derive(Debug, PartialEq)]
pub(crate) enum Command {
    /// Say what there is.
    Help,
    /// The console and its demo fleet.
    Run(RunOptions),
    /// The checks; none named means all.
    Test(Vec<Stage>),
    /// The fuzzer, for so many seconds.
    Fuzz(u64),
    /// The app.
    Build(BuildOptions),
    /// The archives.
    Dist(DistOptions),
    /// An engine of the running demo.
    Engine(EngineRequest),
    /// Many engines on one console.
    Soak(SoakOptions),
    /// The measurements.
    Bench(BenchOptions),
}

/// Reads the command line, without the program's name.
pub(crate) fn parse(args: impl Iterator<Item = String>) -> Outcome<Command> {
    let mut args = args;
    match args.next().as_deref() {
        None | Some("help" | "--help" | "-h") => Ok(Command::Help),
        Some("run") => run(args).map(Command::Run),
        Some("test") => args.map(|name| Stage::from_name(&name)).collect::<Outcome<_>>().map(Command::Test),
        Some("fuzz") => fuzz(args).map(Command::Fuzz),
        Some("build") => build(args).map(Command::Build),
        Some("dist") => dist(args).map(Command::Dist),
        Some("engine") => engine(args).map(Command::Engine),
        Some("bench") => bench(args).map(Command::Bench),
        Some("soak") => soak(args).map(Command::Soak),
        Some(other) => fail(format!("there is no command `{other}`: `cargo xtask help` lists them")),
    }
}

/// The value of an option, from `--option value` or `--option=value`.
fn value(option: &str, inline: Option<&str>, args: &mut impl Iterator<Item = String>) -> Outcome<String> {
    match inline.map(str::to_owned).or_else(|| args.next()) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => fail(format!("{option} needs a value: see `cargo xtask help`")),
    }
}

fn split(arg: &str) -> (&str, Option<&str>) {
    match arg.split_once('=') {
        Some((option, value)) if option.starts_with("--") => (option, Some(value)),
        _ => (arg, None),
    }
}

fn run(mut args: impl Iterator<Item = String>) -> Outcome<RunOptions> {
    let mut options = RunOptions::default();
    while let Some(arg) = args.next() {
        match split(&arg) {
            ("--", None) => {
                options.console_args = args.collect();
                break;
            }
            ("--listen", inline) => {
                let listen = value("--listen", inline, &mut args)?;
                options.listen = match listen.parse::<SocketAddr>() {
                    Ok(address) => address,
                    Err(_) => {
                        return fail(format!(
                            "--listen {listen}: this is not an address with a port, such as 127.0.0.1:3780"
                        ));
                    }
                };
            }
            (other, _) => return fail(format!("`run` has no option {other}: see `cargo xtask help`")),
        }
    }
    Ok(options)
}

fn fuzz(mut args: impl Iterator<Item = String>) -> Outcome<u64> {
    let mut seconds = USUAL;
    while let Some(arg) = args.next() {
        match split(&arg) {
            ("--seconds", inline) => {
                let given = value("--seconds", inline, &mut args)?;
                // A day is enough for everybody; zero would mean for ever.
                seconds = match given.parse() {
                    Ok(seconds @ 1..=86_400) => seconds,
                    _ => return fail(format!("--seconds {given}: give a number from 1 to 86400")),
                };
            }
            (other, _) => return fail(format!("`fuzz` has no option {other}: see `cargo xtask help`")),
        }
    }
    Ok(seconds)
}

fn build(mut args: impl Iterator<Item = String>) -> Outcome<BuildOptions> {
    let mut options = BuildOptions::default();
    while let Some(arg) = args.next() {
        match split(&arg) {
            ("--public-url", inline) => {
                options.public_url = public_path(&value("--public-url", inline, &mut args)?)?;
            }
            ("--dist", inline) => {
                let dist = PathBuf::from(value("--dist", inline, &mut args)?);
                // Its content is replaced.
                if is_somebodys(&dist) {
                    return fail(format!(
                        "--dist {}: this folder would be replaced: name a new one",
                        dist.display()
                    ));
                }
                options.dist = dist;
            }
            (other, _) => return fail(format!("`build` has no option {other}: see `cargo xtask help`")),
        }
    }
    Ok(options)
}

fn dist(mut args: impl Iterator<Item = String>) -> Outcome<DistOptions> {
    let mut options = DistOptions::default();
    while let Some(arg) = args.next() {
        match split(&arg) {
            ("--public-url", inline) => {
                options.public_url = public_path(&value("--public-url", inline, &mut args)?)?;
            }
            ("--out", inline) => options.out = PathBuf::from(value("--out", inline, &mut args)?),
            (other, _) => return fail(format!("`dist` has no option {other}: see `cargo xtask help`")),
        }
    }
    Ok(options)
}

/// True for a folder that is there and that no build made, by what every build leaves in it.
fn is_somebodys(dist: &Path) -> bool {
    dist.exists() && !dist.join("index.html.br").is_file()
}

/// A path that begins and ends with a slash and has nothing that a page would have to escape.
fn public_path(given: &str) -> Outcome<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    let inner = given.trim_matches('/');
    if !given.chars().all(plain)
        || inner.split('/').any(|part| part == ".." || part == ".")
        || given.contains("//")
    {
        return fail(format!("--public-url {given}: give a path such as / or /engines/"));
    }
    Ok(if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") })
}

fn soak(mut args: impl Iterator<Item = String>) -> Outcome<SoakOptions> {
    let mut options = SoakOptions::default();
    while let Some(arg) = args.next() {
        let (option, inline) = split(&arg);
        match option {
            "--engines" => options.engines = number(option, inline, &mut args)?,
            "--seconds" => options.seconds = number(option, inline, &mut args)?,
            "--hostile" => options.hostile = true,
            "--seed" => options.seed = Some(number(option, inline, &mut args)?),
            other => return fail(format!("`soak` has no option {other}: see `cargo xtask help`")),
        }
    }
    Ok(options)
}

fn bench(args: impl Iterator<Item = String>) -> Outcome<BenchOptions> {
    let mut options = BenchOptions::default();
    for arg in args {
        match arg.as_str() {
            "--write" => options.write = true,
            option if option.starts_with('-') => {
                return fail(format!("`bench` has no option {option}: see `cargo xtask help`"));
            }
            name => options.parts.push(Part::from_name(name)?),
        }
    }
    // The page would be half of an old one otherwise, or half empty.
    if options.write && !options.parts.is_empty() {
        return fail("`bench --write` measures everything: name no part");
    }
    Ok(options)
}

/// The value of an option that is a whole number.
fn number<N: FromStr>(
    option: &str,
    inline: Option<&str>,
    args: &mut impl Iterator<Item = String>,
) -> Outcome<N> {
    let given = value(option, inline, args)?;
    match given.parse() {
        Ok(number) => Ok(number),
        Err(_) => fail(format!("{option} {given}: give a whole number")),
    }
}

fn engine(mut args: impl Iterator<Item = String>) -> Outcome<EngineRequest> {
    let usage = "say which engine: `cargo xtask engine NAME`, or `engine new NAME`, `engine start NAME`, `engine stop NAME`";
    let Some(first) = args.next() else { return Ok(EngineRequest::List) };
    let verb = match first.as_str() {
        "new" => EngineRequest::New,
        "start" => EngineRequest::Start,
        "stop" => EngineRequest::Stop,
        _ => EngineRequest::Attach,
    };
    let name = match verb(String::new()) {
        EngineRequest::Attach(_) => first,
        _ => match args.next() {
            Some(name) => name,
            None => return fail(usage),
        },
    };
    if args.next().is_some() {
        return fail(usage);
    }
    // The name becomes a folder's name, an argument of a program and a word on a line.
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 40 || name.starts_with('-') || !name.chars().all(good) {
        return fail(format!(
            "`{name}` can't be an engine's name here: use up to 40 small letters, digits and hyphens"
        ));
    }
    Ok(verb(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Outcome<Command> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    fn refused(line: &str) -> String {
        parsed(line).unwrap_err().to_string()
    }

    #[test]
    fn the_public_path_always_has_both_slashes() {
        for (given, meant) in [("/", "/"), ("/x/", "/x/"), ("x", "/x/"), ("/a/b", "/a/b/")] {
            let Ok(Command::Build(options)) = parsed(&format!("build --public-url {given}")) else {
                panic!("{given} was refused")
            };
            assert_eq!(options.public_url, meant);
        }
        for bad in ["https://example.org/", "/../", "/a//b/", "/\"><script>/"] {
            assert!(refused(&format!("build --public-url {bad}")).contains("give a path such as"), "{bad}");
        }
    }

    #[test]
    fn a_build_never_replaces_a_folder_that_no_build_made() {
        assert!(refused("build --dist .").contains("would be replaced"));
        assert!(refused("build --dist ..").contains("would be replaced"));
        assert!(refused("build --dist src").contains("would be replaced"));
        assert!(parsed("build --dist=target/never-made").is_ok());
    }

    #[test]
    fn archives_are_for_the_path_of_the_example_unless_told_otherwise() {
        let Ok(Command::Dist(options)) = parsed("dist") else { panic!("refused") };
        assert_eq!(options.public_url, "/engine-console/");
        let Ok(Command::Dist(options)) = parsed("dist --public-url=/ --out /tmp/x") else {
            panic!("refused")
        };
        assert_eq!((options.public_url.as_str(), options.out), ("/", PathBuf::from("/tmp/x")));
        assert!(refused("dist --out").contains("needs a value"));
        assert!(refused("dist --dist x").contains("no option --dist"));
    }

    #[test]
    fn run_takes_an_address_and_hands_on_the_rest() {
        let Ok(Command::Run(options)) = parsed("run --listen=127.0.0.1:4000 -- --engine-network 10.0.0.0/8")
        else {
            panic!("refused")
        };
        assert_eq!(options.listen.port(), 4000);
        assert_eq!(options.console_args, ["--engine-network", "10.0.0.0/8"]);
        assert!(refused("run --listen 4000").contains("not an address with a port"));
        assert!(refused("run --listen").contains("needs a value"));
        assert!(refused("run --open").contains("no option --open"));
    }

    #[test]
    fn the_page_of_benchmarks_is_only_written_whole() {
        let options = BenchOptions { parts: vec![Part::Load, Part::Weight], write: false };
        assert_eq!(parsed("bench load weight").unwrap(), Command::Bench(options));
        let options = BenchOptions { parts: Vec::new(), write: true };
        assert_eq!(parsed("bench --write").unwrap(), Command::Bench(options));
        assert!(refused("bench --write api").contains("name no part"));
        assert!(refused("bench speed").contains("there is no part `speed`"));
        assert!(refused("bench --all").contains("no option --all"));
    }

    #[test]
    fn the_fuzzer_takes_its_time() {
        assert_eq!(parsed("fuzz").unwrap(), Command::Fuzz(600));
        assert_eq!(parsed("fuzz --seconds=20").unwrap(), Command::Fuzz(20));
        assert!(refused("fuzz --seconds 0").contains("a number from 1 to 86400"));
        assert!(refused("fuzz --seconds soon").contains("a number from 1 to 86400"));
        assert!(refused("fuzz frames").contains("no option frames"));
    }

    #[test]
    fn engines_are_named_plainly() {
        assert_eq!(
            parsed("engine berlin-dmz-01").unwrap(),
            Command::Engine(EngineRequest::Attach("berlin-dmz-01".into()))
        );
        assert_eq!(
            parsed("engine new oslo-01").unwrap(),
            Command::Engine(EngineRequest::New("oslo-01".into()))
        );
        assert_eq!(
            parsed("engine stop oslo-01").unwrap(),
            Command::Engine(EngineRequest::Stop("oslo-01".into()))
        );
        assert_eq!(parsed("engine").unwrap(), Command::Engine(EngineRequest::List));
        assert!(refused("engine new").contains("say which engine"));
        assert!(refused("engine new ../../etc").contains("can't be an engine's name"));
        assert!(refused("engine new a b").contains("say which engine"));
    }

    #[test]
    fn a_soak_is_five_minutes_of_500_engines_unless_told_otherwise() {
        assert_eq!(
            parsed("soak").unwrap(),
            Command::Soak(SoakOptions { engines: 500, seconds: 300, seed: None, hostile: false })
        );
        assert_eq!(
            parsed("soak --engines=20 --seconds 30 --seed 7").unwrap(),
            Command::Soak(SoakOptions { engines: 20, seconds: 30, seed: Some(7), hostile: false })
        );
        assert!(refused("soak --engines many").contains("give a whole number"));
        assert!(refused("soak --seed").contains("needs a value"));
        assert!(refused("soak 500").contains("no option 500"));
    }

    #[test]
    fn stages_are_chosen_by_name() {
        assert_eq!(parsed("test").unwrap(), Command::Test(vec![]));
        assert_eq!(parsed("test fmt e2e").unwrap(), Command::Test(vec![Stage::Fmt, Stage::E2e]));
        assert!(refused("test everything").contains("no stage `everything`"));
        assert!(refused("sing").contains("no command `sing`"));
    }
}
