//! Sites and scans.

use console_api::{NewSite, PageRequest, ScannerId, SiteId};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::lab::{Lab, send};

async fn demo() -> Lab {
    Lab::with(|config| config.seed = "demo".parse().unwrap()).await
}

fn names(page: &Value) -> Vec<&str> {
    page["resources"].as_array().unwrap().iter().map(|site| site["name"].as_str().unwrap()).collect()
}

fn relations(page: &Value) -> Vec<&str> {
    page["links"].as_array().unwrap().iter().map(|link| link["rel"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn sites_come_in_pages_of_ten_and_the_links_lead_on() {
    let lab = demo().await;
    let first = lab.get("/api/3/sites").await.json();
    assert_eq!(first["page"], json!({"number": 0, "size": 10, "totalPages": 5, "totalResources": 41}));
    assert_eq!(first["resources"].as_array().unwrap().len(), 10);
    assert_eq!(relations(&first), ["first", "self", "next", "last"]);
    let middle = lab.get("/api/3/sites?page=2&size=15&sort=name,DESC").await.json();
    assert_eq!(relations(&middle), ["first", "prev", "self", "last"]);
    assert_eq!(middle["links"][1]["href"], lab.url("/api/3/sites?page=1&size=15&sort=name,DESC"));
    let beyond = lab.get("/api/3/sites?page=77").await.json();
    assert_eq!(
        (beyond["resources"].as_array().unwrap().len(), relations(&beyond)),
        (0, vec!["first", "prev", "self", "last"])
    );
}

#[tokio::test]
async fn sorting_is_the_consoles_and_can_have_several_keys() {
    let lab = demo().await;
    let page = lab.get("/api/3/sites?sort=type,DESC&sort=assets,DESC&size=500").await.json();
    let keys: Vec<(String, i64)> = page["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| (site["type"].as_str().unwrap().to_owned(), site["assets"].as_i64().unwrap()))
        .collect();
    assert_eq!(keys.len(), 41);
    for pair in keys.windows(2) {
        assert!(pair[0].0 > pair[1].0 || pair[0].0 == pair[1].0 && pair[0].1 >= pair[1].1, "{pair:?}");
    }
    let least = lab.get("/api/3/sites?sort=importance&size=1").await.json();
    assert_eq!(least["resources"][0]["importance"], "very_low", "by weight, not by letter");
    assert_eq!(lab.get("/api/3/sites?size=100000").await.json()["page"]["size"], 500);
    for wrong in ["sort=secret", "size=0", "page=-1", "sort=name,SIDEWAYS"] {
        lab.get(&format!("/api/3/sites?{wrong}")).await.error(400);
    }
}

#[tokio::test]
async fn every_site_is_on_exactly_one_page_for_the_apps_client() {
    use futures::TryStreamExt as _;
    let lab = Lab::with(|config| config.seed = "large:20,1200".parse().unwrap()).await;
    let pages: Vec<_> = lab.client().sites_stream(PageRequest::default()).try_collect().await.unwrap();
    let mut ids: Vec<SiteId> = pages.iter().flat_map(|page| page.items.iter().map(|site| site.id)).collect();
    assert_eq!(ids.len(), 1200);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1200);
}

#[tokio::test]
async fn a_new_site_has_the_local_engine_and_can_get_another_by_a_bare_number() {
    let lab = Lab::start().await;
    let client = lab.client();
    let site = NewSite {
        name: "Harbour".into(),
        importance: None,
        description: None,
        scanner: None,
        scan_template: None,
    };
    let id = client.create_site(&site).await.unwrap().id;
    let raw = lab.get(&format!("/api/3/sites/{id}")).await.json();
    assert_eq!(
        (&raw["scanEngine"], &raw["importance"], &raw["type"]),
        (&json!(1), &json!("normal"), &json!("static"))
    );
    let engine = lab.engine("Oslo", 7).await;
    client.set_site_scanner(id, ScannerId(engine)).await.unwrap();
    assert_eq!(client.site_scanner(id).await.unwrap(), ScannerId(engine));
    let pool = lab.pool("North", &[engine]).await;
    client.set_site_scanner(id, ScannerId(pool)).await.unwrap();
    assert_eq!(client.site_scanner(id).await.unwrap(), ScannerId(pool));
    assert_eq!(
        lab.get(&format!("/api/3/scan_engines/{engine}")).await.json()["sites"],
        json!([]),
        "through the pool only"
    );
}

#[tokio::test]
async fn the_engine_of_a_site_must_exist_and_must_be_a_number() {
    let lab = Lab::start().await;
    let site = lab.site("Harbour", 1).await;
    let path = format!("/api/3/sites/{site}/scan_engine");
    for body in [json!(999), json!("1"), json!({"id": 1}), json!(null), json!(1.5)] {
        lab.put(&path, &body).await.error(400);
    }
    lab.put("/api/3/sites/999/scan_engine", &json!(1)).await.error(404);
}

#[tokio::test]
async fn a_site_is_refused_without_a_name_with_a_taken_one_and_with_two_scopes() {
    let lab = Lab::start().await;
    lab.site("Harbour", 1).await;
    let assets = json!({"includedTargets": {"addresses": ["192.0.2.0/24"]}});
    for body in [
        json!({}),
        json!({"name": "harbour"}),
        json!({"name": "Quay", "importance": "enormous"}),
        json!({"name": "Quay", "engineId": 999}),
        json!({"name": "Quay", "scan": {"assets": assets, "connection": {"id": 1}}}),
    ] {
        lab.post("/api/3/sites", &body).await.error(400);
    }
    let dynamic =
        lab.post("/api/3/sites", &json!({"name": "Quay", "scan": {"connection": {"id": 1}}})).await.id();
    assert_eq!(lab.get(&format!("/api/3/sites/{dynamic}")).await.json()["type"], "dynamic");
}

#[tokio::test]
async fn templates_and_names_of_scans_are_texts_with_something_in_them() {
    let lab = Lab::start().await;
    for template in ["", " ", "full\u{0}audit", "no-such-template"] {
        lab.post("/api/3/sites", &json!({"name": "Oslo", "scanTemplateId": template})).await.error(400);
    }
    let site = lab.post("/api/3/sites", &json!({"name": "Oslo"})).await.id();
    let scans = format!("/api/3/sites/{site}/scans");
    for body in [json!({"name": ""}), json!({"name": "a\u{7}b"}), json!({"name": 5}), json!([1, "name"])] {
        lab.post(&scans, &body).await.error(400);
    }
}

#[tokio::test]
async fn replacing_a_site_wants_four_things() {
    let lab = Lab::start().await;
    let site = lab.site("Harbour", 1).await;
    let path = format!("/api/3/sites/{site}");
    let whole = json!({"name": "Quay", "importance": "high", "engineId": 1, "scanTemplateId": "discovery"});
    for missing in ["name", "importance", "engineId", "scanTemplateId"] {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove(missing);
        lab.put(&path, &body).await.error(400);
    }
    assert_eq!(lab.put(&path, &whole).await.status, StatusCode::OK);
    assert_eq!(names(&lab.get("/api/3/sites").await.json()), ["Quay"]);
}

#[tokio::test]
async fn the_templates_are_listed_and_each_can_be_a_sites() {
    let lab = Lab::start().await;
    let templates = lab.get("/api/3/scan_templates").await.json()["resources"].as_array().unwrap().clone();
    assert!(templates.len() > 10, "{templates:?}");
    for template in templates {
        let id = template["id"].as_str().unwrap();
        assert_eq!(lab.get(&format!("/api/3/scan_templates/{id}")).await.json()["name"], template["name"]);
        let body = json!({"name": format!("Site {id}"), "scanTemplateId": id});
        assert_eq!(lab.post("/api/3/sites", &body).await.status, StatusCode::CREATED, "{id}");
    }
    lab.get("/api/3/scan_templates/none").await.error(404);
}

#[tokio::test]
async fn a_site_is_deleted_with_its_scans_once_none_is_under_way() {
    let lab = Lab::start().await;
    let site = lab.site("Harbour", 1).await;
    let path = format!("/api/3/sites/{site}");
    let scan = lab.post(&format!("{path}/scans"), &json!({})).await.id();
    let words = lab.delete(&path).await.error(400);
    assert_eq!(words, "The site Harbour cannot be deleted: 1 scan(s) of it are running.");
    let step =
        async |step: &str| send(lab.request(Method::POST, &format!("/api/3/scans/{scan}/{step}"))).await;
    assert_eq!(step("stop").await.status, StatusCode::OK);
    assert_eq!(lab.delete(&path).await.status, StatusCode::OK);
    lab.get(&path).await.error(404);
    lab.get(&format!("/api/3/scans/{scan}")).await.error(404);
    lab.delete(&path).await.error(404);
}

#[tokio::test]
async fn a_scan_is_paused_resumed_and_stopped_and_then_says_by_whom() {
    let lab = Lab::start().await;
    let site = lab.site("Harbour", 1).await;
    let scan = lab.post(&format!("/api/3/sites/{site}/scans"), &json!({})).await.id();
    let step =
        async |step: &str| send(lab.request(Method::POST, &format!("/api/3/scans/{scan}/{step}"))).await;
    let status = async || lab.get(&format!("/api/3/scans/{scan}")).await.json()["status"].clone();
    assert_eq!(step("resume").await.error(400), "The scan is running and cannot be resumed.");
    for (word, then) in [("pause", "paused"), ("resume", "running"), ("pause", "paused"), ("stop", "stopped")]
    {
        assert_eq!(step(word).await.status, StatusCode::OK, "{word}");
        assert_eq!(status().await, then);
    }
    let stopped = lab.get(&format!("/api/3/scans/{scan}")).await.json();
    assert_eq!((&stopped["message"], stopped["endTime"].is_string()), (&json!("admin"), true), "{stopped}");
    for word in ["pause", "resume", "stop"] {
        step(word).await.error(400);
    }
    send(lab.request(Method::POST, "/api/3/scans/99/stop")).await.error(404);
    send(lab.request(Method::POST, &format!("/api/3/scans/{scan}/explode"))).await.error(404);
}

#[tokio::test]
async fn scans_are_sorted_by_what_is_reckoned_from_other_things() {
    let lab = demo().await;
    let scans = async |sort: &str| -> Vec<Value> {
        let page = lab.get(&format!("/api/3/scans?size=500&sort={sort}")).await.json();
        page["resources"].as_array().unwrap().clone()
    };
    let totals: Vec<i64> = scans("vulnerabilities.total,DESC")
        .await
        .iter()
        .map(|scan| scan["vulnerabilities"]["total"].as_i64().unwrap())
        .collect();
    assert!(totals.len() > 100 && totals.is_sorted_by(|a, b| a >= b), "{totals:?}");
    let minutes = |text: &Value| OffsetDateTime::parse(text.as_str().unwrap(), &Rfc3339).unwrap();
    let lengths: Vec<time::Duration> = scans("duration")
        .await
        .iter()
        .map(|scan| minutes(&scan["endTime"]) - minutes(&scan["startTime"]))
        .collect();
    assert!(lengths.is_sorted(), "{lengths:?}");
}

#[tokio::test]
async fn a_slash_at_the_end_of_a_path_and_words_for_yes_are_taken() {
    let lab = demo().await;
    let plain = lab.get("/api/3/sites?size=3").await.json();
    let slash = lab.get("/api/3/sites/?size=3").await.json();
    assert_eq!(slash["resources"], plain["resources"]);
    assert_eq!(lab.get("/api/3/").await.status, StatusCode::OK);
    assert_eq!(lab.get("/api/3/scan_engines/1/").await.json()["id"], 1);
    lab.get("/api/3/sites//").await.error(404);
    let active = lab.get("/api/3/scans?active=true").await.json()["page"]["totalResources"].clone();
    for word in ["True", "TRUE", "1", "yes", "on"] {
        let answer = lab.get(&format!("/api/3/scans?active={word}")).await.json();
        assert_eq!(answer["page"]["totalResources"], active, "{word}");
    }
    lab.get("/api/3/scans?active=perhaps").await.error(400);
}

#[tokio::test]
async fn a_command_is_taken_as_a_text_of_json_too() {
    let lab = Lab::start().await;
    let bare = lab.command("version engines").await;
    assert!(bare.contains("Name: Local scan engine"), "{bare}");
    assert_eq!(lab.command("\"version engines\"").await, bare);
    assert!(lab.command("\"version").await.starts_with("Unknown command: \"version"));
}

#[tokio::test]
async fn scans_are_past_ones_unless_active_ones_are_asked_for() {
    let lab = demo().await;
    let statuses = async |path: &str| -> Vec<String> {
        let page = lab.get(path).await.json();
        page["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|scan| scan["status"].as_str().unwrap().to_owned())
            .collect()
    };
    let active = statuses("/api/3/scans?active=true&size=500").await;
    assert!(!active.is_empty() && active.iter().all(|status| status == "running"), "{active:?}");
    let past = statuses("/api/3/scans?size=500").await;
    assert!(past.len() > 150 && past.iter().all(|status| status != "running"), "{}", past.len());
    let newest = lab.get("/api/3/scans?sort=startTime,DESC&size=1").await.json();
    let scan = &newest["resources"][0];
    assert_eq!(scan["engineIds"], json!([scan["engineId"]]));
    assert!(scan["duration"].as_str().unwrap().starts_with("PT"), "{scan}");
    let (scan_id, site) = (&scan["id"], &scan["siteId"]);
    assert_eq!(&lab.get(&format!("/api/3/scans/{scan_id}")).await.json()["siteId"], site);
    let of_site = lab.get(&format!("/api/3/sites/{site}/scans?size=500")).await.json();
    assert!(of_site["resources"].as_array().unwrap().iter().all(|scan| &scan["siteId"] == site));
}

#[tokio::test]
async fn a_scan_starts_on_an_active_engine_only() {
    let lab = Lab::start().await;
    let engine = lab.engine("Oslo", 7).await;
    let idle = lab.site("Idle", engine).await;
    let words = lab.post(&format!("/api/3/sites/{idle}/scans"), &json!({})).await.error(400);
    assert_eq!(words, "The scan of the site Idle cannot start: no scan engine for it is active.");
    let busy = SiteId(lab.site("Busy", 1).await);
    let scan = lab.client().start_scan(busy, None).await.unwrap();
    let raw = lab.get(&format!("/api/3/scans/{scan}")).await.json();
    assert_eq!(
        (&raw["status"], &raw["startedBy"], &raw["engineId"]),
        (&json!("running"), &json!("admin"), &json!(1))
    );
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let lab = Lab::start().await;
    for path in [
        "/api/3/sites/9",
        "/api/3/sites/9/scans",
        "/api/3/sites/9/scan_engine",
        "/api/3/scans/9",
        "/api/3/scan_engines/9",
        "/api/3/scan_engines/9/sites",
        "/api/3/scan_engines/9/scans",
        "/api/3/scan_engines/9/scan_engine_pools",
        "/api/3/scan_engines/nine",
        "/api/3/scan_engine_pools/9/sites",
        "/api/3/nothing",
        "/api/2.1/nothing",
        "/api",
    ] {
        lab.get(path).await.error(404);
    }
    lab.delete("/api/3/sites").await.error(405);
}
