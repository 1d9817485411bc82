// Keys of every keyboard layout, and double clicks: what all pages with answers share.

// The Latin letter or the digit of a key. Cyrillic, Arabic and other layouts have no Latin letters, and AZERTY has its digits
// on the second level: there the place of the key counts, which has the letter printed on it, too.
globalThis.keyOf = (event) => {
  const { key, code } = event;
  if (key.length > 1 || event.shiftKey || event.getModifierState("AltGraph")) return key.length > 1 ? key : key.toLowerCase();
  if (/[a-z0-9]/i.test(key)) return key.toLowerCase();
  const [, letter, digit] = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(code) ?? [];
  if (digit) return key === "/" ? key : digit; // which leads to the search
  return letter && /[\p{L}\p{M}]/u.test(key) ? letter.toLowerCase() : key;
};

// A double click is one answer. Its second click would fall on the next photo, which nobody has seen yet, or take the
// answer back. Touch screens report no double clicks, so there the time and the place count.
const DOUBLE_MS = 400;
const NEAR_PX = 24;
const ANSWERS = "button[data-answer], button[data-undo-last]";
let last = { at: -Infinity, x: 0, y: 0 };
document.addEventListener("click", (event) => {
  if (!event.detail || !event.target.closest(ANSWERS)) return; // 0: by a key
  const isNear = Math.hypot(event.clientX - last.x, event.clientY - last.y) < NEAR_PX;
  const isRepeated = event.detail > 1 || (event.pointerType === "touch" && isNear);
  if (isRepeated && event.timeStamp - last.at < DOUBLE_MS) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else last = { at: event.timeStamp, x: event.clientX, y: event.clientY };
}, { capture: true });
// Nor does a key that is held down answer one photo after another.
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter" && event.target.closest?.(ANSWERS)) event.preventDefault();
}, { capture: true });
