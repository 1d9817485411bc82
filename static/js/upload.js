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
const MAX_PAUSE_MS = 60_000;
const PROGRESS_MS = 300; // browsers say how much was sent a few times a second
const ANSWER_MS = 20_000; // how long Stop waits for the answer to a part that was sent as a whole

const part = (name) => tray.querySelector(`[data-part="${name}"]`);
const number = (value) => value.toLocaleString(document.documentElement.lang);
const counted = (sentence, value) => interpolate(sentence, { number: number(value) }, true);

const fresh = () => (
  { total: 0, added: 0, twice: 0, refused: 0, unknown: 0, failed: [], lanes: 0, queue: [], told: 0, stop: null, trouble: "" }
);
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
  const isStopping = running && run.stop?.signal.aborted;
  const working = isStopping ? gettext("Stopping; the last photos are being added") : gettext("Adding photos");
  part("title").textContent = title ?? (running ? working : gettext("Done"));
  part("counts").toggleAttribute("data-announce", !running); // each part's would be a stream of words
  part("counts").textContent = summary();
  part("bar").max = Math.max(run.total, 1);
  part("bar").value = settled();
  part("cancel").hidden = !running;
  part("cancel").disabled = isStopping;
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

const say = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad: true } }));

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
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

const parsed = (text) => {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // a page of a proxy
  }
};

// An XMLHttpRequest, because fetch does not say whether a request was sent as a whole. When the reader presses Stop, a
// request that is half sent is broken off: the server adds nothing of it. For one that is sent, its answer is waited for.
// Resolves with a status of 0 when there is no answer; `isSent` says whether there might have been one.
const request = (body, token, signal) =>
  new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    let isSent = false;
    xhr.open("POST", url);
    xhr.setRequestHeader("X-CSRFToken", token);
    xhr.setRequestHeader("Accept", "application/json");
    xhr.upload.addEventListener("load", () => {
      isSent = true;
    });
    xhr.addEventListener("loadend", () => {
      const wait = Number(xhr.getResponseHeader("Retry-After")) * 1000 || 0;
      resolve({ status: xhr.status, answer: parsed(xhr.responseText), wait, isSent });
    });
    signal.addEventListener("abort", () => {
      setTimeout(() => (isSent ? setTimeout(() => xhr.abort(), ANSWER_MS) : xhr.abort()), PROGRESS_MS);
    });
    xhr.send(body);
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

// Whether the same request may be answered otherwise a little later.
const mayPass = (status) => status === 0 || status === 429 || status > 500;

const post = async (contents, signal) => {
  const body = new FormData();
  for (const [{ name, type }, content] of contents) body.append("files", new Blob([content], { type }), name);
  const bio = document.getElementById("upload-bio")?.value.trim();
  if (bio) body.append("bio", bio);
  for (let attempt = 0; ; attempt += 1) {
    const response = await sendSigned((token) => request(body, token, signal));
    if (!mayPass(response.status) || signal.aborted || attempt === PAUSES_MS.length) return response;
    part("title").textContent = response.answer.detail ?? gettext("The wizard does not answer; trying again");
    await pause(Math.min(Math.max(PAUSES_MS[attempt], response.wait), MAX_PAUSE_MS), signal);
    if (signal.aborted) return response;
  }
};

const send = async (chosen, signal) => {
  const contents = await readAll(chosen);
  const files = [...contents.keys()];
  if (!files.length || signal.aborted) return;
  const { status, answer, isSent } = await post(contents, signal);
  if (status === 201 && answer.created) {
    run.added += answer.created.length;
    run.twice += answer.duplicates.length;
    for (const { name, reason } of answer.rejected) refuse(name, reason);
  } else if (signal.aborted) {
    if (status === 0 && isSent) run.unknown += files.length;
  } else if ((status === 413 || status === 500) && files.length > 1) {
    for (const file of files) run.queue.unshift([file]); // one of them alone may be what the server does not take
  } else if (status === 413) {
    refuse(files[0].name, answer.detail ?? gettext("This file is larger than the server accepts; add a smaller copy."));
  } else {
    const isSignedOut = status === 401 || status === 403;
    run.failed.push(files);
    if (isSignedOut || mayPass(status)) run.failed.push(...run.queue.splice(0)); // the others would meet the same
    run.trouble = isSignedOut
      ? gettext("You are signed out. Sign in again in another tab, then press Try again.")
      : (answer.detail ?? "");
  }
};

const lane = async () => {
  const { signal } = run.stop;
  run.lanes += 1;
  try {
    while (run.queue.length && !signal.aborted) {
      const files = run.queue.shift();
      await send(files, signal);
      show();
      tell(false);
    }
  } finally {
    run.lanes -= 1;
    if (run.queue.length) start(); // added after Stop was pressed
    else if (!run.lanes) finish(signal.aborted);
  }
};

const finish = (stopped) => {
  const sentences = {
    unknown: gettext("Stopped. Some photos got no answer; look for them in the library."),
    stopped: gettext("Stopped. What was added is kept."),
    failed: run.trouble || gettext("Some photos were not sent. What was added is kept."),
  };
  show(sentences[stopped ? (run.unknown ? "unknown" : "stopped") : run.failed.length ? "failed" : "done"]);
  run.trouble = "";
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
  if (!wanted.length && !lost.length) {
    say(gettext("There are no photos in this. Choose picture files, or a folder that holds some."));
    return;
  }
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
// A link that is not dropped on a text field, which can take it; the browser would leave the page for it.
const isLink = (event) =>
  event.dataTransfer?.types.includes("text/uri-list") && !event.target.closest?.("input, textarea, [contenteditable]");
let depth = 0;
let isOwn = false; // a picture or a link of this page is dragged
document.addEventListener("dragstart", () => {
  isOwn = true;
});
document.addEventListener("dragend", () => {
  isOwn = false;
});
document.addEventListener("dragenter", (event) => {
  if (isOwn || !carriesFiles(event)) return;
  depth += 1;
  veil.hidden = false;
});
document.addEventListener("dragleave", (event) => {
  if (isOwn || !carriesFiles(event)) return;
  depth -= 1;
  if (depth <= 0) veil.hidden = true;
});
document.addEventListener("dragover", (event) => {
  if (!isOwn && (carriesFiles(event) || isLink(event))) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (isOwn || !(carriesFiles(event) || isLink(event))) return;
  event.preventDefault();
  depth = 0;
  veil.hidden = true;
  if (carriesFiles(event)) dropped(event.dataTransfer);
  else say(gettext("A link cannot be added. Save the picture on this device first, then drop the file."));
});
document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData ?? {};
  if (!files?.length) return;
  // Cells of a spreadsheet come with a picture of themselves; and a text field takes the text.
  const isInField = event.target.closest?.("input, textarea, [contenteditable]");
  if (types.includes("text/plain") && (isInField || types.includes("text/html"))) return;
  add(files);
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("input[type=file][data-upload]")) return;
  add(event.target.files);
  event.target.value = "";
});

part("cancel").addEventListener("click", () => {
  run.queue = [];
  run.stop.abort();
  show();
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
