// How the app fetches a part of the program. `cargo xtask build` puts this into the glue module, beside the loaders of
// the parts, which keep what has come: asked for once more, a part failed before. It may have been cut off on the way
// and be in the browser's cache like that, so it is fetched past the cache then.
const asked = new Set();
const take = (name) => {
  const part = fetch(new URL(name, import.meta.url), { cache: asked.has(name) ? "reload" : "default" });
  asked.add(name);
  return part;
};
