// Tapping on the map. Everything can be done in the list below it as well, and without this program.
"use strict";

const REACH = 22; // pixels around a finger in which a point is meant

const ready = () => {
  for (const choice of document.querySelectorAll("[data-tap-mode]")) choice.hidden = false;
};
ready();
document.addEventListener("htmx:afterSettle", ready);

// What a tap means changes no map.
document.addEventListener("change", (event) => {
  if (event.target.name === "tap") event.stopPropagation();
}, true);

const spotOf = (svg, event) => {
  const matrix = svg.getScreenCTM();
  return matrix && new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
};

const nearest = (svg, event) => {
  let found = null;
  let least = REACH;
  for (const point of svg.querySelectorAll("[data-point]")) {
    const box = point.querySelector("circle").getBoundingClientRect();
    const way = Math.hypot(box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
    if (way < least) [found, least] = [point, way];
  }
  return found;
};

document.addEventListener("click", (event) => {
  const svg = event.target.closest?.("[data-map] svg");
  if (!svg) return;
  const form = document.getElementById("map-form");
  if (form.querySelector("#tap-mark").checked) {
    const spot = spotOf(svg, event);
    if (!spot) return;
    form.elements.view.value = svg.closest("[data-view]").dataset.view;
    form.elements.x.value = spot.x.toFixed(1);
    form.elements.y.value = spot.y.toFixed(1);
    form.querySelector("[data-tap-here]").click();
    return;
  }
  const point = nearest(svg, event);
  if (point) form.querySelector(`input[data-point="${point.dataset.point}"]`).click();
});

// Drawing takes a moment, and hands are quicker. What was pressed meanwhile waits for its turn; a change of a field
// calls a drawing off and sends everything anew, with what that drawing was asked to do.
const waiting = []; // values of the buttons that were pressed while another was at work
let asked = ""; // what the drawing on its way was asked to do
let calledOff = "";
const ofMap = (event) => event.target.id === "map-form";
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#map-form button[name=do]");
  if (!button || !asked) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting.push(button.value);
}, true);
document.addEventListener("htmx:sendAbort", (event) => { if (ofMap(event)) calledOff = asked; });
document.addEventListener("htmx:configRequest", (event) => {
  if (!ofMap(event)) return;
  const sent = event.detail.parameters;
  if (calledOff && !sent.do) sent.do = calledOff;
  calledOff = "";
  asked = sent.do && sent.do !== "show" ? sent.do : "";
});
document.addEventListener("htmx:afterSettle", () => {
  asked = "";
  const next = waiting.shift();
  const buttons = [...document.querySelectorAll("#map-form button[name=do]")];
  if (next) buttons.find((button) => button.value === next)?.click();
});
const forget = () => {
  asked = "";
  waiting.length = 0;
};
document.addEventListener("htmx:sendError", forget);
document.addEventListener("htmx:responseError", forget);

// When the network is away, say so: nothing that is shown may look kept when it is not.
const lost = (away) => { document.getElementById("map-lost").hidden = !away; };
document.addEventListener("htmx:sendError", () => lost(true));
document.addEventListener("htmx:responseError", () => lost(true));
document.addEventListener("htmx:afterOnLoad", () => lost(false));
