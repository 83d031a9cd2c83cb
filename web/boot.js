// Starts the app. An external file, because the page's policy refuses inline scripts. The build writes the two links
// (the glue module and the program itself) into the page's head; this reads them from there.
const href = (selector) => {
  const link = document.querySelector(selector);
  if (!link) throw new Error(`the page has no ${selector}`);
  return link.href;
};

try {
  const app = await import(href('link[rel="modulepreload"]'));
  const started = app.default({ module_or_path: href('link[rel="preload"][as="fetch"]') });
  // The first of its kind takes Chromium about 20 ms, and each later one nothing: now there is time for it.
  new Intl.RelativeTimeFormat();
  await started;
} catch (error) {
  console.error(error);
  // A file that was cut off may be in the browser's cache for good: without this, loading the page again would not help.
  const parts = document.querySelectorAll('link[rel="modulepreload"], link[rel="preload"][as="fetch"]');
  for (const part of parts) fetch(part.href, { cache: "reload" }).catch(() => {});
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
