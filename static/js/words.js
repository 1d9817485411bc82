// A phrase that is taken over says so where it was pressed; the list of phrases is further up.
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("#words form");
  if (!form || !event.detail.successful) return;
  const note = document.getElementById("words-written").content.cloneNode(true);
  const phrase = form.elements.phrase.value;
  const sentence =
    form.elements.kind.value === "want"
      ? gettext("“%(phrase)s” is now among the things you like.")
      : gettext("“%(phrase)s” is now among the things you avoid.");
  form.replaceWith(note);
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: interpolate(sentence, { phrase }, true) } }));
});
