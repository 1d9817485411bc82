// Photos in: dropped anywhere on the page, pasted, or picked (files or folders). They go out in small parts, two at a
// time, so that a thousand files are no heavier than eight; a part that met a network error is sent again, which is
// safe because the server knows a photo by its content.
const tray = document.getElementById("upload-tray");
const { url } = tray.dataset;
const MAX_FILE_BYTES = Number(tray.dataset.maxBytes);
const MB = 2 ** 20;
const PART_FILES = 8;
const PART_BYTES = 24 * MB;
const LANES = 2;
const PAUSES_MS = [1000, 2000, 4000, 8000];

const part = (name) => tray.querySelector(`[data-part="${name}"]`);
const number = (value) => value.toLocaleString(document.documentElement.lang);
const counted = (sentence, value) => interpolate(sentence, { number: number(value) }, true);

const fresh = () => ({ total: 0, added: 0, twice: 0, refused: 0, failed: [], lanes: 0, queue: [], told: 0, stop: null });
let run = fresh();
const isRunning = () => run.lanes > 0 || run.queue.length > 0;
const settled = () => run.added + run.twice + run.refused;

// --- what the reader sees -------------------------------------------------------------------------------------------

const summary = () => {
  const added = { added: number(run.added), total: number(run.total) };
  const words = [interpolate(gettext("%(added)s of %(total)s added"), added, true)];
  if (run.twice) words.push(counted(ngettext("%(number)s already here", "%(number)s already here", run.twice), run.twice));
  if (run.refused) words.push(counted(ngettext("%(number)s refused", "%(number)s refused", run.refused), run.refused));
  const failed = run.failed.reduce((sum, files) => sum + files.length, 0);
  if (failed) words.push(counted(ngettext("%(number)s not sent", "%(number)s not sent", failed), failed));
  return words.join(", ");
};

const show = (title) => {
  tray.hidden = false;
  const running = isRunning();
  part("title").textContent = title ?? (running ? gettext("Adding photos") : gettext("Done"));
  part("counts").toggleAttribute("data-announce", !running); // each part's would be a stream of words
  part("counts").textContent = summary();
  part("bar").max = Math.max(run.total, 1);
  part("bar").value = settled();
  part("cancel").hidden = !running;
  part("close").hidden = running;
  part("retry").hidden = running || !run.failed.length;
  part("see")?.toggleAttribute("hidden", running || !run.added); // not in the library, where one sees them
};

const refuse = (name, reason) => {
  run.refused += 1;
  const row = part("refusal").content.firstElementChild.cloneNode(true);
  row.querySelector("b").textContent = name;
  row.querySelector("span").textContent = reason;
  part("refusals").append(row);
  part("refusals").hidden = false;
};

const cannotRead = () => gettext("This could not be read; it may have been moved, changed or deleted. Choose it again.");

// Word for word what the server would say, without the way there.
const tooLarge = () =>
  interpolate(gettext("This file is over %(most)s MB; add a smaller copy."), { most: MAX_FILE_BYTES / MB }, true);

// The library shows new tiles soon after they exist, and not once for every part of a thousand files.
const tell = (finished) => {
  const news = run.added - run.told;
  if (!news || (!finished && run.told && news < 96)) return;
  run.told = run.added;
  document.body.dispatchEvent(new CustomEvent("photos-added"));
};

// --- sending --------------------------------------------------------------------------------------------------------

const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

// The files of a part with their contents. A file that was deleted or changed since it was chosen would break the whole
// request at each attempt: it is named here, and the others are sent.
const readAll = async (files) => {
  const read = await Promise.allSettled(files.map((file) => file.arrayBuffer()));
  const found = new Map();
  for (const [index, { status, value }] of read.entries()) {
    if (status === "fulfilled") found.set(files[index], value);
    else refuse(files[index].name, cannotRead());
  }
  return found;
};

const post = async (contents, signal) => {
  const body = new FormData();
  for (const [{ name, type }, content] of contents) body.append("files", new Blob([content], { type }), name);
  const bio = document.getElementById("upload-bio")?.value.trim();
  if (bio) body.append("bio", bio);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await sendSigned((token) => {
        const headers = { "X-CSRFToken": token, Accept: "application/json" };
        return fetch(url, { method: "POST", body, signal, headers, credentials: "same-origin" });
      });
      if (response.status < 500 && response.status !== 429) return response;
    } catch (error) {
      if (signal.aborted) throw error;
    }
    if (attempt === PAUSES_MS.length) return null;
    part("title").textContent = gettext("The wizard does not answer; trying again");
    await pause(PAUSES_MS[attempt], signal);
  }
};

const send = async (chosen, signal) => {
  const contents = await readAll(chosen);
  const files = [...contents.keys()];
  if (!files.length) return;
  const response = await post(contents, signal);
  if (response?.ok) {
    const answer = await response.json();
    run.added += answer.created.length;
    run.twice += answer.duplicates.length;
    for (const { name, reason } of answer.rejected) refuse(name, reason);
  } else if (response?.status === 413 && files.length > 1) {
    for (const file of files) run.queue.unshift([file]);
  } else if (response?.status === 413) {
    refuse(files[0].name, tooLarge());
  } else if (response?.status === 401 || response?.status === 403) {
    run.failed.push(files, ...run.queue.splice(0));
    run.stopped = gettext("You are signed out. Sign in again in another tab, then press Try again.");
  } else {
    run.failed.push(files);
  }
};

const lane = async () => {
  const { signal } = run.stop;
  run.lanes += 1;
  try {
    while (run.queue.length) {
      const files = run.queue.shift();
      await send(files, signal).catch(() => signal.aborted || run.failed.push(files));
      show();
      tell(false);
    }
  } finally {
    run.lanes -= 1;
    if (!isRunning()) finish(signal.aborted);
  }
};

const finish = (cancelled) => {
  const unsent = run.failed.length && (run.stopped ?? gettext("Some photos were not sent. What was added is kept."));
  show(cancelled ? gettext("Stopped. What was added is kept.") : unsent || undefined);
  run.stopped = undefined;
  tell(true);
};

const start = () => {
  if (!run.stop || run.stop.signal.aborted) run.stop = new AbortController();
  show();
  while (run.lanes < LANES && run.queue.length) lane();
};

const parts = (files) => {
  const all = [];
  let bytes = Infinity;
  for (const file of files) {
    if (bytes + file.size > PART_BYTES || all.at(-1).length === PART_FILES) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1).push(file);
    bytes += file.size;
  }
  return all;
};

// What systems leave in folders is not the reader's business.
const isWanted = (name) => !name.startsWith(".") && !/^(thumbs\.db|desktop\.ini)$/i.test(name);

const add = (files, unreadable = []) => {
  const wanted = [...files].filter((file) => isWanted(file.name));
  const lost = unreadable.filter(isWanted);
  if (!wanted.length && !lost.length) return;
  if (!isRunning()) {
    run = fresh();
    part("refusals").replaceChildren();
    part("refusals").hidden = true;
  }
  run.total += wanted.length + lost.length;
  for (const name of lost) refuse(name, cannotRead());
  const fitting = wanted.filter((file) => file.size <= MAX_FILE_BYTES);
  for (const file of wanted) if (file.size > MAX_FILE_BYTES) refuse(file.name, tooLarge());
  run.queue.push(...parts(fitting));
  start();
  if (!isRunning()) finish(false);
};

// --- where they come from -------------------------------------------------------------------------------------------

const entriesOf = async (folder) => {
  const reader = folder.createReader();
  const all = [];
  // A reader gives at most a hundred at a time, and an empty list when it has given all.
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
};

// The names of files and folders that the browser may not read go into `unreadable`; the others come all the same.
const filesOf = async (entry, unreadable) => {
  try {
    if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    const files = [];
    for (const inner of await entriesOf(entry)) files.push(...(await filesOf(inner, unreadable)));
    return files;
  } catch {
    unreadable.push(entry.name);
    return [];
  }
};

const dropped = async (transfer) => {
  // Entries must be taken before the first await: the browser empties the list after the event.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return add(transfer.files);
  const files = [];
  const unreadable = [];
  for (const entry of entries) files.push(...(await filesOf(entry, unreadable)));
  return add(files, unreadable);
};

const veil = document.getElementById("drop-veil");
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0;
document.addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  veil.hidden = false;
});
document.addEventListener("dragleave", (event) => {
  if (!carriesFiles(event)) return;
  depth -= 1;
  if (depth <= 0) veil.hidden = true;
});
document.addEventListener("dragover", (event) => {
  if (carriesFiles(event)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  veil.hidden = true;
  dropped(event.dataTransfer);
});
document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files;
  if (files?.length) add(files);
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("input[type=file][data-upload]")) return;
  add(event.target.files);
  event.target.value = "";
});

part("cancel").addEventListener("click", () => {
  run.queue = [];
  run.stop.abort();
});
part("close").addEventListener("click", () => {
  tray.hidden = true;
});
part("retry").addEventListener("click", () => {
  run.queue.push(...run.failed.splice(0));
  start();
});
addEventListener("beforeunload", (event) => {
  if (isRunning()) event.preventDefault();
});
