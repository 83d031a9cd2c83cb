// The harness' half inside the page: finds elements the way a screen reader names them. It is put into each document
// once, together with @testing-library/dom (`queries`): Firefox runs each script of a driver in a realm of its own, and
// the library does not know another realm's functions for functions.
const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();

const matcher = (name) => (value) => {
  const text = tidy(value);
  if ("is" in name) return text === tidy(name.is);
  if ("starts" in name) return text.startsWith(name.starts);
  if ("ends" in name) return text.endsWith(name.ends);
  return text.includes(name.has);
};

// What a modal dialog covers is seen, but can't be reached.
const reachable = (element) => {
  const modal = [...document.querySelectorAll("dialog")].filter((dialog) => dialog.matches(":modal")).at(-1);
  return !modal || modal.contains(element);
};

const rows = (scope, name) => {
  const fits = matcher(name);
  return queries.queryAllByRole(scope, "row").filter((row) => [...row.cells].some((cell) => fits(cell.textContent)));
};

const below = (row, column) => {
  const heads = [...row.closest("table").querySelectorAll("thead th")];
  const at = heads.findIndex((head) => tidy(head.textContent) === column);
  return at < 0 ? [] : [row.cells[at]];
};

const matches = (scope, { by, pressed, expanded }) => {
  if (by.role) {
    const name = by.role.name ? matcher(by.role.name) : undefined;
    const options = { name };
    if (pressed !== null) options.pressed = pressed;
    if (expanded !== null) options.expanded = expanded;
    return queries.queryAllByRole(scope, by.role.role, options);
  }
  if (by.label) return queries.queryAllByLabelText(scope, matcher(by.label.name));
  if (by.text) {
    const found = queries.queryAllByText(scope, matcher(by.text.name), { ignore: "script, style, noscript" });
    return found.filter((element) => !queries.isInaccessible(element));
  }
  if (by.row) return rows(scope, by.row.name);
  if (by.column) {
    const all = queries.queryAllByRole(scope, "row").filter((row) => !row.closest("thead"));
    return all.flatMap((row) => below(row, by.column.column));
  }
  return rows(scope, by.cell.row).flatMap((row) => below(row, by.cell.column));
};

const find = (locator) => {
  const { within, behindDialog } = locator;
  const scopes = within ? find({ ...within, behindDialog: behindDialog || within.behindDialog }) : [document.body];
  const all = [...new Set(scopes.flatMap((scope) => matches(scope, locator)))].filter(
    (element) => behindDialog || reachable(element),
  );
  if (!locator.attribute) return all;
  const [name, value] = locator.attribute;
  return all.filter((element) => element.getAttribute(name) === value);
};

window.__look = (operation, wanted) => {
  const found = find(wanted);
  switch (operation) {
    case "find":
      return { elements: found.slice(0, 2), count: found.length };
    case "texts":
      return { texts: found.map((element) => tidy(element.textContent)) };
    case "values":
      return { texts: found.map((element) => element.value ?? "") };
    case "focused":
      return { yes: found.length === 1 && found[0] === document.activeElement };
    case "focus within":
      return { yes: found.length === 1 && found[0].contains(document.activeElement) };
    case "in view": {
      if (found.length !== 1) return { yes: false };
      const box = found[0].getBoundingClientRect();
      const frame = found[0].closest("table")?.parentElement.getBoundingClientRect();
      const top = Math.max(0, frame?.top ?? 0);
      const bottom = Math.min(innerHeight, frame?.bottom ?? innerHeight);
      return { yes: box.top >= top - 1 && box.bottom <= bottom + 1 };
    }
    default:
      throw new Error(`no operation ${operation}`);
  }
};

// What a screen reader finds in the page, one line each, for the message of a failed test.
window.__outline = () => {
  const lines = [];
  const names = queries.getRoles(document.body, { hidden: false });
  for (const element of document.body.querySelectorAll("*")) {
    const role = Object.keys(names).find((role) => names[role].includes(element));
    if (!role || ["generic", "rowgroup", "presentation"].includes(role)) continue;
    const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
    const state = [...element.attributes]
      .filter(({ name }) => name.startsWith("aria-") && !/label|describedby|controls|index/.test(name))
      .map(({ name, value }) => ` ${name}=${value}`)
      .join("");
    const focus = element === document.activeElement ? " ← focus" : "";
    lines.push(`${role} “${label.replace(/\s+/g, " ").trim().slice(0, 90)}”${state}${focus}`);
  }
  const most = 120;
  if (lines.length > most) lines.splice(most, Infinity, `… and ${lines.length - most} more`);
  return lines.join("\n");
};
