// Every amount of money on the page that cannot be read whole, and how many amounts there are. An
// amount is measured where its own signs stand, in shadow trees too; what is scrolled away
// downwards is whole, what stands beyond a side or under an edge that hides it is not.
() => {
  const MONEY = /[+−-]?(?:[A-Z]{0,3}[$€£¥]|[A-Z]{3}\u00a0)\d[\d,]*(?:\.\d\d)?/g;
  const cut = [];
  let seen = 0;

  const parentOf = (node) => node.parentElement ?? node.getRootNode().host ?? null;

  function boxOf(text, start, end) {
    const range = document.createRange();
    range.setStart(text, start);
    range.setEnd(text, end);
    return range.getBoundingClientRect();
  }

  function hiddenBy(text, box) {
    let scrolls = false;
    for (let part = parentOf(text); part; part = parentOf(part)) {
      const style = getComputedStyle(part);
      const edge = part.getBoundingClientRect();
      if (style.visibility === "hidden" || style.clipPath !== "none") return "nobody";
      if (part === document.body) break;
      if (style.overflowX !== "visible" && (box.left < edge.left - 1 || box.right > edge.right + 1)) {
        return part.dataset?.testid ?? part.className ?? part.tagName;
      }
      if (/auto|scroll/.test(style.overflowY)) scrolls = true;
      const isUnder = box.top < edge.top - 3 || box.bottom > edge.bottom + 3;
      if (!scrolls && style.overflowY === "hidden" && edge.height && isUnder) {
        return part.dataset?.testid ?? part.className ?? part.tagName;
      }
    }
    return box.left < -1 || box.right > innerWidth + 1 ? "the window" : "";
  }

  function judge(text) {
    for (const found of text.textContent.matchAll(MONEY)) {
      const box = boxOf(text, found.index, found.index + found[0].length);
      if (!box.width || !box.height) continue;
      const by = hiddenBy(text, box);
      if (by === "nobody") continue;
      seen += 1;
      if (by) cut.push(`${found[0]} by ${by}`);
    }
  }

  function walk(root) {
    for (const node of root.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) judge(node);
      else if (node.nodeType === Node.ELEMENT_NODE && !/^(SCRIPT|STYLE)$/.test(node.tagName)) {
        if (node.shadowRoot) walk(node.shadowRoot);
        walk(node);
      }
    }
  }

  walk(document.querySelector("[data-testid=stMain]"));
  for (const over of document.querySelectorAll("[role=dialog]")) walk(over);
  return { seen, cut };
}
