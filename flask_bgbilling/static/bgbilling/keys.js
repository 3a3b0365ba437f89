// Keyboard for pages with lists: "/" leads to the box, arrows walk over the items of all lists, Enter is the link's own.
// A page takes part with data-bgb-keys on its root and data-bgb-item on the links to walk over. A page without a box
// names the page that has one: data-bgb-search-page.

const editable = (element) => Boolean(element?.closest?.("input, textarea, select, [contenteditable]"));

const place = (item) => Number(item.closest("[data-bgb-order]")?.dataset.bgbOrder ?? -1);

// The order that is seen, which is not the order of arrival.
const itemsOf = (root) => {
  const visible = [...root.querySelectorAll("[data-bgb-item]")].filter((item) => item.offsetParent !== null);
  return visible.map((item, at) => [place(item), at, item]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((entry) => entry[2]);
};

const rootOf = (target) => target.closest?.("[data-bgb-keys]") ?? document.querySelector("[data-bgb-keys]");

const box = (root) => root?.querySelector("[data-bgb-search-input]");

const toBox = (root) => {
  const input = box(root);
  input?.focus();
  input?.select();
  return Boolean(input);
};

const walk = (root, event) => {
  const items = itemsOf(root);
  const at = items.indexOf(event.target);
  const inBox = event.target === box(root);
  if (at < 0 && !inBox && event.target !== document.body) return false;
  const goal = {
    ArrowDown: items[at + 1],
    ArrowUp: at < 0 ? null : items[at - 1] ?? box(root),
    Home: at < 0 ? null : items[0],
    End: at < 0 ? null : items.at(-1),
    Escape: at < 0 ? null : box(root),
  }[event.key];
  goal?.focus();
  goal?.scrollIntoView?.({ block: "nearest" });
  return Boolean(goal);
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const root = rootOf(event.target);
  if (!root) {
    const search = event.key === "/" && !editable(event.target) && document.querySelector("[data-bgb-search-page]");
    if (search) location.assign(search.dataset.bgbSearchPage);
    return;
  }
  // The box has the focus already when a page is opened: the key then must not write itself into it.
  const free = !editable(event.target) || (event.target === box(root) && event.target.value === "");
  const handled = event.key === "/" ? free && toBox(root) : !event.shiftKey && walk(root, event);
  if (handled) event.preventDefault();
});
