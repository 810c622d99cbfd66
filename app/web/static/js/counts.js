// How many characters are left, below a field of which most (data-most) are used up. Nothing is cut off.
const SHOWN_FROM = 0.75;
const PAUSE = 1000; // milliseconds without typing before a screen reader is told

function words(left) {
  const number = Math.abs(left).toLocaleString("en-GB");
  const noun = Math.abs(left) === 1 ? "character" : "characters";
  return left < 0 ? `You have ${number} ${noun} too many` : `You have ${number} ${noun} left`;
}

function count(field) {
  const most = Number(field.dataset.most);
  const shown = document.createElement("p");
  shown.className = "app-count";
  shown.setAttribute("aria-hidden", "true");
  const told = document.createElement("p");
  told.className = "govuk-visually-hidden";
  told.setAttribute("aria-live", "polite");
  field.after(shown, told);
  let timer;
  const update = () => {
    // As the service counts: a character beyond the first plane is one, a line end is one.
    const left = most - Array.from(field.value.trim()).length;
    shown.hidden = left > most * (1 - SHOWN_FROM);
    shown.textContent = shown.hidden ? "" : words(left);
    shown.classList.toggle("app-count--over", left < 0);
    clearTimeout(timer);
    timer = setTimeout(() => { told.textContent = shown.textContent; }, PAUSE);
  };
  field.addEventListener("input", update);
  update();
}

document.querySelectorAll("[data-most]").forEach(count);
