// Small comforts. Every page works without them.
"use strict";

// What needs attention gets the focus: an error summary, the question that stands in the way. Only after
// loading, or the #fragment of the address would take the focus away again.
window.addEventListener("load", () => {
  const attention = document.querySelector("[data-focus]");
  if (attention) attention.focus();
});

// Open menus close on Escape and when one clicks elsewhere.
const menus = () => document.querySelectorAll("details.account[open], .menu details[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!(menu.closest(".menu__more, .menu") ?? menu).contains(event.target)) menu.open = false;
});

// A form that is on its way is not sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  // The answer starts at its top, not where a link of the error summary has led before.
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const print of document.querySelectorAll("[data-print]")) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

// What a session keeps on this device (treatment/keep.js) can be read in that session alone: a tab that has left it
// has no key any more.
if (!document.querySelector("[data-live]")) sessionStorage.removeItem("anagen-session");
