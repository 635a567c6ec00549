// The marks of a chart as buttons, for whoever has no mouse: unseen until the keyboard reaches them,
// then one at a time below the chart. A press answers with the position of the mark.

import "./steps.js";

const lists = new WeakMap();

export default function draw({ data, parentElement, setTriggerValue }) {
  const list = lists.get(parentElement) ?? made(parentElement);
  lists.set(parentElement, list);
  list.press = (position) => setTriggerValue("press", position);
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
    const position = list.buttons.indexOf(event.target.closest("button"));
    if (position >= 0) list.press(position);
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
  const positions = {
    ArrowRight: from + 1, ArrowDown: from + 1, ArrowLeft: from - 1, ArrowUp: from - 1,
    Home: 0, End: last,
  };
  if (from < 0 || positions[event.key] === undefined) return;
  event.preventDefault();
  const to = Math.max(0, Math.min(positions[event.key], last));
  hold(list, to);
  list.buttons[to].focus();
}

function hold(list, position) {
  list.buttons.forEach((button, own) => { button.tabIndex = own === position ? 0 : -1; });
}
