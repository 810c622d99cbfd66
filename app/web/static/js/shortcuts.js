// Keys of one letter, as the help page lists them. They can be turned off there, for this browser (WCAG 2.1.4).
const OFF = "shortcuts-off";
const AFTER_G = {
  o: "/", m: "/my-actions", p: "/plans", r: "/registers", b: "/periods", c: "/changes", d: "/data-quality",
};
const OF_THE_PAGE = { u: "/update", a: "/assess", e: "/edit" };
const SECOND_KEY = 1500; // milliseconds

function isOff() {
  try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
}

function follow(address) {
  // Only where the page offers it: a role that may not, or a page without, has no such link.
  const link = [...document.querySelectorAll("nav a, main a")].find((one) => address(one));
  link?.click();
  return Boolean(link);
}

let isAfterG = false;
let timer;

function pressed(key) {
  if (isAfterG) {
    isAfterG = false;
    const path = AFTER_G[key];
    return Boolean(path) && follow((link) => link.closest("nav") && new URL(link.href).pathname === path);
  }
  if (key === "g") {
    isAfterG = true;
    clearTimeout(timer);
    timer = setTimeout(() => { isAfterG = false; }, SECOND_KEY);
    return true;
  }
  if (key === "/") {
    const box = document.querySelector("[role=search] input, input[type=search]");
    box?.focus();
    return Boolean(box);
  }
  if (key === "?") {
    location.href = "/help#shortcuts";
    return true;
  }
  const end = OF_THE_PAGE[key];
  const here = location.pathname.replace(/\/$/, "");
  return Boolean(end) && follow((link) => new URL(link.href).pathname === here + end);
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOff()) return;
  if (pressed(event.key.toLowerCase())) event.preventDefault();
});

const section = document.getElementById("shortcuts-switch");
if (section) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  const state = document.createElement("p");
  state.className = "app-body";
  state.setAttribute("role", "status");
  const draw = () => {
    state.textContent = isOff() ? "Shortcuts are off in this browser." : "Shortcuts are on in this browser.";
    button.textContent = isOff() ? "Turn shortcuts on" : "Turn shortcuts off";
  };
  button.addEventListener("click", () => {
    try { isOff() ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"); } catch { /* no storage */ }
    draw();
  });
  draw();
  section.replaceChildren(state, button);
}
