// Draws the curves of a training. htmx keeps the boxes they are drawn in (hx-preserve) and swaps the numbers beside them.
const charts = new Map();

// Canvas knows no light-dark(): the browser resolves a token's colour for the theme that is on.
const probe = document.createElement("span");
probe.hidden = true;
const colour = (token, opacity = 1) => {
  probe.style.color = `color-mix(in srgb, var(${token}) ${100 * opacity}%, transparent)`;
  return getComputedStyle(probe).color;
};

const line = (isMain) => ({
  stroke: () => (isMain ? colour("--accent") : colour("--text", 0.28)),
  width: isMain ? 2.5 : 1,
  spanGaps: true,
  points: { show: (chart, series) => isMain && chart.data[series].filter((value) => value !== null).length < 2 },
});

const inWords = (value) => value.toLocaleString(document.documentElement.lang);

const axis = (more) => ({
  stroke: () => colour("--muted"),
  grid: { stroke: () => colour("--line"), width: 1 },
  ticks: { show: false },
  font: "12px system-ui, sans-serif",
  ...more,
});

const create = (box, runs, epochs) => {
  const isShare = box.dataset.curve === "accuracy";
  const options = {
    width: box.clientWidth,
    height: box.clientHeight,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [1, Math.max(epochs, 2)] },
      y: { range: isShare ? [0, 1] : (chart, least, most) => [0, Math.max(most || 0, 0.1) * 1.1] },
    },
    axes: [
      axis({ size: 28, incrs: [1, 2, 5, 10, 20] }),
      axis({ size: 44, values: (chart, ticks) => ticks.map((tick) => (isShare ? `${Math.round(100 * tick)} %` : inWords(tick))) }),
    ],
    series: [{}, ...runs.slice(1).map(() => line(false)), line(true)],
  };
  const chart = new uPlot(options, [[], ...runs.map(() => [])], box);
  new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: box.clientHeight })).observe(box);
  return chart;
};

const draw = () => {
  const said = document.getElementById("curves");
  if (!said) return;
  const { runs } = JSON.parse(said.textContent);
  for (const box of document.querySelectorAll("[data-curve]")) {
    const values = runs.map((run) => run[box.dataset.curve]);
    const epochs = values[0].length;
    if (charts.get(box.id)?.root.parentElement !== box) charts.set(box.id, create(box, values, epochs));
    const [whole, ...checks] = values; // the main line is drawn last, over the others
    charts.get(box.id).setData([Array.from({ length: epochs }, (_, place) => place + 1), ...checks, whole]);
    box.dataset.points = values.flat().filter((value) => value !== null).length;
  }
};

const redraw = () => charts.forEach((chart) => chart.redraw(false, true));

document.body.append(probe);
draw();
let tableIsOpen = false;
document.addEventListener("htmx:beforeSwap", () => {
  tableIsOpen = document.getElementById("epochs")?.open ?? false;
});
document.addEventListener("htmx:afterSettle", () => {
  const table = document.getElementById("epochs");
  if (table && tableIsOpen) table.open = true;
  draw();
});
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
