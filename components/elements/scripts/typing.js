// In a dialog with a search: it can be typed into at once, and while nothing is typed the digits are
// still the shortcuts that stand beside the choices.

export default function listen({ parentElement }) {
  const input = parentElement.host.closest('[role="dialog"]')?.querySelector("input");
  if (!input) return undefined;
  const pass = (event) => {
    const isPlain = !(event.altKey || event.ctrlKey || event.metaKey);
    if (!isPlain || input.value || !/^[1-9]$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    input.blur();
    const key = { key: event.key, code: event.code, bubbles: true };
    for (const kind of ["keydown", "keyup"]) {
      document.body.dispatchEvent(new KeyboardEvent(kind, key));
    }
  };
  input.addEventListener("keydown", pass);
  // A finger would get half a screen of keys that it did not ask for.
  if (matchMedia("(pointer: fine)").matches) input.focus();
  return () => input.removeEventListener("keydown", pass);
}
