// Runs in every document before the page's own scripts, and measures. It fills in the sign-in form and sends it after
// some thought, so that nothing in the times is the driver's.
(credentials) => {
  // Calls back after the frame that is being made now has been painted: a message that is sent while a frame is made is
  // delivered after it.
  const painted = (then) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(null);
  };
  const nextPaint = () => new Promise((done) => requestAnimationFrame(() => painted(done)));
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  // When a frame with it has been painted.
  const seen = (find) =>
    new Promise((done) => {
      const look = () => {
        const found = find();
        if (found) painted((at) => done({ at, found }));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });

  const submit = () => [...document.querySelectorAll("form button")].find((it) => it.type === "submit" && it.matches(":enabled"));
  const ROWS = "tbody tr[data-key]";
  // A person thinks for a while before the form is sent. What the page does meanwhile is its own affair.
  const THOUGHT = 3000;
  const tasks = [];
  new PerformanceObserver((seen) => tasks.push(...seen.getEntries())).observe({ type: "longtask", buffered: true });
  // The longest task that began since then, in milliseconds; those of up to 50 ms the browser does not tell.
  const longest = async (since) => {
    await pause(SETTLED);
    return Math.max(0, ...tasks.filter((task) => task.startTime + task.duration > since).map((task) => task.duration));
  };
  const load = async () => {
    const { at: usable, found } = await seen(submit);
    const [navigation] = performance.getEntriesByType("navigation");
    const files = [navigation, ...performance.getEntriesByType("resource")].filter((file) => file.startTime < usable);
    for (const [name, value] of Object.entries(credentials)) found.form.elements[name].value = value;
    await pause(THOUGHT);
    const clicked = performance.now();
    found.form.requestSubmit(found);
    const { at: row } = await seen(() => document.querySelector(ROWS));
    const answer = (path) => performance.getEntriesByName(new URL(path, location.href).href)[0];
    return {
      usable,
      row: row - clicked,
      // One waits for the first of them before the other is asked for.
      network: answer("/api/3").duration + answer("/api/3/scan_engines").duration,
      task: await longest(clicked),
      requests: files.length,
      transfer: files.reduce((sum, file) => sum + file.encodedBodySize, 0),
    };
  };

  // Which rows are in the document: what is measured must not change any more after it was measured.
  const rows = () => [document.querySelector("[aria-rowcount]").getAttribute("aria-rowcount"), ...[...document.querySelectorAll(ROWS)].map((row) => row.dataset.key)].join();
  const SETTLED = 80;
  const finished = async (what, since) => {
    const at = await nextPaint();
    const shown = rows();
    const blank = !inView();
    await pause(SETTLED);
    if (rows() !== shown) throw new Error(`${what}: other rows came after the paint that was measured`);
    return { took: at - since, blank };
  };
  const frame = () => document.querySelector(".table-frame");
  const inView = () => {
    const box = frame().getBoundingClientRect();
    return document.elementFromPoint(box.left + 100, box.top + box.height / 2)?.closest(ROWS) !== null;
  };

  const keys = [];
  let pressed = 0;
  const listen = () => {
    document.querySelector("input[type=search], input[role=combobox]").focus();
    // From the moment at which the browser got the key.
    addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
    addEventListener("input", () => keys.push(finished("the filter", pressed)), true);
  };
  const key = async (number) => {
    while (keys.length < number) await pause(1);
    return (await keys[number - 1]).took;
  };
  const sort = async () => {
    const times = [];
    for (const at of document.querySelectorAll("thead th button").keys()) {
      for (const _ of [1, 2]) {
        const since = performance.now();
        document.querySelectorAll("thead th button")[at].click();
        const { took } = await finished("the order", since);
        times.push({ took, head: document.querySelectorAll("thead th button")[at].textContent.trim() });
      }
    }
    return times;
  };
  // The same page has both: down, and up again from the end.
  const scroll = async (pages, times) => {
    const taken = [];
    let way = 1;
    for (let jump = 0; jump < times; jump += 1) {
      const { scrollTop, clientHeight, scrollHeight } = frame();
      const end = way > 0 ? scrollTop + clientHeight >= scrollHeight - 1 : scrollTop < 1;
      if (end) way = -way;
      const since = performance.now();
      frame().scrollTop += way * pages * clientHeight;
      taken.push(await finished("scrolling", since));
    }
    frame().scrollTop = 0;
    await nextPaint();
    return taken;
  };

  // The program's memory is not in the browser's count of JavaScript's.
  const memories = new Set();
  const note = async (made) => {
    const result = await made;
    const exported = Object.values((result.instance ?? result).exports ?? {});
    for (const one of exported) if (one instanceof WebAssembly.Memory) memories.add(one);
    return result;
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const own = WebAssembly[name];
    WebAssembly[name] = (...words) => note(own.apply(WebAssembly, words));
  }
  const memory = () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

  window.__bench = { load: load(), listen, key, sort, scroll, memory, longest, now: () => performance.now() };
}
