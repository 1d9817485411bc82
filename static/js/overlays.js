// Menus and dialogs: <details class="menu"> closes as menus do; [data-dialog="id"] opens that <dialog>.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    opener.closest("details.menu")?.querySelector("summary").focus(); // where a closed dialog leads back to
    closeMenus();
    dialog.showModal();
    return;
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  // A click on the backdrop lands on the dialog itself.
  if (event.target.matches("dialog")) event.target.close();
  closeMenus(event.target.closest("details.menu"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// The two keys that work on every page.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  if (event.key === "?") document.getElementById("keys-help")?.showModal();
  else if (event.key === "/") {
    const fields = [...document.querySelectorAll("[data-search]")];
    const field = fields.find((each) => each.offsetParent);
    if (field) field.focus();
    else if (fields.length) location.href = fields[0].form.action; // the library has one at every width
  } else return;
  event.preventDefault();
});
