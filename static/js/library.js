// The list keeps itself up to date without moving under the reader's hands: the poller learns which tiles wait, and a
// new order is drawn at once only for a reader who is at the top and has not taken hold of a tile.
const WATCHED_AT_MOST = 200;

document.body.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "poller") return;
  const waiting = [...document.querySelectorAll("#grid [data-waits]")].slice(0, WATCHED_AT_MOST);
  if (waiting.length) event.detail.parameters.ids = waiting.map((tile) => tile.dataset.waits).join(",");
});

const redraw = () => htmx.trigger("#list", "redraw");

const news = () => {
  const grid = document.getElementById("grid");
  const isPicking = document.body.classList.contains("picking");
  const isHeld = grid && (scrollY > 160 || isPicking || grid.contains(document.activeElement));
  if (!isHeld) redraw();
  else document.getElementById("fresh").hidden = false;
};
document.body.addEventListener("scores-updated", news);
document.body.addEventListener("photos-added", news);

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-redraw]")) return;
  scrollTo({ top: 0 });
  redraw();
});

// A browser that goes back may show the page as it was left, from its memory or its cache. Photos may have been answered
// or deleted since: every tile is asked for again.
const refresh = async () => {
  const ids = [...document.querySelectorAll("#grid .tile")].map(({ id }) => id.split("-")[1]);
  for (let from = 0; from < ids.length; from += WATCHED_AT_MOST) {
    const some = ids.slice(from, from + WATCHED_AT_MOST).join(",");
    const { updates } = document.getElementById("poller").dataset;
    await htmx.ajax("GET", `${updates}&ids=${some}`, { target: "#poller", swap: "none" });
  }
};
const [navigation] = performance.getEntriesByType("navigation");
addEventListener("pageshow", ({ persisted }) => {
  if (persisted || navigation?.type === "back_forward") refresh();
});

// Back from a photo: as many tiles as there were, and the place one left.
const PLACE = "wizard-library-place";
const grid = () => document.getElementById("grid");
addEventListener("pagehide", () => {
  const place = { address: location.href, tiles: grid()?.children.length ?? 0, y: scrollY };
  sessionStorage.setItem(PLACE, JSON.stringify(place));
});
const left = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
if (navigation?.type === "back_forward" && left?.address === location.href && left.tiles > (grid()?.children.length ?? 0)) {
  history.scrollRestoration = "manual";
  const goOn = () => {
    const more = document.getElementById("load-more");
    if (more && grid().children.length < left.tiles) htmx.trigger(more, "click");
    else {
      document.body.removeEventListener("htmx:afterSettle", goOn);
      history.scrollRestoration = "auto";
      scrollTo({ top: left.y });
    }
  };
  document.body.addEventListener("htmx:afterSettle", goOn);
  goOn();
}
