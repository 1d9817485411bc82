// Choosing tiles: the boxes and the bar are plain HTML (they belong to the form #selection); this file counts, extends a
// choice with Shift, clears it with Escape, and keeps the boxes in sight while one is choosing.
const boxes = () => [...document.querySelectorAll("#grid input[name=ids]")];
const said = (count) => {
  const values = { number: count.toLocaleString(document.documentElement.lang) };
  return interpolate(ngettext("%(number)s chosen", "%(number)s chosen", count), values, true);
};
let last = null;

const show = () => {
  const chosen = boxes().filter((box) => box.checked).length;
  const counter = document.querySelector("[data-chosen]");
  if (counter) counter.textContent = chosen ? said(chosen) : "";
  const isPicking = document.body.dataset.picking === "on" || chosen > 0;
  document.body.classList.toggle("picking", isPicking);
  document.getElementById("pick-mode")?.setAttribute("aria-pressed", String(isPicking));
};

const clear = () => {
  for (const box of boxes()) box.checked = false;
  delete document.body.dataset.picking;
  show();
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-pick-mode]")) {
    if (document.body.classList.contains("picking")) return clear();
    document.body.dataset.picking = "on";
    return show();
  }
  const tile = event.target.closest("#grid .tile");
  const box = tile?.querySelector("input[name=ids]");
  if (!box) return undefined;
  if (event.target.closest(".tile-open")) {
    if (!document.body.classList.contains("picking")) return undefined;
    event.preventDefault(); // while choosing, the whole tile is the box
    return box.click();
  }
  if (event.target !== box) return undefined;
  const all = boxes();
  if (event.shiftKey && last?.isConnected) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  return show();
});
document.addEventListener("reset", (event) => {
  if (event.target.id === "selection") setTimeout(clear); // after the form has done so
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("picking") && !document.querySelector("dialog[open]")) clear();
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  // The bar comes back empty when its answer has been given.
  if (event.target.id === "selection") clear();
  else show();
});
show();
