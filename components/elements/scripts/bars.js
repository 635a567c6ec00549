// The marks of a chart as buttons, for whoever has no mouse: unseen until the keyboard reaches them,
// then one at a time below the chart. A press answers with the place of the mark.

import "./steps.js";

const lists = new WeakMap();

export default function draw({ data, parentElement, setTriggerValue }) {
  const list = lists.get(parentElement) ?? made(parentElement);
  lists.set(parentElement, list);
  list.press = (place) => setTriggerValue("press", place);
  const words = JSON.stringify(data);
  if (words === list.words) return;
  list.words = words;
  fill(list, data);
}

function made(parent) {
  const group = parent.appendChild(document.createElement("div"));
  const list = { group, buttons: [] };
  group.role = "group";
  group.addEventListener("keydown", (event) => move(list, event));
  group.addEventListener("click", (event) => {
    const place = list.buttons.indexOf(event.target.closest("button"));
    if (place >= 0) list.press(place);
  });
  return list;
}

function fill(list, data) {
  const held = list.buttons.indexOf(list.group.getRootNode().activeElement);
  list.group.setAttribute("aria-label", data.label);
  list.buttons = data.marks.map((words) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    return button;
  });
  list.group.replaceChildren(...list.buttons);
  hold(list, Math.max(held, 0));
  if (held >= 0) list.buttons[Math.min(held, list.buttons.length - 1)]?.focus();
}

function move(list, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const from = list.buttons.indexOf(event.target);
  const last = list.buttons.length - 1;
  const places = {
    ArrowRight: from + 1, ArrowDown: from + 1, ArrowLeft: from - 1, ArrowUp: from - 1,
    Home: 0, End: last,
  };
  if (from < 0 || places[event.key] === undefined) return;
  event.preventDefault();
  const to = Math.max(0, Math.min(places[event.key], last));
  hold(list, to);
  list.buttons[to].focus();
}

function hold(list, place) {
  list.buttons.forEach((button, own) => { button.tabIndex = own === place ? 0 : -1; });
}
