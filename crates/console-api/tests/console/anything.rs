//! Whatever a console sends, nothing panics: arbitrary bytes, arbitrary JSON, and JSON that is almost right.

use console_api::rules::{EngineColumn, EngineFilter, EngineSort, next_step, prepare_rows, select};
use console_api::{
    Client, Credentials, EngineDraft, EngineId, NewSite, PageRequest, PoolDraft, PoolId, Request, Response,
    RetryPolicy, ScanId, ScannerId, SharedSecret, SiteDraft, SiteId, Timestamp, Transport, TransportError,
    parse_version_engines,
};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::support::now;

/// Answers every call in the same way.
struct Always(Response);

impl Transport for Always {
    async fn send(&self, _: Request) -> Result<Response, TransportError> {
        Ok(self.0.clone())
    }

    async fn sleep(&self, _: std::time::Duration) {}

    fn random(&self) -> u64 {
        7
    }
}

/// Every method of the client, once. What each gives does not matter here.
async fn call_everything(client: &Client<Always>) {
    let (engine, pool, site, first) = (EngineId(6), PoolId(9), SiteId(1), PageRequest::default());
    let draft = EngineDraft { name: "Oslo".to_owned(), address: "192.0.2.6".to_owned(), port: 40814 };
    let pool_draft = PoolDraft { name: "North".to_owned(), engines: vec![engine] };
    let new_site = NewSite {
        name: "HQ".to_owned(),
        importance: None,
        description: None,
        scanner: None,
        scan_template: None,
    };
    let site_draft =
        SiteDraft { name: "HQ".to_owned(), importance: "low".to_owned(), description: String::new() };
    let _ = client.sign_in().await;
    if let Ok(list) = client.engines().await {
        for engine in &list.items {
            let _ = next_step(engine);
        }
        let rows = prepare_rows(list.items, &[], None);
        for column in EngineColumn::ALL {
            let _ =
                select(&rows, &EngineFilter::new("o", Vec::new()), EngineSort { column, descending: true });
        }
    }
    let _ = client.available_engines().await;
    let _ = client.engine(engine).await;
    let _ = client.engine_summary(engine).await;
    let _ = client.create_engine(&draft).await;
    let _ = client.update_engine(engine, &draft, &draft).await;
    let _ = client.delete_engine(engine).await;
    let _ = client.engine_sites(engine, &first).await;
    let _ = client.engine_scans(engine, &first).await;
    let _ = client.engine_pools(engine).await;
    let _ = client.pools().await;
    let _ = client.pool(pool).await;
    let _ = client.create_pool(&pool_draft).await;
    let _ = client.update_pool(pool, &pool_draft, &pool_draft).await;
    let _ = client.delete_pool(pool).await;
    let _ = client.pool_engines(pool).await;
    let _ = client.set_pool_engines(pool, &[engine]).await;
    let _ = client.assign_to_pool(engine, pool).await;
    let _ = client.remove_from_pool(engine, pool).await;
    let _ = client.pool_sites(pool).await;
    let _ = client.shared_secret().await;
    let _ = client.generate_shared_secret().await;
    let _ = client.revoke_shared_secret().await;
    let _ = client.shared_secret_time_to_live().await;
    let _ = client.sites(&first).await;
    let _ = client.site(site).await;
    let _ = client.create_site(&new_site).await;
    let _ = client.delete_site(site).await;
    let _ = client.update_site(site, &site_draft, &site_draft).await;
    let _ = client.move_site(site, Some(ScannerId(6)), ScannerId(7)).await;
    let _ = client.site_scanner(site).await;
    let _ = client.set_site_scanner(site, ScannerId(6)).await;
    let _ = client.scans(Some(true), &first).await;
    let _ = client.scan(ScanId(3)).await;
    let _ = client.site_scans(site, None, &first).await;
    let _ = client.start_scan(site, None).await;
    let _ = client.console_info().await;
    let _ = client.run_command("version").await;
    let _ = client.refresh_engine(engine).await;
    let _ = client.update_engine_software(engine).await;
    let _ = client.update_all_engines().await;
    let _ = client.reverse_connection(engine).await;
}

fn survives(status: u16, content_type: Option<String>, body: Vec<u8>) {
    let response = Response {
        status,
        redirected: status.is_multiple_of(7),
        content_type,
        retry_after: Some("0".to_owned()),
        body,
    };
    let credentials = Credentials::new("admin", "secret", None).unwrap();
    let client = Client::new(Always(response), credentials).with_retry(RetryPolicy::NEVER);
    now(call_everything(&client));
}

fn status() -> impl Strategy<Value = u16> {
    prop_oneof![4 => Just(200_u16), 1 => Just(201), 1 => prop::sample::select(vec![400, 401, 403, 404, 429, 500, 503]), 1 => any::<u16>()]
}

fn content_type() -> impl Strategy<Value = Option<String>> {
    prop::sample::select(vec![
        None,
        Some("application/json"),
        Some("text/plain"),
        Some("text/html"),
        Some("ä"),
    ])
    .prop_map(|kind| kind.map(str::to_owned))
}

/// Names of fields that the client looks for, so that arbitrary values reach its readers.
const KEYS: [&str; 38] = [
    "id",
    "name",
    "address",
    "port",
    "status",
    "statusMessage",
    "connectionDirection",
    "certificateFingerprint",
    "engineListenerPort",
    "productVersion",
    "contentVersion",
    "serialNumber",
    "isAWSPreAuthEngine",
    "sites",
    "engines",
    "enginePools",
    "lastRefreshedDate",
    "lastUpdatedDate",
    "links",
    "href",
    "resources",
    "page",
    "number",
    "size",
    "totalPages",
    "totalResources",
    "scanEngine",
    "riskScore",
    "type",
    "engineId",
    "engineIds",
    "duration",
    "startTime",
    "vulnerabilities",
    "message",
    "output",
    "version",
    "assets",
];

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[ -~]{0,20}",
        "\\PC{0,20}",
        Just("2024-10-07T12:00:00Z".to_owned()),
        Just("PT8H21M7.978S".to_owned()),
        Just("Remote Engine Name: Oslo\n\nRemote Engine Status: Active".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-2_i64..70_000).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 8, |inner| {
        let key =
            prop_oneof![8 => prop::sample::select(KEYS.to_vec()).prop_map(str::to_owned), 1 => "[ -~]{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..12)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(status in status(), kind in content_type(), body in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(status, kind, body);
    }

    #[test]
    fn arbitrary_json(status in status(), kind in content_type(), body in any_json()) {
        survives(status, kind, body.to_string().into_bytes());
    }

    #[test]
    fn json_that_is_cut_off_anywhere(body in any_json(), at in any::<prop::sample::Index>()) {
        let mut body = body.to_string().into_bytes();
        body.truncate(at.index(body.len() + 1));
        survives(200, Some("application/json".to_owned()), body);
    }

    #[test]
    fn arbitrary_text(text in "\\PC{0,60}") {
        let _ = parse_version_engines(&text);
        let _ = Timestamp::parse(&text);
        let _ = SharedSecret::parse(&text);
        let _ = Credentials::new(&text, &text, Some(&text));
    }

    #[test]
    fn every_time_that_can_be_written_is_read_back(ms in any::<i64>()) {
        let time = Timestamp::from_unix_ms(ms);
        prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
    }
}

#[test]
fn deeply_nested_json_is_refused_without_overflowing_the_stack() {
    survives(200, None, "[".repeat(100_000).into_bytes());
    survives(200, None, r#"{"resources":"#.repeat(50_000).into_bytes());
}
