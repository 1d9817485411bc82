// Keys of one character can be switched off: whoever dictates to the machine would press them by speaking (WCAG 2.1.4).
// While they are off no other script hears of them; what is typed, and keys of what has the focus, are as ever.
const NAME = "single-keys";
const box = document.querySelector("[data-single-keys]");

const read = () => {
  try {
    return localStorage.getItem(NAME) !== "off";
  } catch {
    return true; // storage is blocked
  }
};

if (box) {
  box.checked = read();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(NAME, box.checked ? "on" : "off");
    } catch {
      // It lasts as long as the page.
    }
  });
  addEventListener("storage", () => {
    box.checked = read();
  });
  addEventListener("keydown", (event) => {
    // A box that was just ticked in a dialog has the focus for a moment after that was closed: it takes no letters.
    const isOfFocus = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, canvas");
    if (!box.checked && event.key.length === 1 && !isOfFocus) event.stopImmediatePropagation();
  }, { capture: true });
}
