// The intake saves each answer as it is given. Without this script the pages work with their buttons alone.
"use strict";

// What was answered and has not reached the clinic yet, by the id of its question.
const unsaved = new Set();
let again = 0;

const say = (words) => {
  const saved = document.getElementById("saved");
  if (saved && words) {
    saved.textContent = words;
    saved.classList.add("saved--bad");
  }
};

const tryAgain = () => {
  window.clearTimeout(again);
  if (!unsaved.size) return;
  for (const id of [...unsaved]) {
    const question = document.getElementById(id);
    if (question) window.htmx.trigger(question, "retry");
    else unsaved.delete(id);
  }
};

const isQuestion = (element) => element instanceof HTMLFieldSetElement && element.classList.contains("ask");

const failed = (event, words) => {
  if (isQuestion(event.detail.elt)) {
    unsaved.add(event.detail.elt.id);
    window.clearTimeout(again);
    again = window.setTimeout(tryAgain, 4000);
    say(document.getElementById("saved")?.dataset[words]);
  } else say(document.getElementById("saved")?.dataset.again);
};

document.addEventListener("htmx:sendError", (event) => failed(event, "offline"));
document.addEventListener("htmx:timeout", (event) => failed(event, "offline"));
document.addEventListener("htmx:responseError", (event) => failed(event, "failed"));
window.addEventListener("online", tryAgain);

// A refused answer comes back with its words: that is an answer too, and no failure of the line.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const status = event.detail.xhr ? event.detail.xhr.status : 0;
  if (!isQuestion(event.detail.elt) || status === 0 || status >= 500) return;
  unsaved.delete(event.detail.elt.id);
  event.detail.elt.classList.toggle("ask--wrong", status === 422);
  document.getElementById("saved")?.classList.remove("saved--bad");
});

// A new page begins at its heading, or at what has to be mended.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target !== document.body) return;
  const place = document.querySelector("[data-focus], main h1");
  if (!place) return;
  if (!place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
  place.focus();
});

window.addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});

for (const copy of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(copy.dataset.copy).textContent.trim());
    document.getElementById("copied").textContent = copy.dataset.copied;
  });
}
