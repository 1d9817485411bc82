// A slider's <output> follows the thumb; the value is saved when the thumb is let go (htmx, on change).
const show = (input) => {
  const output = document.querySelector(`output[for="${input.id}"]`);
  if (!output) return;
  const group = input.dataset.shareOf;
  if (!group) {
    output.textContent = Math.round(input.value * 100);
    return;
  }
  const all = [...document.querySelectorAll(`input[data-share-of="${group}"]`)];
  const total = all.reduce((sum, each) => sum + Number(each.value), 0);
  for (const each of all) {
    const share = total ? Math.round((100 * each.value) / total) : 0;
    document.querySelector(`output[for="${each.id}"]`).textContent = `${share} %`;
  }
};

document.addEventListener("input", (event) => {
  if (event.target.matches("input[type=range]")) show(event.target);
});
