// What the app is compared with: the Scan Engines table as a careful person writes it by hand. It signs in as the app
// does, asks the same three questions, prepares keys for filtering and sorting once, and has only the rows in view in
// the document.
const STATUSES = {
  active: ["Active", "good", ""],
  unknown: ["Unknown", "uncertain", "Refresh the engine."],
  "pending-authorization": ["Pending authorization", "uncertain", "Enable the console on the engine, then refresh it."],
  "incompatible-version": ["Incompatible version", "bad", "Update the engine."],
  "not-responding": ["Not responding", "bad", "Start the engine and open its port, then refresh it."],
};
const AROUND = 5;
const ROW = 36;

const natural = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const UNITS = [["year", 31536e6], ["month", 2592e6], ["day", 864e5], ["hour", 36e5], ["minute", 6e4], ["second", 1e3]];

const [signIn, screen] = document.querySelectorAll("main");
const [filter] = screen.querySelectorAll("input[type=search]");
const counts = screen.querySelector(".counts");
const frame = screen.querySelector(".table-frame");
const table = frame.querySelector("table");
const heads = table.querySelector("thead tr");
const body = table.querySelector("tbody");
const template = document.querySelector("#row").content.firstElementChild;

let engines = [];
let pools = [];
let rows = [];
let shown = [];
let sort = { column: 1, descending: false };
let status = "";
let headers;

const order = (of) => (a, b) => natural.compare(of(a), of(b));
const number = (of) => (a, b) => of(a) - of(b);
const padded = (address) => address.replace(/\d+/g, (digits) => digits.padStart(3, "0"));
const COLUMNS = [
  ["Status", order((row) => row.label)],
  ["Name", (a, b) => a.rank - b.rank],
  ["Address", (a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0)],
  ["Port", number((row) => row.engine.port ?? 0)],
  ["Product version", order((row) => row.engine.productVersion ?? "")],
  ["Content version", order((row) => row.engine.contentVersion ?? "")],
  ["Sites", number((row) => row.sites)],
  ["Pools", order((row) => row.pools.join())],
  ["Last refreshed", number((row) => row.refreshed)],
];

const prepare = () => {
  const members = new Map();
  for (const pool of pools) {
    for (const id of pool.engines ?? []) members.set(id, [...(members.get(id) ?? []), pool]);
  }
  rows = engines.map((engine) => {
    const [label, tone, advice] = STATUSES[engine.status] ?? [engine.status ?? "No status", "uncertain", ""];
    const mine = members.get(engine.id) ?? [];
    const words = [engine.name, engine.address, label, engine.productVersion, engine.contentVersion];
    return {
      engine, label, tone, advice,
      direct: engine.sites?.length ?? 0,
      sites: (engine.sites?.length ?? 0) + new Set(mine.flatMap((pool) => pool.sites ?? [])).size,
      pools: mine.map((pool) => pool.name).sort(natural.compare),
      address: padded(engine.address ?? ""),
      refreshed: Date.parse(engine.lastRefreshedDate) || 0,
      search: words.join("\n").toLowerCase(),
    };
  });
  // The order by name is also what decides between equals: worked out once.
  [...rows].sort((a, b) => natural.compare(a.engine.name, b.engine.name) || a.engine.id - b.engine.id)
    .forEach((row, rank) => { row.rank = rank; });
};

const choose = () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = rows.filter((row) => words.every((word) => row.search.includes(word)));
  const tally = new Map(Object.keys(STATUSES).map((key) => [key, 0]));
  for (const row of matching) tally.set(row.engine.status, (tally.get(row.engine.status) ?? 0) + 1);
  const buttons = [["", "All", matching.length], ...[...tally].map(([key, n]) => [key, STATUSES[key]?.[0] ?? key, n])];
  counts.replaceChildren(...buttons.map(([key, label, count]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", key === status);
    button.textContent = `${label} ${count}`;
    button.addEventListener("click", () => { status = key === status ? "" : key; choose(); });
    return button;
  }));
  const compare = COLUMNS[sort.column][1];
  const way = sort.descending ? -1 : 1;
  shown = matching.filter((row) => !status || row.engine.status === status)
    .sort((a, b) => way * compare(a, b) || a.rank - b.rank);
  table.setAttribute("aria-rowcount", shown.length + 1);
  draw(true);
};

const since = (time) => {
  const ago = time - Date.now();
  const [unit, length] = UNITS.find(([, length]) => Math.abs(ago) >= length) ?? UNITS.at(-1);
  return relative.format(Math.round(ago / length), unit);
};

const make = (row, at) => {
  const { engine } = row;
  const tr = template.cloneNode(true);
  const [box, state, name, address, port, product, content, sites, inPools, refreshed, actions] = tr.cells;
  tr.dataset.key = engine.id;
  tr.setAttribute("aria-rowindex", at + 2);
  box.firstChild.setAttribute("aria-label", `Select ${engine.name}`);
  const [mark] = state.children;
  const [arrow, word, direction, advice] = mark.children;
  arrow.classList.add(row.tone);
  arrow.firstChild.setAttribute("href", `#a-${row.tone}-none`);
  direction.textContent = ". Direction not reported.";
  word.className = row.tone;
  word.textContent = row.label;
  if (row.advice) {
    advice.textContent = row.advice;
    advice.title = row.advice;
  } else {
    advice.remove();
  }
  const set = (cell, text, title = text) => { cell.textContent = text; cell.title = title; };
  set(name.firstChild, engine.name);
  name.firstChild.href = `/engines/${engine.id}`;
  set(address, engine.address ?? "");
  set(port, engine.port ?? "");
  set(product, engine.productVersion ?? "");
  set(content, engine.contentVersion ?? "");
  set(sites, row.sites, `${row.direct} directly, ${row.sites - row.direct} through pools`);
  set(inPools, row.pools.length, row.pools.join(", "));
  if (row.refreshed) set(refreshed, since(row.refreshed), exact.format(row.refreshed));
  else set(refreshed, "–", "The console has no time for it.");
  ["Refresh", "Update", "Edit", "Delete"].forEach((verb, at) => {
    const label = `${verb} ${engine.name}`;
    actions.children[at].setAttribute("aria-label", label);
    actions.children[at].title = label;
  });
  actions.children[2].href = `/engines/${engine.id}`;
  return tr;
};

const gap = (count) => {
  const tr = document.createElement("tr");
  tr.className = "gap";
  tr.setAttribute("aria-hidden", "true");
  const td = tr.insertCell();
  td.colSpan = COLUMNS.length + 2;
  td.style.height = `${count * ROW}px`;
  return tr;
};

let drawn = [-1, -1];
const draw = (anew) => {
  const first = Math.floor(frame.scrollTop / ROW);
  const end = Math.min(shown.length, first + Math.ceil(frame.clientHeight / ROW) + 1 + AROUND);
  const start = Math.min(end, Math.max(0, first - AROUND));
  if (!anew && start === drawn[0] && end === drawn[1]) return;
  // Rows that stay in view stay in the document.
  const kept = new Map(anew ? [] : [...body.rows].filter((tr) => tr.dataset.key).map((tr) => [tr.dataset.key, tr]));
  const inView = shown.slice(start, end).map((row, at) => kept.get(String(row.engine.id)) ?? make(row, start + at));
  body.replaceChildren(gap(start), ...inView, gap(shown.length - end));
  drawn = [start, end];
};

const head = () => {
  const made = COLUMNS.map(([label], at) => {
    const th = document.createElement("th");
    th.scope = "col";
    if (sort.column === at) th.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      sort = { column: at, descending: sort.column === at && !sort.descending };
      head();
      choose();
    });
    th.append(button);
    return th;
  });
  const actions = document.createElement("th");
  actions.textContent = "Actions";
  heads.replaceChildren(heads.firstElementChild, ...made, actions);
};

const ask = async (path) => {
  const answer = await fetch(path, { headers, credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Error(`The console answers ${answer.status}.`);
  return JSON.parse(await answer.text());
};

const [form] = signIn.querySelectorAll("form");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, password } = Object.fromEntries(new FormData(form));
  const plain = String.fromCharCode(...new TextEncoder().encode(`${username}:${password}`));
  headers = { authorization: `Basic ${btoa(plain)}`, accept: "application/json" };
  try {
    await ask("/api/3");
    signIn.hidden = true;
    screen.hidden = false;
    head();
    ask("/api/3/scan_engine_pools").then(({ resources }) => {
      pools = resources;
      if (engines.length) { prepare(); choose(); }
    });
    engines = (await ask("/api/3/scan_engines")).resources;
    prepare();
    choose();
  } catch (error) {
    form.querySelector("[role=alert]").textContent = error.message;
    signIn.hidden = false;
    screen.hidden = true;
  }
});
filter.addEventListener("input", choose);
frame.addEventListener("scroll", () => draw(false), { passive: true });
new ResizeObserver(() => draw(false)).observe(frame);
form.querySelector("fieldset").disabled = false;
