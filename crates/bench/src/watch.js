// Runs in every document before the page's own scripts, and measures. It fills in the sign-in form and sends it as soon
// as that can be done, so that nothing in the times is a person's or the driver's.
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
  const load = async () => {
    const { at: usable, found } = await seen(submit);
    const [navigation] = performance.getEntriesByType("navigation");
    const files = [navigation, ...performance.getEntriesByType("resource")].filter((file) => file.startTime < usable);
    for (const [name, value] of Object.entries(credentials)) found.form.elements[name].value = value;
    found.form.requestSubmit(found);
    const { at: row } = await seen(() => document.querySelector(ROWS));
    const [list] = performance.getEntriesByName(new URL("/api/3/scan_engines", location.href).href);
    return {
      usable,
      list: list.responseEnd,
      row,
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
    document.querySelector("input[type=search]").focus();
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

  window.__bench = { load: load(), listen, key, sort, scroll, memory };
}
