// Filters, chips, orders and pages of a list change it in place: no jump to the top, the focus stays.
const main = document.getElementById("main-content");
const IN_PLACE = ".applied a, .filters a, th a, .govuk-pagination a";
const told = document.createElement("p");
told.className = "govuk-visually-hidden";
told.setAttribute("aria-live", "polite");
main.after(told);
let newest = 0;

function addressOf(form) {
  const address = new URL(form.action);
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  address.search = new URLSearchParams(pairs).toString();
  return address.href;
}

function focusAgain(id, text) {
  const same = id && document.getElementById(id);
  const alike = [...main.querySelectorAll(IN_PLACE)].find((link) => link.textContent === text);
  const target = same || alike || main.querySelector(".filters select, .filters input:not([type=hidden])");
  target?.focus({ preventScroll: true });
}

async function show(address, isNew) {
  newest += 1;
  const mine = newest;
  const focused = document.activeElement;
  main.setAttribute("aria-busy", "true");
  let next;
  try {
    const answer = await fetch(address);
    if (!answer.ok || answer.redirected) throw new Error(`answered ${answer.status}`);
    next = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!next.getElementById("main-content")) throw new Error("no such page");
  } catch {
    location.href = address; // the browser shows what is wrong
    return;
  }
  if (mine !== newest) return;
  if (isNew) history.pushState({ inPlace: true }, "", address);
  document.title = next.title;
  const wasOpen = main.querySelector(".filters__more")?.open;
  main.replaceChildren(...next.getElementById("main-content").childNodes);
  const more = main.querySelector(".filters__more");
  if (wasOpen && more) more.open = true;
  main.removeAttribute("aria-busy");
  focusAgain(focused?.id, focused?.textContent);
  told.textContent = main.querySelector("[role=status]")?.textContent ?? document.title;
}

main.addEventListener("submit", (event) => {
  if (!event.target.matches("form.filters[method=get]")) return;
  event.preventDefault();
  show(addressOf(event.target), true);
});
main.addEventListener("change", (event) => {
  const form = event.target.closest("form.filters[method=get]");
  if (form && event.target.matches("select")) show(addressOf(form), true);
});
main.addEventListener("click", (event) => {
  const link = event.target.closest(IN_PLACE);
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || new URL(link.href).pathname !== location.pathname) return;
  event.preventDefault();
  show(link.href, true);
});
addEventListener("popstate", () => show(location.href, false));
