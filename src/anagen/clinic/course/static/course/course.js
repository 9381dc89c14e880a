// Comforts of the plan page. Every date can be tried without them.
"use strict";

// Arrow keys on a session's mark try the day before and the day after.
document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.("a[data-session]");
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!mark || !step || event.ctrlKey || event.altKey || event.metaKey || !window.htmx) return;
  event.preventDefault();
  const plan = document.getElementById("course-plan");
  const number = mark.dataset.session;
  const day = plan.dataset.session === number ? plan.dataset.day : mark.dataset.day;
  const address = `${plan.dataset.move}?session=${number}&day=${day}&step=${step}`;
  const swap = { target: "#course-plan", select: "#course-plan", swap: "outerHTML", selectOOB: "#said:innerHTML" };
  htmx.ajax("GET", address, swap).then(() => {
    document.querySelector(`#course-plan a[data-session="${number}"]`)?.focus({ preventScroll: true });
  });
});

// On a small screen the picture opens where the session is that one looks at.
const centre = () => {
  const picture = document.querySelector("#course-plan .timeline__scroll");
  const kinds = [".session--refused", ".session--chosen", "a[data-session]"];
  const mark = kinds.map((kind) => picture?.querySelector(kind)).find(Boolean);
  if (!mark) return;
  const room = picture.getBoundingClientRect();
  picture.scrollLeft += mark.getBoundingClientRect().left - room.left - room.width * .62;
};
centre();

// The picture stays where one has scrolled it to.
let left = 0;
document.addEventListener("htmx:beforeSwap", () => {
  left = document.querySelector("#course-plan .timeline__scroll")?.scrollLeft ?? 0;
});
document.addEventListener("htmx:afterSwap", () => {
  const picture = document.querySelector("#course-plan .timeline__scroll");
  if (picture) picture.scrollLeft = left;
});

// A link to something inside a fold opens the fold.
const unfold = () => {
  const fold = location.hash.length > 1 && document.getElementById(location.hash.slice(1))?.closest("details");
  if (fold) fold.open = true;
};
addEventListener("hashchange", unfold);
unfold();
