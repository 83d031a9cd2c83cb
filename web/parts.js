// How the app's code fetches parts of the program. `cargo xtask build` puts this into the glue module, beside the loaders
// of the parts. A file has one or several modules of the program, one behind the other: this one lies from `from` to `to`,
// and there are `all` in the file. The loaders keep what has come: asked for once more, a module failed before. It may have
// been cut off on the way and be in the browser's cache like that, so its file is fetched past the cache then.
const files = new Map();
const take = async (name, from, to, all) => {
  let file = files.get(name);
  if (!file?.bytes || file.taken.has(from)) {
    const answer = fetch(new URL(name, import.meta.url), { cache: file ? "reload" : "default" });
    const bytes = answer.then((answer) => {
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return answer.arrayBuffer();
    });
    file = { bytes, taken: new Set() };
    files.set(name, file);
  }
  file.taken.add(from);
  try {
    const bytes = await file.bytes;
    if (file.taken.size === all) file.bytes = undefined;
    return bytes.slice(from, to);
  } catch (error) {
    file.bytes = undefined;
    throw error;
  }
};
const module = (...place) => () => {
  const bytes = take(...place);
  // Whoever connects the module meets the failure, once it is its turn.
  bytes.catch(() => {});
  return async (imports) => WebAssembly.instantiate(await bytes, imports);
};
