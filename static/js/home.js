// The thresholds: drag one, and see at once how many photos would match. Saved when the form is sent.
const scores = JSON.parse(document.getElementById("scores")?.textContent ?? "[]");
const match = document.getElementById("match_threshold");
const superMatch = document.getElementById("super_like_threshold");

const from = (threshold) => scores.slice(Math.round(100 * threshold)).reduce((sum, count) => sum + count, 0);
const said = (count) => count.toLocaleString("en");

const show = () => {
  for (const [input, line] of [[match, "line-match"], [superMatch, "line-super"]]) {
    document.querySelector(`output[for="${input.id}"]`).textContent = Math.round(100 * input.value);
    document.getElementById(line).setAttribute("d", `M${100 * input.value} 0V100`);
  }
  document.getElementById("matching").textContent =
    `${said(from(match.value))} of ${said(from(0))} photos match, ${said(from(superMatch.value))} of them super.`;
};

match?.addEventListener("input", () => {
  if (Number(superMatch.value) < Number(match.value)) superMatch.value = match.value;
  show();
});
superMatch?.addEventListener("input", () => {
  if (Number(match.value) > Number(superMatch.value)) match.value = superMatch.value;
  show();
});
