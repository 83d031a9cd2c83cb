// Runs in Firefox before any script of the page, and keeps what went wrong for the harness to fetch.
() => {
  const problems = [];
  Object.defineProperty(window, "__problems", { value: problems });
  document.addEventListener("securitypolicyviolation", (event) => {
    problems.push(`policy violation: ${event.effectiveDirective} refuses ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`);
  });
  window.addEventListener("error", (event) => {
    if (event instanceof ErrorEvent) problems.push(`uncaught error: ${event.message}`);
  });
  window.addEventListener("unhandledrejection", (event) => problems.push(`unhandled rejection: ${event.reason}`));
  const print = console.error;
  console.error = (...words) => {
    problems.push(`console.error: ${words.map(String).join(" ")}`);
    print.apply(console, words);
  };
}
