// Tells screen readers what changes by itself: the words of [data-announce], and a <progress> by quarters. A fragment that
// is swapped in is a new element to the browser, told again at each look of a poller; here it is known by its id, and told
// when it says something else. What the page begins with is read with the page.
const region = document.getElementById("announcer");
const SETTLED_MS = 250;
const KEPT_MS = 10_000; // long enough to be read, too short to be found when one reads the page again
const told = new Map();
let timer = null;

const words = (element) => {
  if (!element.checkVisibility()) return "";
  if (!(element instanceof HTMLProgressElement)) return element.textContent.trim().replace(/\s+/g, " ");
  const quarters = Math.floor(4 * element.position);
  return quarters > 0 ? `${element.getAttribute("aria-label")}: ${25 * quarters} %` : "";
};

// Those that say something else than when it was last looked at.
const news = () => {
  const found = [];
  for (const element of document.querySelectorAll("[data-announce]")) {
    const text = words(element);
    if (text && told.get(element.id) !== text) found.push(text);
    told.set(element.id, text);
  }
  return found;
};

const tell = () => {
  timer = null;
  for (const text of news()) {
    const line = document.createElement("p");
    line.textContent = text;
    region.append(line);
    setTimeout(() => line.remove(), KEPT_MS);
  }
};

news();
new MutationObserver(() => {
  timer ??= setTimeout(tell, SETTLED_MS);
}).observe(document.body, {
  subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["value", "max", "hidden"],
});
