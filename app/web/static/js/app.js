// What pages gain where scripts run. Everything works without: each module adds to one kind of element.
const additions = [
  ["[data-most]", "./counts.js"],
  ["form[data-draft]", "./drafts.js"],
  ["main form.filters", "./filters.js"],
  ["body", "./shortcuts.js"],
];
for (const [selector, module] of additions) {
  if (document.querySelector(selector)) import(module);
}
