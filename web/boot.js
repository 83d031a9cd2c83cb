// Starts the app. An external file, because the page's policy refuses inline scripts. Trunk writes two links into the
// page's head, to the glue module and to the program itself; this reads them from there. A release has the program's
// integrity in an attribute of the page's own: browsers ignore, and say so, the one of a link that preloads a fetch.
const link = (selector) => {
  const found = document.querySelector(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
};

let app;
const start = async () => {
  try {
    app = await import(link('link[rel="modulepreload"]').href);
    const program = link('link[rel="preload"][as="fetch"]');
    const started = app.default({ module_or_path: fetch(program.href, { integrity: program.dataset.integrity ?? "" }) });
    // The first of its kind takes Chromium about 20 ms, and each later one nothing: now there is time for it.
    new Intl.RelativeTimeFormat();
    await started;
  } catch (error) {
    console.error(error);
    // A file that was cut off may be in the browser's cache for good: without this, loading the page again would not help.
    const files = document.querySelectorAll('link[rel="modulepreload"], link[rel="preload"][as="fetch"]');
    for (const file of files) fetch(file.href, { cache: "reload" }).catch(() => {});
    // A panic after the first paint has something on screen already: that stays.
    if (!document.body.querySelector("main")) {
      const problem = document.createElement("div");
      problem.className = "boot-problem";
      problem.setAttribute("role", "alert");
      const heading = document.createElement("h1");
      heading.textContent = "The app could not start";
      const advice = document.createElement("p");
      advice.textContent =
        "A file of it is missing, was cut off on the way, or this browser cannot run it. " +
        "Load the page again. If that does not help, use a current browser or ask whoever runs this console.";
      const detail = document.createElement("p");
      const words = document.createElement("code");
      words.textContent = String(error);
      detail.append(words);
      problem.append(heading, advice, detail);
      document.body.append(problem);
    }
  }
};
// Not awaited: in a release the glue module imports this one, and would wait for it.
start();

// In a release the loaders of the program's parts follow (xtask/src/finish.rs), which use these two. A part that is asked
// for once more failed before: it may have been cut off on the way and be in the browser's cache like that, so it is
// fetched past the cache.
const initSync = (...args) => app.initSync(...args);
const asked = new Set();
const part = (name, integrity) => {
  const cache = asked.has(name) ? "reload" : "default";
  asked.add(name);
  return fetch(new URL(name, import.meta.url), { cache, integrity });
};
