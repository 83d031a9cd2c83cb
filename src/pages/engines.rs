//! **Scan Engines**: all engines of the console in one table, with what is wrong and what to do about it.

use std::sync::Arc;

use console_api::{
    Engine, EngineId, EngineStatus, Timestamp,
    rules::{Arrow, EngineColumn, EngineFilter, EngineRow, EngineSort, next_step, prepare_rows, select, status_counts},
};
use leptos::{either::Either, html, prelude::*};

use crate::{
    clock::Clock,
    components::{
        address::AddressParam,
        dialog::Dialog,
        icon::{Glyph, Icon},
        status::{StatusArrow, StatusMark},
        table::{Column, DataTable, RowKey, SortBy, TableRow, row_tabindex},
        toast::Toasts,
    },
    data::Data,
    shortcuts,
};

impl TableRow for EngineRow {
    fn key(&self) -> RowKey {
        self.engine.id.get()
    }
}

const fn column(column: EngineColumn, numeric: bool) -> Column {
    Column { key: column.key(), label: column.label(), numeric, sortable: true }
}

const COLUMNS: &[Column] = &[
    column(EngineColumn::Status, false),
    column(EngineColumn::Name, false),
    column(EngineColumn::Address, false),
    column(EngineColumn::Port, true),
    column(EngineColumn::ProductVersion, false),
    column(EngineColumn::ContentVersion, false),
    column(EngineColumn::Sites, true),
    column(EngineColumn::Pools, true),
    column(EngineColumn::LastRefreshed, false),
    Column { key: "actions", label: "Actions", numeric: false, sortable: false },
];

/// The screen at `/engines`.
#[component]
pub fn EnginesPage() -> impl IntoView {
    let data = Data::here();
    let toasts = Toasts::here();
    document().set_title("Scan Engines – Engine console");
    data.read_engines();

    let filter = AddressParam::of("filter");
    let status = AddressParam::of("status");
    let sort = AddressParam::of("sort");

    let known = data.engines.known();
    let list = Memo::new(move |_| known.with(|known| known.as_ref().map(|known| Arc::clone(&known.value))));
    let pools = Memo::new(move |_| data.pools.known().with(|known| known.as_ref().map(|known| Arc::clone(&known.value))));
    let rows = Memo::new(move |_| {
        let list = list.get()?;
        let pools = pools.get();
        let pools = pools.as_ref().map_or(&[][..], |pools| &pools.items);
        let rows = prepare_rows(list.items.clone(), pools, None);
        Some(Arc::new(rows.into_iter().map(Arc::new).collect::<Vec<_>>()))
    });
    let order = Memo::new(move |_| sort.value().with(|sort| EngineSort::from_key(sort)).unwrap_or_default());
    let chosen_status = move || {
        status.value().with(|status| (!status.is_empty()).then(|| EngineStatus::parse(status)))
    };
    let by_text = Memo::new(move |_| filter.value().with(|text| EngineFilter::new(text, Vec::new())));
    let shown = Memo::new(move |_| {
        let rows = rows.get()?;
        let statuses = chosen_status().into_iter().collect();
        let filter = filter.value().with(|text| EngineFilter::new(text, statuses));
        let chosen = select(&rows, &filter, order.get());
        Some(Arc::new(chosen.into_iter().map(|at| Arc::clone(&rows[at])).collect::<Vec<_>>()))
    });
    let counts = Memo::new(move |_| {
        let rows = rows.get()?;
        by_text.with(|filter| {
            let matching = || rows.iter().filter(|row| filter.matches_text(row));
            Some((matching().count(), status_counts(matching().map(|row| &row.engine.status))))
        })
    });

    let advised = RwSignal::new(None::<EngineId>);
    let engine = move |id: EngineId| {
        rows.with(|rows| rows.as_ref()?.iter().find(|row| row.engine.id == id).map(|row| row.engine.clone()))
    };
    let refresh = move |id: EngineId| {
        if let Some(engine) = untrack(|| engine(id)) {
            data.refresh_engine(id, engine.name, toasts);
        }
    };
    let refresh_displayed = move |_| {
        let ids = shown.with_untracked(|shown| {
            shown.iter().flat_map(|rows| rows.iter()).map(|row| row.engine.id).collect::<Vec<_>>()
        });
        data.refresh_displayed(&ids, toasts);
    };
    let nothing_to_refresh = move || {
        if shown.with(|shown| shown.as_ref().is_none_or(|rows| rows.is_empty())) {
            Some("There is no engine to refresh.")
        } else if data.work.is_on_any() {
            Some("Engines are being refreshed.")
        } else {
            None
        }
    };

    view! {
        <section class="page fills" aria-labelledby="page-heading">
            <div class="page-head">
                <h1 id="page-heading" tabindex="-1">
                    "Scan Engines"
                </h1>
                <div class="actions">
                    <button
                        type="button"
                        class="button"
                        aria-disabled=move || nothing_to_refresh().map(|_| "true")
                        title=nothing_to_refresh
                        on:click=move |event| {
                            if untrack(nothing_to_refresh).is_none() {
                                refresh_displayed(event);
                            }
                        }
                    >
                        <Glyph icon=Icon::Refresh />
                        "Refresh displayed engines"
                    </button>
                </div>
            </div>
            <div class="toolbar">
                <Filter value=filter />
                <StatusCounts counts chosen=status />
                <Age />
            </div>
            <Trouble />
            <DataTable
                name="Scan Engines"
                class="engines"
                columns=COLUMNS
                rows=shown
                sort=Signal::derive(move || SortBy::from_query(&order.get().key()))
                on_sort=move |by: SortBy| sort.choose(by.to_query())
                cells=move |key, row| cells(EngineId(key), row, refresh, advised)
                working=move |key| data.work.is_on(EngineId(key))
                empty=move || view! { <Empty rows filter status /> }
            />
        </section>
        <Advice
            engine=Signal::derive(move || advised.get().and_then(engine))
            close=move || advised.set(None)
            refresh=move |id| {
                advised.set(None);
                refresh(id);
            }
        />
    }
}

#[component]
fn Filter(value: AddressParam) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    shortcuts::focus_on_slash(input);
    view! {
        <search class="search">
            <Glyph icon=Icon::Search />
            <input
                class="input"
                type="search"
                placeholder="Filter engines"
                aria-label="Filter engines"
                title="Looks in name, address, status and versions. All words must occur."
                spellcheck="false"
                autocomplete="off"
                node_ref=input
                prop:value=value.value()
                on:input=move |event| value.type_in(event_target_value(&event))
            />
            <Show when=move || !value.value().with(String::is_empty)>
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Empty the filter"
                    title="Empty the filter"
                    on:click=move |_| {
                        value.choose(String::new());
                        if let Some(input) = input.get_untracked() {
                            // An element that can't take the focus leaves it where it was.
                            _ = input.focus();
                        }
                    }
                >
                    <Glyph icon=Icon::Close />
                </button>
            </Show>
        </search>
    }
}

type Counts = Option<(usize, Vec<console_api::rules::StatusCount>)>;

#[component]
fn StatusCounts(
    /// How many engines pass the text filter, in all and by status.
    #[prop(into)]
    counts: Signal<Counts>,
    /// The status that is filtered by.
    chosen: AddressParam,
) -> impl IntoView {
    // A status that no engine has takes no room, but for the one that is chosen: it must be possible to leave it.
    let present = move || {
        counts.with(|counts| {
            let chosen = chosen.value().get();
            let counts = counts.as_ref().map_or(&[][..], |(_, counts)| counts);
            counts
                .iter()
                .filter(|count| count.count > 0 || count.status.key() == chosen)
                .map(|count| count.status.clone())
                .collect::<Vec<_>>()
        })
    };
    let number = move |status: &EngineStatus| {
        counts.with(|counts| {
            let counts = counts.as_ref().map_or(&[][..], |(_, counts)| counts);
            counts.iter().find(|count| &count.status == status).map_or(0, |count| count.count)
        })
    };
    let total = move || counts.with(|counts| counts.as_ref().map_or(0, |(all, _)| *all));
    view! {
        <div class="counts" role="group" aria-label="Status">
            <button
                type="button"
                class="count"
                aria-pressed=move || chosen.value().with(String::is_empty).to_string()
                on:click=move |_| chosen.choose(String::new())
            >
                "All"
                <span class="number">{total}</span>
            </button>
            <For each=present key=EngineStatus::clone let:status>
                {
                    let key = StoredValue::new(status.key().to_owned());
                    let pressed = move || key.with_value(|key| chosen.value().with(|chosen| chosen == key));
                    let arrow = Arrow { direction: None, severity: status.severity() };
                    let label = status.label().to_owned();
                    view! {
                        <button
                            type="button"
                            class="count"
                            aria-pressed=move || pressed().to_string()
                            on:click=move |_| {
                                chosen.choose(if pressed() { String::new() } else { key.get_value() });
                            }
                        >
                            <StatusArrow arrow />
                            {label}
                            <span class="number">{move || number(&status)}</span>
                        </button>
                    }
                }
            </For>
        </div>
    }
}

/// How old the list is.
#[component]
fn Age() -> impl IntoView {
    let clock = Clock::here();
    let engines = Data::here().engines;
    let age = move || {
        engines.known().with(|known| known.as_ref().map(|known| format!("Read {}", clock.relative(known.at))))
    };
    view! { <div class="end">{age}</div> }
}

/// The list could not be read, or not wholly. What is on screen stays.
#[component]
fn Trouble() -> impl IntoView {
    let data = Data::here();
    let clock = Clock::here();
    let failed = move || {
        let error = data.engines.failed().get()?;
        let since = data.engines.known().with(|known| known.as_ref().map(|known| clock.exact(known.at)));
        Some((error, since))
    };
    let unreadable = move || {
        data.engines.known().with(|known| known.as_ref().map_or(0, |known| known.value.unreadable))
    };
    let pools_failed = move || data.pools.failed().get().filter(|_| failed().is_none());
    view! {
        <div role="status" class="troubles">
            {move || {
                failed()
                    .map(|(error, since)| {
                        let what = match since {
                            Some(since) => {
                                format!("The engines could not be read again. What is shown is from {since}.")
                            }
                            None => "The engines could not be read.".to_owned(),
                        };
                        view! {
                            <div class="notice bad">
                                <strong class="problem-line">
                                    <Glyph icon=Icon::Failed />
                                    {what}
                                </strong>
                                <span>{error.to_string()} " " {error.what_helps()}</span>
                                <div>
                                    <button
                                        type="button"
                                        class="button"
                                        aria-disabled=move || data.engines.reading().get().then_some("true")
                                        on:click=move |_| data.read_engines()
                                    >
                                        "Try again"
                                    </button>
                                </div>
                            </div>
                        }
                    })
            }}
            {move || {
                pools_failed()
                    .map(|error| {
                        view! {
                            <div class="notice uncertain">
                                <span>
                                    "The pools could not be read, so sites through pools are not counted. "
                                    {error.to_string()} " " {error.what_helps()}
                                </span>
                            </div>
                        }
                    })
            }}
            {move || {
                (unreadable() > 0)
                    .then(|| {
                        view! {
                            <div class="notice uncertain">
                                {move || unreadable()}
                                " of the console's engines could not be understood and are not shown."
                            </div>
                        }
                    })
            }}
        </div>
    }
}

/// What stands in the table's place when it has no rows.
#[component]
fn Empty(
    /// All rows, without the filter.
    #[prop(into)]
    rows: Signal<Option<Arc<Vec<Arc<EngineRow>>>>>,
    /// The text filter.
    filter: AddressParam,
    /// The status filter.
    status: AddressParam,
) -> impl IntoView {
    let none_at_all = move || rows.with(|rows| rows.as_ref().is_some_and(|rows| rows.is_empty()));
    view! {
        <div class="table-empty">
            {move || {
                if none_at_all() {
                    Either::Left(view! {
                        <h2>"No scan engines"</h2>
                        <p>
                            "The console has no engine, or this account may not see any. Add an engine in the console, or ask an administrator for the permission."
                        </p>
                    })
                } else {
                    Either::Right(view! {
                        <h2>"No engine matches the filter"</h2>
                        <button
                            type="button"
                            class="button"
                            on:click=move |_| {
                                filter.choose(String::new());
                                status.choose(String::new());
                            }
                        >
                            "Show all engines"
                        </button>
                    })
                }
            }}
        </div>
    }
}

/// The cells of one row, in the order of [`COLUMNS`].
fn cells(
    id: EngineId,
    row: Signal<Arc<EngineRow>>,
    refresh: impl Fn(EngineId) + Copy + Send + Sync + 'static,
    advised: RwSignal<Option<EngineId>>,
) -> impl IntoView {
    let data = Data::here();
    let clock = Clock::here();
    let tabindex = row_tabindex(id.get());
    let text = move |read: fn(&Engine) -> String| {
        let text = Memo::new(move |_| row.with(|row| read(&row.engine)));
        move || text.get()
    };
    let name = text(|engine| engine.name.clone());
    let address = text(|engine| engine.address.clone());
    let port = text(|engine| engine.port.map(|port| port.to_string()).unwrap_or_default());
    let product = text(|engine| engine.product_version.clone().unwrap_or_default());
    let content = text(|engine| engine.content_version.clone().unwrap_or_default());
    let state = Memo::new(move |_| {
        row.with(|row| (row.engine.status.clone(), row.engine.direction, next_step(&row.engine)))
    });
    let sites = Memo::new(move |_| row.with(|row| (row.engine.sites.len(), row.sites_through_pools)));
    let sites_words = move || {
        let (direct, through) = sites.get();
        format!("{direct} directly, {through} through pools")
    };
    let pools = Memo::new(move |_| row.with(|row| (row.pools.len(), row.pool_names.clone())));
    let refreshed = Memo::new(move |_| row.with(|row| row.engine.last_refreshed));
    let when = move |write: fn(Clock, Timestamp) -> String, never: &'static str| {
        refreshed.get().map_or_else(|| never.to_owned(), |time| write(clock, time))
    };
    let working = move || data.work.is_on(id);
    view! {
        <td class="c-status">
            <div class="status">
                {move || {
                    let (status, direction, step) = state.get();
                    view! {
                        <StatusMark status direction />
                        {step
                            .map(|step| {
                                let title = format!("{} {}", step.why, step.what);
                                view! {
                                    <button
                                        type="button"
                                        class="advice"
                                        title=title
                                        tabindex=tabindex
                                        on:click=move |_| advised.set(Some(id))
                                    >
                                        {step.what}
                                        <span class="unseen">" (" {name} ")"</span>
                                    </button>
                                }
                            })}
                    }
                }}
            </div>
        </td>
        <th scope="row" class="c-name" title=name>
            {name}
        </th>
        <td class="c-address mono" title=address>
            {address}
            <span class="with-port">":" {port}</span>
        </td>
        <td class="c-port numeric mono">{port}</td>
        <td class="c-product mono" data-label="Product" title=product>
            {product}
        </td>
        <td class="c-content mono" data-label="Content" title=content>
            {content}
        </td>
        <td class="c-sites numeric" data-label="Sites" title=sites_words>
            {move || {
                let (direct, through) = sites.get();
                direct + through
            }}
        </td>
        <td class="c-pools numeric" title=move || pools.get().1>
            {move || pools.get().0}
        </td>
        <td class="c-refreshed" data-label="Refreshed" title=move || when(Clock::exact, "The console has no time for it")>
            {move || when(Clock::relative, "Never")}
        </td>
        <td class="c-actions">
            <div class="row-actions">
                <button
                    type="button"
                    class="icon-button"
                    aria-label=move || format!("Refresh {}", name())
                    title=move || if working() { "It is being refreshed" } else { "Refresh" }
                    aria-disabled=move || working().then_some("true")
                    tabindex=tabindex
                    on:click=move |_| refresh(id)
                >
                    <Glyph icon=Icon::Refresh />
                </button>
            </div>
        </td>
    }
}

/// The dialog **What to do: {name}**: why the status is what it is, and the next step.
#[component]
fn Advice(
    /// The engine, while the dialog is open.
    engine: Signal<Option<Engine>>,
    /// Called when the person closes the dialog.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Called when the person asks for the engine's status again.
    refresh: impl Fn(EngineId) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(engine.with(Option::is_some)));
    Effect::new(move |before: Option<bool>| {
        let open = open.get();
        if before == Some(true) && !open {
            close();
        }
        open
    });
    let title = move || engine.with(|e| e.as_ref().map(|e| format!("What to do: {}", e.name)).unwrap_or_default());
    view! {
        <Dialog open title=Signal::derive(title)>
            {move || {
                engine
                    .get()
                    .map(|engine| {
                        let id = engine.id;
                        let step = next_step(&engine);
                        view! {
                            <dl class="facts">
                                <dt>"Status"</dt>
                                <dd>
                                    <StatusMark status=engine.status.clone() direction=engine.direction />
                                </dd>
                                {match step {
                                    Some(step) => {
                                        Either::Left(view! {
                                            <dt>"Why"</dt>
                                            <dd>{step.why}</dd>
                                            <dt>"Next"</dt>
                                            <dd>{step.what}</dd>
                                        })
                                    }
                                    None => {
                                        Either::Right(view! {
                                            <dt>"Next"</dt>
                                            <dd>"Nothing: the engine answers."</dd>
                                        })
                                    }
                                }}
                            </dl>
                            <footer>
                                <button type="button" class="button primary" on:click=move |_| refresh(id)>
                                    <Glyph icon=Icon::Refresh />
                                    "Refresh "
                                    {engine.name}
                                </button>
                            </footer>
                        }
                    })
            }}
        </Dialog>
    }
}
