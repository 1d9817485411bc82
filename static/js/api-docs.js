// Swagger UI has its dark looks under a class of <html>; ours follow the reader's choice, or else the system's.
const system = matchMedia("(prefers-color-scheme: dark)");

function follow() {
  const chosen = document.documentElement.dataset.theme;
  document.documentElement.classList.toggle("dark-mode", chosen ? chosen === "dark" : system.matches);
}

system.addEventListener("change", follow);
follow();
