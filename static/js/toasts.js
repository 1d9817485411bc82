// Toasts come from the server as HTML (into #toasts) or from other scripts as a "toast" event; this file times them,
// closes them, and keeps their Undo in reach of the Z key for as long as the page is open.
const region = document.getElementById("toasts");
const { content: blanks } = document.getElementById("toast-template"); // a plain one, and one that says what went wrong
const SHOWN_MS = 6000;
const undos = [];

const leave = (toast) => {
  toast.classList.add("leaving");
  setTimeout(() => toast.remove(), 200);
};

const valuesOf = (form) => {
  const values = { undo: "1" };
  for (const [name, value] of new FormData(form)) (values[name] ??= []).push(value);
  return values;
};

const start = (toast) => {
  const undo = toast.querySelector("form[data-undo]");
  if (undo) undos.push({ toast, form: undo, url: undo.action, values: valuesOf(undo), target: undo.dataset.undo });
  let timer;
  const run = () => {
    timer = setTimeout(() => leave(toast), SHOWN_MS);
  };
  const stop = () => clearTimeout(timer);
  // Whoever reads or reaches for it is not hurried.
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", run);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", run);
  toast.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) leave(toast);
  });
  run();
};

new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) {
      if (!node.classList?.contains("toast")) continue;
      start(node);
      // Three lines are enough to read; the oldest makes room.
      const shown = region.querySelectorAll(".toast:not(.leaving)");
      if (shown.length > 3) leave(shown[0]);
    }
  }
}).observe(region, { childList: true });
for (const toast of region.querySelectorAll(".toast")) start(toast);

const say = (text, bad) => {
  for (const shown of region.querySelectorAll(".toast:not(.leaving)")) {
    if (shown.querySelector("p").textContent === text) shown.remove(); // the same again: told anew, not twice
  }
  const toast = blanks.querySelector(bad ? ".toast-bad" : ".toast").cloneNode(true);
  toast.querySelector("p").textContent = text;
  region.append(toast);
};
document.addEventListener("toast", (event) => say(event.detail.text, event.detail.bad));

const takeBack = (undo) => {
  const target = document.getElementById(undo.target);
  if (undo.target === "page") {
    undo.form.submit(); // the whole page is another one then
    return;
  }
  if (undo.toast.isConnected) leave(undo.toast);
  if (target) htmx.ajax("POST", undo.url, { values: undo.values, target, swap: "outerHTML" });
};
document.addEventListener("undo", () => {
  if (undos.length) takeBack(undos.pop());
});
region.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-undo]")) return;
  const index = undos.findIndex(({ toast }) => toast.contains(event.target));
  if (index < 0) return;
  event.preventDefault();
  takeBack(undos.splice(index, 1)[0]);
});

document.addEventListener("htmx:sendError", (event) => {
  // A poller asks again by itself; only what a person asked for is worth a sentence.
  if (event.detail.requestConfig?.verb !== "get") say(gettext("The wizard does not answer. Nothing was changed; try again."), true);
});
// Signed out elsewhere or for too long: the answer is the sign-in page, which must not land inside a tile. Loading this
// page anew leads to signing in and back here.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { signIn } = document.body.dataset;
  if (!signIn || new URL(event.detail.xhr.responseURL).pathname !== signIn) return;
  event.detail.shouldSwap = false;
  location.reload();
});
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401 || status === 403) say(gettext("You are signed out. Reload the page to sign in again."), true);
  else if (status === 404) say(gettext("This is no longer there. Reload the page to see what is."), true);
  else say(gettext("That did not work. Nothing was changed; try again."), true);
});
