// [data-copy="id"] copies that field's text. What is shown once, [data-once], is taken out as soon as its page is left:
// a browser may keep the page for the way back.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  const word = button.querySelector("span");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Over plain HTTP from another machine there is no clipboard to write to; the old way still works there.
    if (!document.execCommand("copy")) {
      word.textContent = gettext("Press Ctrl+C");
      return;
    }
  }
  word.textContent = gettext("Copied");
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-once] input")) event.target.select();
});

addEventListener("pagehide", () => {
  for (const shown of document.querySelectorAll("[data-once]")) shown.remove();
});
