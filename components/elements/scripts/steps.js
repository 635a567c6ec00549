// Whoever presses something takes a step. What the page writes into its address afterwards, as it
// opens, belongs to that step: Back leads past it, to where the reader was. Loaded once.

let isPressed = false; // since the last step
for (const kind of ["pointerdown", "keydown"]) {
  window.addEventListener(kind, () => { isPressed = true; }, true);
}
window.addEventListener("popstate", () => { isPressed = false; }, true);

// As the browser has it, for a step that is taken by itself.
export const push = history.pushState.bind(history);

history.pushState = (state, unused, address) => {
  if (isPressed) push(state, unused, address);
  else history.replaceState(history.state ?? state, unused, address);
  isPressed = false;
};
