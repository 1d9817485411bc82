// The map: points on a canvas, so that ten thousand move smoothly. World coordinates are 0 to 1 both ways.
const stage = document.getElementById("map");
const canvas = stage.querySelector("canvas");
const note = stage.querySelector(".map-note");
const card = stage.querySelector(".map-card");
const reviewForm = document.getElementById("map-review");
const chooseButton = document.getElementById("map-choose");
const context = canvas.getContext("2d");
const LOOK_AGAIN_MS = 700;
const THUMBNAILS_FROM = 46; // px between neighbours above which points become pictures
const MOST_THUMBNAILS = 120;
const NEAR_PX = 14;
let points = [];
let view = { x: 0.5, y: 0.5, scale: 1 }; // what lies in the middle; scale 1 shows the whole
let colour = "score";
let chosen = new Set();
let region = null;
let drawn = false;
const pictures = new Map();

// A canvas knows nothing of light-dark() and var(): the browser works the colours out, once for each theme.
const probe = stage.querySelector(".map-probe");
let colours = new Map();
const css = (name) => {
  if (!colours.has(name)) {
    probe.style.color = `var(${name})`;
    colours.set(name, getComputedStyle(probe).color);
  }
  return colours.get(name);
};
const repaint = () => {
  colours = new Map();
  draw();
};
const size = () => ({ width: canvas.clientWidth, height: canvas.clientHeight });
const unit = () => {
  const { width, height } = size();
  return Math.min(width, height) * 0.94 * view.scale;
};
const toScreen = ([, x, y]) => {
  const { width, height } = size();
  return [width / 2 + (x - view.x) * unit(), height / 2 + (y - view.y) * unit()];
};
const toWorld = (x, y) => {
  const { width, height } = size();
  return [view.x + (x - width / 2) / unit(), view.y + (y - height / 2) / unit()];
};

const shade = ([, , , score, answer]) => {
  if (colour === "answer") return answer ? css({ like: "--like", super_like: "--super", dislike: "--dislike" }[answer]) : css("--line-strong");
  if (score === null) return css("--line-strong");
  return css(`--score-${Math.min(Math.floor(score * 5), 4)}`);
};

const picture = (id) => {
  if (!pictures.has(id)) {
    const image = new Image();
    image.src = stage.dataset.photos.replace("/0/", `/${id}/thumbnail`);
    image.addEventListener("load", draw);
    pictures.set(id, image);
  }
  return pictures.get(id);
};

const render = () => {
  drawn = false;
  const { width, height } = size();
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const visible = [];
  for (const point of points) {
    const [x, y] = toScreen(point);
    if (x > -40 && y > -40 && x < width + 40 && y < height + 40) visible.push([point, x, y]);
  }
  const apart = unit() / Math.sqrt(Math.max(points.length, 1));
  const asPictures = apart > THUMBNAILS_FROM && visible.length <= MOST_THUMBNAILS;
  const side = Math.min(Math.max(apart * 0.9, 40), 120);
  const radius = Math.max(3, Math.min(7, apart / 5));
  for (const [point, x, y] of visible) {
    const image = asPictures && picture(point[0]);
    context.fillStyle = shade(point);
    if (image && image.complete && image.naturalWidth) {
      const short = Math.min(image.naturalWidth, image.naturalHeight);
      context.fillRect(x - side / 2 - 2, y - side / 2 - 2, side + 4, side + 4);
      context.drawImage(image, (image.naturalWidth - short) / 2, 0, short, short, x - side / 2, y - side / 2, side, side);
    } else {
      context.beginPath();
      context.arc(x, y, radius, 0, 7);
      context.fill();
    }
    if (chosen.has(point[0])) {
      context.strokeStyle = css("--accent");
      context.lineWidth = 2;
      context.strokeRect(x - radius - 2, y - radius - 2, 2 * radius + 4, 2 * radius + 4);
    }
  }
  if (region) {
    context.strokeStyle = css("--accent");
    context.setLineDash([6, 4]);
    context.strokeRect(region.x, region.y, region.width, region.height);
    context.setLineDash([]);
  }
};
function draw() {
  if (!drawn) requestAnimationFrame(render);
  drawn = true;
}

const zoom = (by, x, y) => {
  const [wx, wy] = toWorld(x, y);
  view.scale = Math.min(Math.max(view.scale * by, 0.8), 60);
  const [nx, ny] = toWorld(x, y);
  view.x += wx - nx;
  view.y += wy - ny;
  draw();
};
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
}, { passive: false });

const choose = () => {
  const [x1, y1] = [Math.min(region.x, region.x + region.width), Math.min(region.y, region.y + region.height)];
  const [x2, y2] = [x1 + Math.abs(region.width), y1 + Math.abs(region.height)];
  chosen = new Set(points.filter((point) => {
    const [x, y] = toScreen(point);
    return x >= x1 && x <= x2 && y >= y1 && y <= y2;
  }).map(([id]) => id));
  const most = Number(stage.dataset.most);
  reviewForm.elements.ids.value = [...chosen].slice(0, most).join(",");
  const few = ngettext("Review %(number)s photo", "Review %(number)s photos", chosen.size);
  const sentence = chosen.size > most ? gettext("Review %(most)s of %(number)s photos") : few;
  const values = { most, number: chosen.size.toLocaleString(document.documentElement.lang) };
  reviewForm.querySelector("[data-count]").textContent = interpolate(sentence, values, true);
  reviewForm.hidden = !chosen.size;
};

const scored = (score) => interpolate(gettext("Score %(score)s"), { score: Math.floor(100 * score + 1e-6) }, true);

const nearest = (x, y) => {
  let best = null;
  let least = NEAR_PX ** 2;
  for (const point of points) {
    const [px, py] = toScreen(point);
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < least) [best, least] = [point, distance];
  }
  return best;
};

const fingers = new Map();
let moved = 0;
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  moved = 0;
  if (chooseButton.getAttribute("aria-pressed") === "true" && fingers.size === 1) {
    region = { x: event.offsetX, y: event.offsetY, width: 0, height: 0 };
  }
});
canvas.addEventListener("pointermove", (event) => {
  const finger = fingers.get(event.pointerId);
  if (!finger) {
    const point = nearest(event.offsetX, event.offsetY);
    canvas.style.cursor = point ? "pointer" : "";
    return;
  }
  const [dx, dy] = [event.offsetX - finger.x, event.offsetY - finger.y];
  moved += Math.abs(dx) + Math.abs(dy);
  if (fingers.size === 2) {
    const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, each]) => each);
    const before = Math.hypot(finger.x - other.x, finger.y - other.y);
    const after = Math.hypot(event.offsetX - other.x, event.offsetY - other.y);
    zoom(after / Math.max(before, 1), other.x, other.y);
  } else if (region) {
    region.width += dx;
    region.height += dy;
  } else {
    view.x -= dx / unit();
    view.y -= dy / unit();
  }
  Object.assign(finger, { x: event.offsetX, y: event.offsetY });
  draw();
});
const release = (event) => {
  if (!fingers.delete(event.pointerId)) return;
  if (region) {
    choose();
    region = null;
  } else if (moved < 6 && event.type === "pointerup") {
    const point = nearest(event.offsetX, event.offsetY);
    card.hidden = !point;
    if (point) {
      const [id, , , score] = point;
      card.href = stage.dataset.photos.replace("/0/", `/${id}/`);
      card.querySelector("img").src = picture(id).src;
      card.querySelector("span").textContent = score === null ? gettext("Not rated") : scored(score);
    }
  }
  draw();
};
canvas.addEventListener("pointerup", release);
canvas.addEventListener("pointercancel", release);

canvas.addEventListener("keydown", (event) => {
  const step = 0.08 / view.scale;
  const { width, height } = size();
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (event.key in moves) {
    view.x += moves[event.key][0];
    view.y += moves[event.key][1];
    draw();
  } else if (event.key === "+" || event.key === "=") zoom(1.3, width / 2, height / 2);
  else if (event.key === "-") zoom(1 / 1.3, width / 2, height / 2);
  else if (event.key === "Enter" && chooseButton.getAttribute("aria-pressed") === "true") {
    region = { x: 0, y: 0, width, height };
    choose();
    region = null;
    draw();
    reviewForm.querySelector("button").focus();
  }
  else return;
  event.preventDefault();
});

document.getElementById("map-whole").addEventListener("click", () => {
  view = { x: 0.5, y: 0.5, scale: 1 };
  draw();
});
chooseButton.addEventListener("click", () => {
  chooseButton.setAttribute("aria-pressed", String(chooseButton.getAttribute("aria-pressed") !== "true"));
});
for (const button of document.querySelectorAll("[data-colour]")) {
  button.addEventListener("click", () => {
    colour = button.dataset.colour;
    for (const each of document.querySelectorAll("[data-colour]")) each.setAttribute("aria-pressed", String(each === button));
    draw();
  });
}
addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });

const load = async () => {
  const answer = await fetch(stage.dataset.points).catch(() => null);
  if (answer?.redirected) {
    location.reload(); // signed out
  } else if (answer?.status === 200) {
    const { points: found, error } = await answer.json();
    points = found ?? [];
    note.hidden = points.length > 0;
    if (!points.length) note.textContent = error || gettext("There are no scored photos yet.");
    stage.dataset.ready = String(points.length);
    view = { x: 0.5, y: 0.5, scale: 1 }; // whatever was moved while there was nothing to see
    draw();
  } else if (!answer || answer.status === 202) setTimeout(load, LOOK_AGAIN_MS);
  else note.textContent = gettext("The map could not be drawn. Reload the page to try again.");
};
if (note.querySelector(".spin")) load();
