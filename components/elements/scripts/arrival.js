// A press asked for a list that may be out of sight: the page moves to its heading, and the keyboard
// with it. Drawn in the one run that follows the press, below the list, when the list has its room.

export default function arrive({ parentElement }) {
  const heading = headingAbove(parentElement.host);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.style.outline = "none";
  heading.style.scrollMarginTop = "4.5rem";
  heading.focus({ preventScroll: true });
  const { top } = heading.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) heading.scrollIntoView({ block: "start" });
}

function headingAbove(element) {
  for (let part = element; part; part = part.parentElement) {
    const heading = part.querySelector("h1, h2, h3");
    if (heading) return heading;
  }
  return null;
}
