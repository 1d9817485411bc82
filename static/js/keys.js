// Keys that work wherever there are photos to answer. The page says what they act on: [data-answers] is a tile or the
// photo's panel and holds the three answer buttons.
const ANSWERS = { 1: "dislike", 2: "like", 3: "super_like" };

const isTyping = (element) =>
  element.closest("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]");

const subject = () =>
  (document.querySelector("#grid input[name=ids]:checked") && document.getElementById("selection")) ??
  document.activeElement.closest("[data-answers]") ??
  document.querySelector("[data-answers='page']") ??
  document.querySelector("[data-answers]:hover");

const press = (answer) => {
  const button = subject()?.querySelector(`button[data-answer="${answer}"]`);
  // A second press of the same key keeps the answer: only a click on the pressed button takes it back.
  if (button && button.getAttribute("aria-pressed") !== "true") button.click();
  return Boolean(button);
};

const choose = () => {
  const box = document.activeElement.closest(".tile")?.querySelector("input[name=ids]");
  box?.click();
  return Boolean(box);
};

const tiles = () => [...document.querySelectorAll("#grid .tile-open")];

const beside = (list, from, key) => {
  const index = list.indexOf(from);
  if (key === "ArrowLeft") return list[index - 1];
  if (key === "ArrowRight") return list[index + 1];
  const here = from.getBoundingClientRect();
  const down = key === "ArrowDown";
  const rows = list.filter((tile) => {
    const { top } = tile.getBoundingClientRect();
    return down ? top > here.top + 1 : top < here.top - 1;
  });
  if (!rows.length) return undefined;
  const tops = rows.map((tile) => tile.getBoundingClientRect().top);
  const row = down ? Math.min(...tops) : Math.max(...tops);
  return rows
    .filter((_, each) => Math.abs(tops[each] - row) < 2)
    .sort((a, b) => Math.abs(a.getBoundingClientRect().left - here.left) - Math.abs(b.getBoundingClientRect().left - here.left))[0];
};

const move = (key) => {
  const step = { ArrowLeft: "prev", ArrowRight: "next" }[key];
  const link = step && document.querySelector(`a[rel="${step}"]`);
  if (link) {
    link.click();
    return true;
  }
  const list = tiles();
  if (!list.length) return false;
  const current = document.activeElement.closest(".tile")?.querySelector(".tile-open");
  const next = current ? beside(list, current, key) : list[0];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(current || next);
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const key = keyOf(event);
  let done = true;
  if (key in ANSWERS) done = press(ANSWERS[key]);
  else if (key.startsWith("Arrow")) done = event.target.type !== "range" && move(key);
  else if (key === "x") done = choose();
  else if (key === "z") document.dispatchEvent(new CustomEvent("undo"));
  else done = false;
  if (done) event.preventDefault();
});
