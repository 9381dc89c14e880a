// Draws a signature into the form's hidden field, as an SVG path. Without it the typed name is the signature.
(() => {
  const box = document.querySelector("[data-signature]");
  const field = document.querySelector("input[name=drawing]");
  if (!box || !field) return;
  const pad = box.querySelector("svg");
  const path = box.querySelector("path");
  let drawing = false;
  box.hidden = false;
  const show = () => path.setAttribute("d", field.value);
  const place = (event) => {
    const frame = pad.getBoundingClientRect();
    const x = Math.round(((event.clientX - frame.left) / frame.width) * 600);
    const y = Math.round(((event.clientY - frame.top) / frame.height) * 200);
    return `${x} ${y}`;
  };
  pad.addEventListener("pointerdown", (event) => {
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    field.value = `${field.value} M${place(event)}`.trim();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing || field.value.length > 19000) return;
    field.value += ` L${place(event)}`;
    show();
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { drawing = false; });
  box.querySelector("[data-clear]").addEventListener("click", () => { field.value = ""; show(); });
  show();
})();
