// In every page that the tests look at: whether the app still owes an answer, and when what is drawn
// last changed. The interface itself says "not running" until the server has heard of a press.
(() => {
  const RERUN = 11; // BackMsg.rerun_script
  const FINISHED = 6; // ForwardMsg.script_finished
  const FOR_ANOTHER_RUN = 2; // FINISHED_EARLY_FOR_RERUN
  const watch = { owes: false, runs: 0, pressed: 0, stepped: 0, changed: 0, answered: 0 };
  window.watch = watch;

  // A message's own fields: of a number its value, of anything longer that it is there.
  const fields = (data) => {
    const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
    const found = new Map();
    let at = 0;
    const number = () => {
      let value = 0;
      for (let shift = 1; at < bytes.length; shift *= 128) {
        const byte = bytes[at++];
        value += (byte & 127) * shift;
        if (byte < 128) break;
      }
      return value;
    };
    while (at < bytes.length) {
      const tag = number();
      const kind = tag & 7;
      if (kind === 0) found.set(tag >>> 3, number());
      else if (kind === 2) {
        found.set(tag >>> 3, true);
        const length = number();
        at += length;
      } else return found;
    }
    return found;
  };

  const hear = ({ data }) => {
    const ended = data instanceof ArrayBuffer ? fields(data).get(FINISHED) : undefined;
    if (ended === undefined || ended === FOR_ANOTHER_RUN) return;
    watch.owes = false;
    watch.runs += 1;
    watch.answered = performance.now();
  };

  const heard = new WeakSet();
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (!heard.has(this)) {
      heard.add(this);
      this.addEventListener("message", hear);
    }
    if (typeof data !== "string" && fields(data).has(RERUN)) watch.owes = true;
    return send.call(this, data);
  };

  // A step through the history is taken later, and may ask the app for another page.
  for (const step of ["back", "forward", "go"]) {
    const taken = History.prototype[step];
    History.prototype[step] = function (...by) {
      watch.stepped = performance.now();
      return taken.apply(this, by);
    };
  }
  addEventListener("popstate", () => (watch.stepped = 0), { capture: true });

  for (const kind of ["click", "pointerup", "keydown", "input", "popstate"])
    addEventListener(kind, () => (watch.pressed = performance.now()), { capture: true });
  new MutationObserver(() => (watch.changed = performance.now())).observe(document, {
    childList: true,
    subtree: true,
  });
})();
