// Keeps what is typed into a form as a draft on the server, some seconds after the last change.
const PAUSE = 4000; // milliseconds
const form = document.querySelector("form[data-draft]");
const said = document.createElement("p");
said.className = "app-small";
said.setAttribute("aria-live", "polite");
form.append(said);

const typed = () => new URLSearchParams(new FormData(form)).toString();
let kept = typed();
let timer;
let isLeaving = false;
let request = new AbortController();

function say(words) {
  // Told once, not after each pause.
  if (said.textContent !== words) said.textContent = words;
}

async function keep() {
  const now = typed();
  if (isLeaving || now === kept) return;
  request = new AbortController();
  const options = {
    method: "POST",
    body: now,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    redirect: "manual",
    signal: request.signal,
  };
  try {
    const answer = await fetch("/drafts", options);
    if (answer.status === 204) {
      kept = now;
      say("What you type is kept as a draft until you save it.");
    } else if (answer.type === "opaqueredirect") {
      say("You are signed out. Save the form to sign in and go on with what you typed.");
    } else {
      say("What you type is not kept as a draft at the moment.");
    }
  } catch (error) {
    if (!isLeaving) say("What you type is not kept as a draft: the service cannot be reached.");
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
});
form.addEventListener("submit", () => {
  // A draft that arrives after the form would outlive it.
  isLeaving = true;
  clearTimeout(timer);
  request.abort();
});
addEventListener("pageshow", (event) => { if (event.persisted) isLeaving = false; });
addEventListener("pagehide", () => {
  const now = typed();
  if (!isLeaving && now !== kept) navigator.sendBeacon("/drafts", new URLSearchParams(now));
});
