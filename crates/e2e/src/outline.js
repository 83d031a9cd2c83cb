// What a screen reader finds in the page, one line each, for the message of a failed test.
const queries = window.__queries;
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
