// The contract card: copying, the marked line of the tree, arrow keys in the tree. Without it the card still works.

const ready = (root) => {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-bgb-copy][hidden]")) button.hidden = false;
};

const labels = new WeakMap();

const copy = async (button) => {
  await navigator.clipboard.writeText(button.dataset.bgbCopy);
  if (!labels.has(button)) labels.set(button, [...button.childNodes]);
  button.replaceChildren(button.dataset.bgbCopied);
  setTimeout(() => button.replaceChildren(...labels.get(button)), 2000);
};

const mark = (card) => {
  const section = card.querySelector("#bgb-section");
  const key = section?.dataset.bgbKey;
  const here = location.pathname + location.search;
  const lines = [...card.querySelectorAll("[data-bgb-tree] a[data-bgb-key]")];
  const current = lines.find((line) => line.getAttribute("href") === here && line.dataset.bgbKey === key)
    ?? lines.find((line) => line.dataset.bgbKey === key);
  for (const line of lines) {
    if (line === current) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
  const reload = card.querySelector("[data-bgb-reload]");
  if (reload) reload.setAttribute("href", here);
};

const walk = (event) => {
  const line = event.target.closest?.("[data-bgb-tree] a");
  if (!line || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const lines = [...line.closest("[data-bgb-tree]").querySelectorAll("a")];
  const at = lines.indexOf(line);
  const goal = { ArrowDown: lines[at + 1], ArrowUp: lines[at - 1], Home: lines[0], End: lines.at(-1) }[event.key];
  if (goal) {
    event.preventDefault();
    goal.focus();
  } else if (event.key === "ArrowRight") {
    event.preventDefault();
    line.closest("[data-bgb-card]").querySelector("#bgb-section")?.focus();
  }
};

const back = (event) => {
  const section = event.target.closest?.("#bgb-section");
  if (!section || event.defaultPrevented || event.key !== "Escape" || event.target.closest("dialog, [role=listbox]")) return;
  const tree = section.closest("[data-bgb-card]")?.querySelector("[data-bgb-tree]");
  (tree?.querySelector("[aria-current]") ?? tree?.querySelector("a"))?.focus();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-bgb-copy]");
  if (button) copy(button);
});
document.addEventListener("keydown", walk);
document.addEventListener("keydown", back);
for (const name of ["htmx:afterSwap", "htmx:afterSettle", "htmx:pushedIntoHistory"]) {
  document.addEventListener(name, () => {
    for (const card of document.querySelectorAll("[data-bgb-card]")) mark(card);
  });
}
ready(document);
document.addEventListener("htmx:load", (event) => ready(event.target));
