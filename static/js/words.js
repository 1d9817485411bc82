// A phrase that is taken over says so where it was pressed; the list of phrases is further up.
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("#words form");
  if (!form || !event.detail.successful) return;
  const note = document.getElementById("words-written").content.cloneNode(true);
  const phrase = form.elements.phrase.value;
  const kind = form.elements.kind.value === "want" ? "what you like" : "what you avoid";
  form.replaceWith(note);
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: `“${phrase}” is among ${kind} now.` } }));
});
