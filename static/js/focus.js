// Whoever uses the keyboard keeps their place. htmx focuses what has the same id after a swap; where that is gone (a phrase
// that was removed, the bar of a choice that was answered) the part that came instead takes the focus, or else the page.
let held = null;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { activeElement } = document;
  held = detail.target.contains(activeElement) && activeElement !== document.body ? detail.target.id : null;
});

document.addEventListener("htmx:afterSettle", () => {
  if (held === null || document.activeElement !== document.body) return;
  const part = document.getElementById(held);
  const place = part?.checkVisibility() ? part : document.getElementById("content");
  held = null;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
});
