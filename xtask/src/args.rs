//! The command line.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser as _};
use clap::{Parser, Subcommand, value_parser};

use crate::attach::EngineRequest;
use crate::bench::BenchOptions;
use crate::fuzz::USUAL;
use crate::release::DistOptions;
use crate::run::RunOptions;
use crate::soak::SoakOptions;
use crate::test::Stage;
use crate::values::public_path;

/// The project's commands. Each sets up what it needs.
#[derive(Debug, PartialEq, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask")]
pub(crate) struct Arguments {
    /// None: list the commands.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// One call of this program.
#[derive(Debug, PartialEq, Subcommand)]
pub(crate) enum Command {
    /// Set up, build, then start the console with a small fleet of engines. Ctrl-C stops it all.
    Run(RunOptions),
    /// Set up and run all checks, or only some.
    Test {
        /// The checks to run; all unless named.
        #[arg(value_name = "STAGE")]
        stages: Vec<Stage>,
    },
    /// Try random bytes on the frame decoder and on consoles.xml.
    Fuzz {
        /// How long each is tried, at most a day.
        #[arg(long, value_name = "N", default_value_t = USUAL, value_parser = value_parser!(u64).range(1..=86_400))]
        seconds: u64,
    },
    /// Build the app's static files.
    Build {
        /// The path under which the app is served.
        #[arg(long, value_name = "PATH", default_value = "/", value_parser = public_path)]
        public_url: String,
        /// Where they go: a new folder, or that of an earlier build, which is replaced [default: target/xtask/app].
        #[arg(long, value_name = "DIR", value_parser = PathBufValueParser::new().try_map(nobodys))]
        dist: Option<PathBuf>,
    },
    /// The last step of `trunk build --release`, which calls it.
    #[command(hide = true)]
    Finish,
    /// Build everything for release, and pack the static files and the two programs into archives with checksums.
    Dist(DistOptions),
    /// Open the command line of an engine that `cargo xtask run` started; or start another one, restart one, or
    /// stop one. Without a name: list them.
    Engine(EngineRequest),
    /// Connect many engines to one console, kill and start engines at random, and check every status.
    Soak(SoakOptions),
    /// Benchmark the app in Chromium, and the console.
    Bench(BenchOptions),
}

/// A folder that may be replaced: it is not there, or has what every build leaves in it.
fn nobodys(folder: PathBuf) -> Result<PathBuf, &'static str> {
    if folder.exists() && !is_built(&folder) {
        return Err("this folder would be replaced: name a new one");
    }
    Ok(folder)
}

fn is_built(folder: &Path) -> bool {
    folder.join("index.html.br").is_file()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::bench::Part;

    fn parsed(line: &str) -> Result<Command, String> {
        let words = std::iter::once("xtask").chain(line.split_whitespace());
        let arguments = Arguments::try_parse_from(words).map_err(|error| error.to_string())?;
        Ok(arguments.command.expect("a command"))
    }

    fn refused(line: &str) -> String {
        parsed(line).unwrap_err()
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_list_names_every_command_as_it_is_typed() {
        assert_eq!(Arguments::try_parse_from(["xtask"]).unwrap().command, None);
        let list = Arguments::command().render_help().to_string();
        assert!(list.contains("Usage: cargo xtask"), "{list}");
        for command in Arguments::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            assert!(list.contains(&format!("\n  {} ", command.get_name())), "{list}");
        }
        assert!(
            refused("help run")
                .contains("Usage: cargo xtask run [OPTIONS] [-- <OPTIONS OF embedded-console>...]")
        );
    }

    #[test]
    fn the_public_path_always_has_both_slashes() {
        for (given, meant) in [("/", "/"), ("/x/", "/x/"), ("x", "/x/"), ("/a/b", "/a/b/")] {
            let Ok(Command::Build { public_url, .. }) = parsed(&format!("build --public-url {given}")) else {
                panic!("{given} was refused")
            };
            assert_eq!(public_url, meant);
        }
        for bad in ["https://example.org/", "/../", "/a//b/", "/\"><script>/"] {
            assert!(refused(&format!("build --public-url {bad}")).contains("give a path such as"), "{bad}");
        }
        assert!(refused("build --public-url=").contains("give a path such as"));
    }

    #[test]
    fn a_build_never_replaces_a_folder_that_no_build_made() {
        let nothing_said = Command::Build { public_url: "/".to_owned(), dist: None };
        assert_eq!(parsed("build"), Ok(nothing_said));
        assert!(refused("build --dist .").contains("would be replaced"));
        assert!(refused("build --dist ..").contains("would be replaced"));
        assert!(refused("build --dist src").contains("would be replaced"));
        assert!(parsed("build --dist=target/never-made").is_ok());
    }

    #[test]
    fn archives_are_for_the_path_of_the_example_unless_told_otherwise() {
        let Ok(Command::Dist(options)) = parsed("dist") else { panic!("refused") };
        assert_eq!(options.public_url, "/engine-console/");
        assert!(options.out.ends_with("dist"), "{}", options.out.display());
        let Ok(Command::Dist(options)) = parsed("dist --public-url=/ --out /tmp/x") else {
            panic!("refused")
        };
        assert_eq!((options.public_url.as_str(), options.out), ("/", PathBuf::from("/tmp/x")));
        assert!(refused("dist --out").contains("a value is required"));
        assert!(refused("dist --out=").contains("a value is required"));
        assert!(refused("dist --dist x").contains("unexpected argument '--dist'"));
    }

    #[test]
    fn run_takes_an_address_and_hands_on_the_rest() {
        let Ok(Command::Run(options)) = parsed("run --listen=127.0.0.1:4000 -- --engine-network 10.0.0.0/8")
        else {
            panic!("refused")
        };
        assert_eq!(options.listen.port(), 4000);
        assert_eq!(options.console_args, ["--engine-network", "10.0.0.0/8"]);
        let Ok(Command::Run(options)) = parsed("run") else { panic!("refused") };
        assert_eq!((options.listen.to_string().as_str(), options.console_args), ("127.0.0.1:3780", vec![]));
        assert!(refused("run --listen 4000").contains("not an address with a port"));
        assert!(refused("run --listen").contains("a value is required"));
        assert!(refused("run --open").contains("unexpected argument '--open'"));
        assert!(refused("run open").contains("unexpected argument 'open'"));
    }

    #[test]
    fn the_page_of_benchmarks_is_only_written_whole() {
        let options = BenchOptions { parts: vec![Part::Load, Part::Weight], write: false };
        assert_eq!(parsed("bench load weight"), Ok(Command::Bench(options)));
        let options = BenchOptions { parts: Vec::new(), write: true };
        assert_eq!(parsed("bench --write"), Ok(Command::Bench(options)));
        assert!(refused("bench --write api").contains("cannot be used with"));
        assert!(refused("bench api --write").contains("cannot be used with"));
        assert!(refused("bench speed").contains("[possible values: load, list, api, weight]"));
        assert!(refused("bench --all").contains("unexpected argument '--all'"));
    }

    #[test]
    fn the_fuzzer_takes_its_time() {
        assert_eq!(parsed("fuzz"), Ok(Command::Fuzz { seconds: 600 }));
        assert_eq!(parsed("fuzz --seconds=20"), Ok(Command::Fuzz { seconds: 20 }));
        assert_eq!(parsed("fuzz --seconds 86400"), Ok(Command::Fuzz { seconds: 86_400 }));
        assert!(refused("fuzz --seconds 0").contains("0 is not in 1..=86400"));
        assert!(refused("fuzz --seconds 86401").contains("86401 is not in 1..=86400"));
        assert!(refused("fuzz --seconds soon").contains("invalid value 'soon'"));
        assert!(refused("fuzz frames").contains("unexpected argument 'frames'"));
    }

    #[test]
    fn engines_are_named_plainly() {
        for good in
            ["engine", "engine berlin-dmz-01", "engine new oslo-01", "engine start a", "engine stop 1"]
        {
            assert!(parsed(good).is_ok(), "{good}");
        }
        assert!(refused("engine new").contains("<NAME>"));
        assert!(refused("engine new ../../etc").contains("can't be an engine's name"));
        assert!(refused("engine Berlin").contains("can't be an engine's name"));
        assert!(refused(&format!("engine {}", "a".repeat(41))).contains("can't be an engine's name"));
        assert!(refused("engine new a b").contains("unexpected argument 'b'"));
        assert!(refused("engine a b").contains("'b'"));
        assert!(refused("engine a new b").contains("'new'"));
    }

    #[test]
    fn a_soak_is_five_minutes_of_500_engines_unless_told_otherwise() {
        assert_eq!(
            parsed("soak"),
            Ok(Command::Soak(SoakOptions { engines: 500, seconds: 300, seed: None, hostile: false }))
        );
        assert_eq!(
            parsed("soak --hostile --engines=20 --seconds 30 --seed 7"),
            Ok(Command::Soak(SoakOptions { engines: 20, seconds: 30, seed: Some(7), hostile: true }))
        );
        assert!(refused("soak --engines many").contains("invalid value 'many'"));
        assert!(refused("soak --seed").contains("a value is required"));
        assert!(refused("soak 500").contains("unexpected argument '500'"));
    }

    #[test]
    fn stages_are_chosen_by_name() {
        assert_eq!(parsed("test"), Ok(Command::Test { stages: vec![] }));
        assert_eq!(
            parsed("test fmt clippy-wasm e2e"),
            Ok(Command::Test { stages: vec![Stage::Fmt, Stage::ClippyWasm, Stage::E2e] })
        );
        assert!(refused("test everything").contains("[possible values: fmt, clippy, clippy-wasm, "));
        assert!(refused("sing").contains("unrecognized subcommand 'sing'"));
    }
}
