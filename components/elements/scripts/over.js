// What lies over the page is left by Back as by Escape, and leaves nothing behind in the history:
// while it is open, one step back is its own. Loaded once with the page's first table.

const STEP = "over";
let isOpen = false;
let isSteppingBack = false;

const over = () => document.querySelector('[data-testid="stDialog"]');

new MutationObserver(() => {
  const was = isOpen;
  isOpen = over() !== null;
  if (isOpen && !was) history.pushState({ [STEP]: true }, "");
  else if (was && !isOpen && history.state?.[STEP]) stepBack();
}).observe(document.body, { childList: true, subtree: true });

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
