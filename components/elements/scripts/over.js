// What lies over the page is left by Back as by Escape, and leaves nothing behind in the history:
// while it is open, one step back is its own. Loaded once with the page's first table.

import { push } from "./steps.js";

const STEP = "over";
let isOpen = false;
let isSteppingBack = false;
// What was pressed inside may lead on to another page: "link" surely, "button" perhaps.
let pressed = "";

const over = () => document.querySelector('[data-testid="stDialog"]');

new MutationObserver(() => {
  const was = isOpen;
  isOpen = over() !== null;
  if (isOpen && !was) open();
  else if (was && !isOpen) closed();
}).observe(document.body, { childList: true, subtree: true });

document.addEventListener("click", ({ target }) => {
  if (!over()?.contains(target)) return;
  const link = target.closest("a[href]");
  if (link && link.target !== "_blank") pressed = "link";
  else if (target.closest("button")) {
    pressed = target.closest('button[aria-label="Close"]') ? "" : "button";
  }
}, true);

document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") pressed = "";
}, true);

function open() {
  pressed = "";
  push({ [STEP]: true }, "");
}

// A link takes its step along: going back at the same time would take the reader back with it.
function closed() {
  if (pressed === "button") stepBackUnlessLeft(10);
  else if (pressed !== "link" && history.state?.[STEP]) stepBack();
}

function stepBackUnlessLeft(looks) {
  setTimeout(() => {
    if (isOpen || !history.state?.[STEP]) return;
    const state = document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState;
    if (looks > 0 || state !== "notRunning") stepBackUnlessLeft(looks - 1);
    else stepBack();
  }, 50);
}

function stepBack() {
  isSteppingBack = true;
  history.back();
}

// Before the framework hears of it: it would run the page again.
window.addEventListener("popstate", (event) => {
  if (isSteppingBack) {
    isSteppingBack = false;
    event.stopImmediatePropagation();
  } else if (over()) {
    event.stopImmediatePropagation();
    close();
  } else if (event.state?.[STEP]) {
    // A step whose dialog led on to another page: nothing is left to see there.
    event.stopImmediatePropagation();
    history.back();
  }
}, true);

function close() {
  const cross = over().querySelector('button[aria-label="Close"]');
  if (cross) cross.click();
  else for (const kind of ["keydown", "keyup"]) pressEscape(kind);
}

function pressEscape(kind) {
  const key = { key: "Escape", code: "Escape", bubbles: true };
  document.body.dispatchEvent(new KeyboardEvent(kind, key));
}
