//! nginx from Debian's packages, with the very file that `docs/nginx` has, as far as a test's machine allows.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::process::Process;
use crate::settings::settings;
use crate::wait::until;

/// How long it may take to listen.
const START: Duration = Duration::from_secs(20);

/// How often it is started before it counts as broken: another program may take the port that was free.
const TRIES: u32 = 3;

/// What people copy.
const EXAMPLE: &str = include_str!("../../../docs/nginx/engine-console.conf");

/// Everything in the example that is about the machine, and what is in its place here. All else is as it is there.
fn here(address: SocketAddr, console: SocketAddr, www: &Path, brotli: bool) -> Vec<(&'static str, String)> {
    let mut changes = vec![
        ("    listen 443 ssl;\n", format!("    listen {address};\n")),
        ("    ssl_certificate     /etc/ssl/console.example.pem;\n", String::new()),
        ("    ssl_certificate_key /etc/ssl/private/console.example.key;\n", String::new()),
        ("        root /var/www;\n", format!("        root {};\n", www.display())),
        ("        proxy_pass https://127.0.0.1:3780;\n", format!("        proxy_pass http://{console};\n")),
        ("        proxy_ssl_verify on;\n", String::new()),
        ("        proxy_ssl_name console.example;\n", String::new()),
        ("        proxy_ssl_trusted_certificate /etc/ssl/console-ca.pem;\n", String::new()),
    ];
    if !brotli {
        changes.push(("        brotli_static on;\n", String::new()));
    }
    changes
}

/// A running nginx, with the app under `/engine-console/` and a console behind it. It ends when it is dropped.
#[derive(Debug)]
pub struct Nginx {
    // Before the folder, so that nothing writes any more when it is removed.
    _process: Process,
    address: SocketAddr,
    _dir: TempDir,
}

impl Nginx {
    /// Starts one in front of that address.
    ///
    /// # Panics
    /// If it does not come up.
    pub async fn start(console: SocketAddr) -> Self {
        Self::with(console, true).await
    }

    /// Starts one that has not the module for brotli.
    ///
    /// # Panics
    /// If it does not come up.
    pub async fn without_brotli(console: SocketAddr) -> Self {
        Self::with(console, false).await
    }

    async fn with(console: SocketAddr, brotli: bool) -> Self {
        for _ in 0..TRIES {
            if let Some(nginx) = Self::try_start(console, brotli).await {
                return nginx;
            }
        }
        panic!("nginx does not come up");
    }

    async fn try_start(console: SocketAddr, brotli: bool) -> Option<Self> {
        let dir = TempDir::with_prefix("engine-console-nginx-")
            .unwrap_or_else(|error| panic!("no folder for nginx: {error}"));
        let address = free_address();
        let www = dir.path().join("www");
        let put = |name: &str, content: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, content)
                .unwrap_or_else(|error| panic!("{} can't be written: {error}", path.display()));
            path
        };
        std::fs::create_dir(&www)
            .and_then(|()| std::os::unix::fs::symlink(settings().dist_behind(), www.join("engine-console")))
            .unwrap_or_else(|error| panic!("no folder for the app: {error}"));
        let mut example = EXAMPLE.to_owned();
        for (there, here) in here(address, console, &www, brotli) {
            assert_eq!(example.matches(there).count(), 1, "the example does not have once: {there}");
            example = example.replace(there, &here);
        }
        put("engine-console.conf", &example);
        let main = put("nginx.conf", &main_file(brotli));
        let mut command = Command::new(settings().nginx().join("usr/sbin/nginx"));
        command.arg("-p").arg(dir.path()).arg("-c").arg(&main).args(["-e", "stderr"]);
        let process = Process::start("nginx", &mut command);
        let up = until(START, async || {
            if process.lines().iter().any(|line| line.contains("[emerg]")) {
                return Ok(false);
            }
            let connected = TcpStream::connect(address).await;
            connected.map(|_| true).map_err(|error| format!("nginx does not listen on {address}: {error}"))
        });
        if up.await == Ok(true) {
            return Some(Self { _process: process, address, _dir: dir });
        }
        eprintln!("nginx on {address}:\n{}", process.lines().join("\n"));
        None
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path, as the browser opens it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// What Debian has in `/etc/nginx`, as far as it matters, for one process that ends with the test and writes into its folder
/// alone.
fn main_file(brotli: bool) -> String {
    let nginx = settings().nginx();
    let nginx = nginx.display();
    let module = format!("load_module {nginx}/usr/lib/nginx/modules/ngx_http_brotli_static_module.so;");
    format!(
        "{module}
         daemon off;
         master_process off;
         pid nginx.pid;
         error_log stderr;
         events {{}}
         http {{
             include {nginx}/etc/nginx/mime.types;
             access_log off;
             client_body_temp_path body;
             proxy_temp_path proxy;
             fastcgi_temp_path fastcgi;
             uwsgi_temp_path uwsgi;
             scgi_temp_path scgi;
             include engine-console.conf;
         }}",
        module = if brotli { module.as_str() } else { "" },
    )
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener.unwrap_or_else(|error| panic!("nginx finds no port: {error}"))
}
