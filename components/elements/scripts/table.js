// A table of ready words. Whatever stands in a cell is somebody's text: it is only ever put in as
// text. A press, by whichever hand, answers with the key of its row.

import "./over.js";

const RIGHT = new Set(["said", "money", "signed", "number"]);
const tables = new WeakMap();

export default function draw({ data, parentElement, setTriggerValue }) {
  const table = tables.get(parentElement) ?? made(parentElement);
  tables.set(parentElement, table);
  table.press = (key) => setTriggerValue("press", key);
  const held = keyAt(table, parentElement.activeElement);
  fill(table, data);
  if (held !== undefined) focusOn(table, held);
  return () => {
    table.sizes.disconnect();
    table.gone?.disconnect();
    tables.delete(parentElement);
  };
}

function made(parent) {
  const frame = add(parent, "div", "frame");
  const table = { frame, rows: [], sizes: new ResizeObserver(() => share(table)) };
  frame.addEventListener("click", (event) => pressed(table, event));
  frame.addEventListener("keydown", (event) => move(table, event));
  frame.addEventListener("focusin", (event) => hold(table, event.target.closest("tr")));
  frame.addEventListener("mouseover", (event) => tellWhole(event.target));
  table.sizes.observe(frame);
  return table;
}

function fill(table, data) {
  const drawn = document.createElement("table");
  table.drawn = drawn;
  table.frame.className = ["frame", data.opens && "opens", data.tall && "tall"]
    .filter(Boolean).join(" ");
  add(drawn, "caption", "", data.label);
  const heads = add(add(drawn, "thead"), "tr");
  for (const column of data.columns) {
    const head = add(heads, "th", classOf(column));
    head.scope = "col";
    add(head, "span", "", column.label);
  }
  const body = add(drawn, "tbody");
  table.rows = data.rows.map((row) => added(body, row, data));
  table.frame.replaceChildren(drawn);
  hold(table, table.rows[0]?.line);
  share(table);
}

function added(body, row, data) {
  const line = add(body, "tr", row.urgent ? "urgent" : "");
  const cells = row.cells.map((words, position) => {
    const cell = add(line, "td", classOf(data.columns[position]));
    const isKey = data.opens && position === 0;
    const held = isKey || data.columns[position].kind === "text" ? add(cell, isKey ? "button" : "span") : cell;
    held.textContent = words;
    return held;
  });
  if (!data.opens) return { key: row.key, line };
  const button = cells[0];
  button.type = "button";
  button.tabIndex = -1;
  button.setAttribute("aria-label", row.cells.filter(Boolean).join(", "));
  return { key: row.key, line, button };
}

function classOf(column) {
  return [
    { text: "words", prose: "prose" }[column.kind] ?? "whole",
    RIGHT.has(column.kind) && "right",
    column.kind === "days" && "days",
    column.aside && "aside",
  ].filter(Boolean).join(" ");
}

function add(parent, kind, name = "", words = "") {
  const element = document.createElement(kind);
  if (name) element.className = name;
  if (words) element.textContent = words;
  return parent.appendChild(element);
}

// Pressing ------------------------------------------------------------------------------------

function pressed(table, event) {
  const row = table.rows.find((one) => one.line === event.target.closest("tr"));
  if (!row?.button || isSelecting(table.frame, event)) return;
  row.button.focus({ preventScroll: true });
  comeBackTo(table, row.key);
  table.press(row.key);
}

// Words that somebody marks to copy them are not a press; a keyboard's press has no detail.
function isSelecting(frame, event) {
  const root = frame.getRootNode();
  const selection = root.getSelection?.() ?? document.getSelection();
  return event.detail > 0 && selection !== null && !selection.isCollapsed
    && frame.contains(selection.anchorNode);
}

// What a press opens lies over the page; when it closes, the row has the keyboard again.
function comeBackTo(table, key) {
  table.gone?.disconnect();
  let wasOpen = false;
  table.gone = new MutationObserver(() => {
    const isOpen = document.querySelector('[role="dialog"]') !== null;
    if (wasOpen && !isOpen) {
      table.gone.disconnect();
      requestAnimationFrame(() => focusOn(table, key));
    }
    wasOpen = isOpen;
  });
  table.gone.observe(document.body, { childList: true, subtree: true });
}

// By keyboard ---------------------------------------------------------------------------------

function move(table, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const from = table.rows.findIndex((row) => row.line === event.target.closest("tr"));
  const last = table.rows.length - 1;
  const positions = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: last };
  const to = positions[event.key];
  if (from < 0 || to === undefined) return;
  event.preventDefault();
  table.rows[Math.max(0, Math.min(to, last))].button?.focus();
}

// One row is reached by Tab, the others from it: the list below is never fifty presses away.
function hold(table, line) {
  for (const row of table.rows) if (row.button) row.button.tabIndex = row.line === line ? 0 : -1;
}

function keyAt(table, focused) {
  return table.rows.find((row) => focused && row.button === focused)?.key;
}

function focusOn(table, key) {
  table.rows.find((row) => row.key === key)?.button?.focus({ preventScroll: true });
}

// Room ----------------------------------------------------------------------------------------

// Figures and days take what they need. Words share what is left so that the short ones stay whole,
// and those that even a phone shows have the larger share.
function share(table) {
  const heads = [...table.drawn.tHead.rows[0].cells];
  const widths = needed(table, heads);
  const left = table.frame.clientWidth - sum(widths);
  if (left >= 0) widths.forEach((width, position) => { widths[position] *= 1 + left / sum(widths); });
  else shrinkWords(heads, widths, left);
  heads.forEach((head, position) => { head.style.width = `${widths[position]}px`; });
  makeReachable(table);
}

function needed(table, heads) {
  for (const head of heads) head.style.width = "";
  table.drawn.classList.add("measured");
  const widths = heads.map((head) => head.getBoundingClientRect().width);
  table.drawn.classList.remove("measured");
  return widths;
}

function shrinkWords(heads, widths, left) {
  const weight = (position) => (heads[position].matches(".aside") ? 1 : 1.4);
  const words = [...heads.keys()].filter((position) => heads[position].matches(".words") && widths[position]);
  words.sort((one, other) => widths[one] / weight(one) - widths[other] / weight(other));
  let room = left + sum(words.map((position) => widths[position]));
  let weights = sum(words.map(weight));
  for (const position of words) {
    widths[position] = Math.max(0, Math.min(widths[position], (room * weight(position)) / weights));
    room -= widths[position];
    weights -= weight(position);
  }
}

function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0);
}

// A table that is wider than its place and has no rows to press is reached for its own sake.
function makeReachable({ frame, rows }) {
  const isWider = frame.scrollWidth > frame.clientWidth + 1;
  if (isWider && !rows[0]?.button) frame.tabIndex = 0;
  else frame.removeAttribute("tabindex");
}

// What has no room is whole under the mouse.
function tellWhole(cell) {
  const clipped = cell.scrollHeight > cell.clientHeight + 1 || cell.scrollWidth > cell.clientWidth + 1;
  if (cell.closest(".words") && clipped) cell.title = cell.textContent;
}
