// What can be pressed now, each marked with a number: in what lies on top (a dialog, a menu, a list
// to choose from), else on the page. {kind, name, nth, number}: `nth` of those alike.
() => {
  const PRESSABLE =
    'a[href], button, summary, [role=button], [role=tab], [role=combobox], [role=option], ' +
    '[role=menuitem], [role=switch], [role=radio], input[type=checkbox], ' +
    '.js-plotly-plot g.point path';
  // What stands as chosen already changes nothing when it is pressed again.
  const CHOSEN = '[aria-checked=true], [aria-selected=true], [aria-current=page]';
  const LAYERS =
    '[role=listbox], [role=menu], [data-testid=stPopoverBody], [data-testid=stMainMenuPopover], ' +
    '[role=dialog]';
  const there = (one) => {
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const within = box.right > 0 && box.left < innerWidth;  // a folded sidebar stands outside
    return box.width > 1 && box.height > 1 && within && style.visibility !== 'hidden';
  };
  const layers = [...document.querySelectorAll(LAYERS)].filter(there);
  const layer = layers.find((one) => !layers.some((other) => other !== one && one.contains(other)));
  // Another program's address opens that program, if there is one.
  const ELSEWHERE = 'a[href^="webcal:"], a[href^="mailto:"]';
  // The arrow of a list to choose from does what the list itself does.
  const off = (one) =>
    one.disabled || one.matches(ELSEWHERE) || one.closest('[role=group] [role=combobox] ~ button') || one.closest('[inert], [aria-hidden=true], [aria-disabled=true]');
  const host = (one) => {
    const root = one.getRootNode();
    return root instanceof ShadowRoot ? host(root.host) : one;
  };
  const spot = (one) => {
    const keyed = host(one).closest('[class*="st-key-"]');
    const near = host(one).closest('[data-testid]');
    return keyed
      ? [...keyed.classList].find((name) => name.startsWith('st-key-')).slice(7)
      : near ? near.dataset.testid : one.tagName.toLowerCase();
  };
  const part = (one) =>
    one.closest('svg.main-svg') ? 'bar'
    : one.closest('tr, [role=row]') ? 'row'
    : one.getAttribute('role') || one.tagName.toLowerCase();
  const inside = (one) => (host(one).closest('[data-testid=stSidebar]') ? 'sidebar ' : '');
  const named = (one) =>
    (one.getAttribute('aria-label') || one.innerText || one.getAttribute('title') || '')
      .trim().replace(/\s+/g, ' ').slice(0, 80);
  const found = [];
  const forget = (node) => {
    for (const one of node.querySelectorAll('*')) {
      one.removeAttribute('data-walk');
      if (one.shadowRoot) forget(one.shadowRoot);
    }
  };
  const walk = (node) => {
    for (const one of node.querySelectorAll('*')) {
      if (one.shadowRoot) walk(one.shadowRoot);
      if (one.matches(PRESSABLE) && !one.matches(CHOSEN) && there(one) && !off(one)) {
        found.push(one);
      }
    }
  };
  forget(document);
  walk(layer || document.querySelector('[data-testid=stApp]'));
  const alike = new Map();
  return found.map((one, number) => {
    // A switch is pressed by its words: its own box is drawn over.
    (one.matches('input') ? one.closest('label') || one : one).setAttribute('data-walk', number);
    const press = { kind: `${inside(one)}${spot(one)} ${part(one)}`, name: named(one), number };
    const both = `${press.kind}|${press.name}`;
    press.nth = alike.get(both) || 0;
    alike.set(both, press.nth + 1);
    return press;
  });
}
