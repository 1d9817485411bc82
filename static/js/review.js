// One photo at a time. The page holds the next few, so an answer shows the next picture at once and is sent behind it;
// answers go out one after the other, so that an undo always meets the answer it takes back.
const form = document.getElementById("review");
const stage = document.getElementById("stage");
const said = document.getElementById("review-said");
const buttons = form.querySelector(".review-answers");
const KEYS = {
  1: "dislike", 2: "like", 3: "super_like", ArrowLeft: "dislike", ArrowRight: "like", ArrowUp: "super_like",
  ArrowDown: "unsure", u: "unsure", s: "skip",
};
const WORDS = {
  dislike: gettext("Disliked."), like: gettext("Liked."), super_like: gettext("Super liked."), unsure: gettext("Unsure."),
  skip: gettext("Skipped."),
};
const NAMES = { dislike: gettext("Dislike"), like: gettext("Like"), super_like: gettext("Super like"), unsure: gettext("Unsure") };
const FAILURES = {
  403: gettext("You are signed out. Sign in again in another tab, then try again."),
  404: gettext("This photo is no longer there."),
};
const named = (sentence, card) => interpolate(sentence, { name: card.getAttribute("aria-label") }, true);
const WAYS = { dislike: "left", like: "right", super_like: "up", unsure: "down", skip: "down" };
const UNDO_DEPTH = 10;
const SWIPE_PX = 90;
const LOOK_AGAIN_MS = 700;
const channel = new BroadcastChannel("wizard-answers");
const past = []; // { card, failed }: what Z takes back
let sending = Promise.resolve();
let waiting = 0; // answers that are on their way
const unsent = new Set(); // their photos: the server, which does not know yet, would ask about them again

const cards = () => [...stage.querySelectorAll(".review-card:not(.leaving)")];
const current = () => cards()[0];
const held = (card) => `${card.dataset.photo}:${card.dataset.why}`;
const toast = (text, bad) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad } }));

const show = () => {
  const [first, ...rest] = cards();
  first?.removeAttribute("inert");
  for (const card of rest) card.inert = true;
  buttons.classList.toggle("is-over", !first);
  stage.querySelector("#review-empty")?.toggleAttribute("hidden", Boolean(first));
  if (!first && !stage.querySelector("#review-empty")) {
    stage.append(document.getElementById("review-end").content.cloneNode(true));
  }
};

const forget = (entry) => {
  const place = past.indexOf(entry);
  if (place >= 0) past.splice(place, 1);
};

const drop = (ids) => {
  for (const id of ids) stage.querySelector(`#card-${id}`)?.remove();
};

// What the server answers: cards that are new, which of ours were answered elsewhere, the progress.
const take = (html, inFront) => {
  const news = new DOMParser().parseFromString(html, "text/html");
  const progress = news.getElementById("review-progress");
  if (!progress) return false; // signed out: the sign-in page came instead
  const { gone } = news.getElementById("review-news").dataset;
  drop(gone ? gone.split(",") : []);
  for (const card of news.querySelectorAll(".review-card")) {
    const here = stage.querySelector(`#${card.id}`);
    if (here && (here.classList.contains("leaving") || inFront)) here.remove();
    else if (here) continue;
    if (inFront) stage.prepend(card);
    else stage.append(card);
  }
  if (!waiting) document.getElementById("review-progress").replaceWith(progress);
  const text = news.getElementById("review-news").textContent;
  if (text) toast(text);
  const end = news.getElementById("review-empty");
  if (end && !current() && !waiting) {
    stage.querySelector("#review-empty")?.remove();
    stage.append(end);
  }
  show();
  return true;
};

const ask = async (url, values, method = "POST") => {
  const body = new URLSearchParams(values);
  for (const card of cards()) body.append("held", held(card));
  if (!cards().length) body.append("held", "");
  for (const photo of unsent) body.append("on_its_way", photo);
  const post = (token) => fetch(url, { method, body, headers: { "X-CSRFToken": token } });
  const answer = method === "GET" ? await fetch(`${url}?${body}`) : await sendSigned(post);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
};

// `work` brings what the server answers; nothing when there was nothing left to ask of it.
const send = (work, onFailure, inFront = false) => {
  waiting += 1;
  sending = sending.then(work).then(
    (html) => {
      waiting -= 1;
      if (html !== null && !take(html, inFront)) location.reload();
    },
    (error) => {
      waiting -= 1;
      const isGone = error.message === "404";
      onFailure(isGone);
      toast(FAILURES[error.message] ?? gettext("The wizard does not answer, so this was not kept; try again."), true);
      if (isGone) look();
    },
  );
};

const putBack = (card) => {
  card.className = "review-card";
  card.style.transform = "";
  stage.prepend(card);
  show();
};

const answer = (kind) => {
  const card = current();
  if (!card) return false;
  const { photo, why } = card.dataset;
  const entry = { card, failed: false };
  past.push(entry);
  if (past.length > UNDO_DEPTH) past.shift();
  card.classList.add("leaving", `leaving-${WAYS[kind]}`);
  setTimeout(() => card.classList.contains("leaving") && card.remove(), 180);
  show();
  const next = current();
  said.textContent = next ? `${WORDS[kind]} ${named(gettext("Next: %(name)s."), next)}` : WORDS[kind];
  channel.postMessage(photo);
  unsent.add(photo);
  send(
    () => ask(form.action, { photo, answer: kind, why }).finally(() => unsent.delete(photo)),
    (isGone) => {
      entry.failed = true;
      forget(entry);
      if (!isGone) putBack(card);
      else {
        card.remove();
        show();
      }
    },
  );
  return true;
};

const undo = () => {
  const last = past.pop();
  if (!last) {
    // Given before this page was loaded: the server knows which was the last.
    send(() => ask(form.dataset.undo, {}), () => {}, true);
    return;
  }
  putBack(last.card);
  said.textContent = named(gettext("Taken back: %(name)s."), last.card);
  const { photo } = last.card.dataset;
  send(() => (last.failed ? null : ask(form.dataset.undo, { photo })), () => {});
};

// Looks for more when the page has run dry: the score worker may still be ordering. In its turn, so that what it brings
// is never older than what an answer brought.
let looking = false;
const look = () => {
  if (looking || waiting || document.hidden) return;
  looking = true;
  sending = sending
    .then(() => ask(form.dataset.next, {}, "GET"))
    .then((html) => take(html, false), () => {}) // the next look may meet it again
    .finally(() => {
      looking = false;
    });
};
setInterval(() => {
  if (!current() && stage.querySelector(".spin")) look();
}, LOOK_AGAIN_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && current()) look();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // as it was left, several answers ago
});
channel.addEventListener("message", ({ data }) => {
  drop([data]);
  show();
});

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.hasAttribute("data-again")) return; // another page
  event.preventDefault();
  if (button?.hasAttribute("data-undo-last")) undo();
  else if (button?.dataset.answer) answer(button.dataset.answer);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select")) return;
  const key = keyOf(event);
  let done = true;
  if (key in KEYS) done = answer(KEYS[key]);
  else if (key === "z") undo();
  else if (key === "f") enlarge(current());
  else done = false;
  if (done) event.preventDefault();
});

// A tall or a small picture is looked at as wide as the stage.
const enlarge = (card) => card?.classList.toggle("is-large");
stage.addEventListener("click", (event) => {
  const card = event.target.closest(".review-card");
  if (card && !event.target.closest("a") && !moved) enlarge(card);
});

// Swipes: the picture follows the finger, and lets go where it would be undecided.
let drag = null;
let moved = false; // by the finger that was lifted last
const wayOf = ({ x, y }) => {
  if (Math.max(Math.abs(x), Math.abs(y)) < SWIPE_PX) return null;
  if (Math.abs(x) > Math.abs(y)) return x > 0 ? "like" : "dislike";
  return y < 0 ? "super_like" : "unsure";
};
stage.addEventListener("pointerdown", (event) => {
  moved = false;
  if (!event.isPrimary || event.pointerType === "mouse" || event.target.closest("a, button, .is-large") || !current()) return;
  stage.classList.add("is-dragged");
  drag = { card: current(), id: event.pointerId, from: { x: event.clientX, y: event.clientY }, by: { x: 0, y: 0 } };
  stage.setPointerCapture(event.pointerId);
});
stage.addEventListener("pointermove", (event) => {
  if (drag?.id !== event.pointerId) return;
  drag.by = { x: event.clientX - drag.from.x, y: event.clientY - drag.from.y };
  moved ||= Math.hypot(drag.by.x, drag.by.y) > 6;
  drag.card.style.transform = `translate(${drag.by.x}px, ${drag.by.y}px) rotate(${drag.by.x / 30}deg)`;
  const way = wayOf(drag.by);
  drag.card.dataset.way = way ?? "";
  drag.card.dataset.says = way ? NAMES[way] : "";
});
const letGo = (event) => {
  if (drag?.id !== event.pointerId) return;
  const { card, by } = drag;
  const way = event.type === "pointerup" ? wayOf(by) : null;
  drag = null;
  delete card.dataset.way;
  stage.classList.remove("is-dragged");
  if (way && card === current()) answer(way);
  else card.style.transform = "";
};
stage.addEventListener("pointerup", letGo);
stage.addEventListener("pointercancel", letGo);

show();
