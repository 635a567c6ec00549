// Files and folders come in by mouse, by finger or by keyboard, and go one after the other to the
// address that the page was given. What each of them is says the page, which is told when one has
// arrived. Names are somebody's words: they are only ever put in as text.

const TELL_EVERY_MILLISECONDS = 1500;
const LONGEST_HEADER = 3500;
const places = new WeakMap();

export default function draw({ data, parentElement, setTriggerValue }) {
  const place = places.get(parentElement) ?? made(parentElement);
  places.set(parentElement, place);
  place.data = data;
  place.tell = () => setTriggerValue("press", `${Date.now()}`);
  fill(place);
  return () => {
    window.removeEventListener("pagehide", place.leave);
    place.waiting.length = 0;
    place.sending?.abort();
    places.delete(parentElement);
  };
}

function made(parent) {
  const zone = add(parent, "div", "zone");
  const place = {
    zone, waiting: [], sending: null, told: 0,
    title: add(zone, "p", "title"), buttons: add(zone, "div", "buttons"),
    hint: add(zone, "p", "hint"), list: add(parent, "ul", "files"),
    said: add(parent, "p", "unseen"),
  };
  place.said.role = "status";
  place.files = picker(place, (input) => { input.multiple = true; });
  place.folder = picker(place, (input) => { input.webkitdirectory = true; });
  place.leave = ({ persisted }) => { if (!persisted) navigator.sendBeacon(place.data.left); };
  window.addEventListener("pagehide", place.leave);
  zone.addEventListener("dragover", (event) => over(zone, event, true));
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) over(zone, event, false);
  });
  zone.addEventListener("drop", async (event) => {
    over(zone, event, false);
    take(place, await dropped(event.dataTransfer));
  });
  return place;
}

function fill({ data, title, hint, files, folder, list }) {
  title.textContent = data.title;
  hint.textContent = data.hint;
  files.button.textContent = data.choose;
  folder.button.textContent = data.chooseFolder;
  folder.button.hidden = matchMedia("(pointer: coarse)").matches;
  list.setAttribute("aria-label", data.list);
}

function picker(place, shape) {
  const button = add(place.buttons, "button");
  const input = add(place.buttons, "input");
  button.type = "button";
  input.type = "file";
  input.hidden = true;
  shape(input);
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const chosen = [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    input.value = "";
    take(place, chosen);
  });
  return { button, input };
}

function add(parent, kind, name = "", words = "") {
  const element = document.createElement(kind);
  if (name) element.className = name;
  if (words) element.textContent = words;
  return parent.appendChild(element);
}

// What was dropped --------------------------------------------------------------------------

function over(zone, event, is) {
  event.preventDefault();
  zone.classList.toggle("over", is);
}

// All that a drop holds must be asked for before anything is awaited: it is gone afterwards.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = entries.length ? [] : [...transfer.files].map((file) => ({ file, path: file.name }));
  const within = await Promise.all(entries.map((entry) => filesOf(entry, "")));
  return [...plain, ...within.flat()];
}

async function filesOf(entry, above) {
  const path = `${above}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise((found) => { entry.file(found, () => found(null)); });
    return file ? [{ file, path }] : [];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((read) => { reader.readEntries(read, () => read([])); });
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map((one) => filesOf(one, `${path}/`)))).flat());
  }
}

// A hidden file is the system's own.
const isMeant = ({ path }) => !path.split("/").some((part) => part.startsWith("."));

function take(place, chosen) {
  const meant = chosen.filter(isMeant);
  if (!meant.length) return;
  for (const line of [...place.list.children]) if (line.dataset.over) line.remove();
  place.waiting.push(...meant.map((one) => ({ ...one, line: lineOf(place, one) })));
  place.said.textContent = place.data.coming;
  if (!place.sending) next(place);
}

function lineOf({ list, data }, { path }) {
  const line = add(list, "li");
  const bar = document.createElement("progress");
  const name = add(line, "span", "name", path);
  const words = add(line, "span", "words", data.waits);
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", path);
  line.insertBefore(bar, words);
  return { line, bar, name, words };
}

// One after the other -----------------------------------------------------------------------

function next(place) {
  const one = place.waiting.shift();
  place.sending = null;
  if (!one) {
    place.said.textContent = place.data.arrived;
    tell(place);
    return;
  }
  if (Date.now() - place.told > TELL_EVERY_MILLISECONDS) tell(place);
  if (one.file.size > place.data.most) refused(place, one, place.data.tooLarge);
  else send(place, one);
}

function tell(place) {
  place.told = Date.now();
  place.tell();
}

function send(place, { file, path, line }) {
  const { data } = place;
  const sending = new XMLHttpRequest();
  place.sending = sending;
  sending.upload.addEventListener("progress", ({ loaded, total }) => {
    line.bar.value = total ? loaded / total : 1;
    line.words.textContent = loaded < total ? data.sends : data.isLookedAt;
  });
  sending.addEventListener("load", () => {
    if (sending.status === 204) {
      line.line.remove();
      next(place);
    } else refused(place, { line }, wordsOf(sending, data));
  });
  sending.addEventListener("error", () => refused(place, { line }, data.lost));
  sending.open("POST", data.address);
  sending.setRequestHeader("content-type", "application/octet-stream");
  sending.setRequestHeader("x-file-name", headerOf(path));
  sending.send(file);
}

function headerOf(path) {
  const whole = encodeURIComponent(path.replace(/\p{Surrogate}/gu, "_"));
  return whole.length > LONGEST_HEADER ? encodeURIComponent(path.slice(-100).replace(/\p{Surrogate}/gu, "_")) : whole;
}

// A proxy between may answer with a page of its own.
function wordsOf(sending, data) {
  const isOurs = (sending.getResponseHeader("content-type") ?? "").startsWith("text/plain");
  return isOurs && sending.responseText.length < 300 ? sending.responseText : data.lost;
}

function refused(place, { line }, words) {
  line.bar.remove();
  line.words.textContent = words;
  line.line.className = "refused";
  line.line.dataset.over = "yes";
  next(place);
}
