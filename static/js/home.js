// The thresholds: drag one, and see at once how many photos would match. Saved when the form is sent.
const scores = JSON.parse(document.getElementById("scores")?.textContent ?? "[]");
const match = document.getElementById("match_threshold");
const superMatch = document.getElementById("super_like_threshold");

const from = (threshold) => scores.slice(Math.round(100 * threshold)).reduce((sum, count) => sum + count, 0);
const said = (count) => count.toLocaleString(document.documentElement.lang);

const show = () => {
  for (const [input, line] of [[match, "line-match"], [superMatch, "line-super"]]) {
    document.querySelector(`output[for="${input.id}"]`).textContent = Math.round(100 * input.value);
    document.getElementById(line).setAttribute("d", `M${100 * input.value} 0V100`);
  }
  const sentence = gettext("%(matching)s of %(rated)s photos match, %(super)s of them super.");
  const values = { matching: said(from(match.value)), rated: said(from(0)), super: said(from(superMatch.value)) };
  document.getElementById("matching").textContent = interpolate(sentence, values, true);
};

match?.addEventListener("input", () => {
  if (Number(superMatch.value) < Number(match.value)) superMatch.value = match.value;
  show();
});
superMatch?.addEventListener("input", () => {
  if (Number(match.value) > Number(superMatch.value)) match.value = superMatch.value;
  show();
});
