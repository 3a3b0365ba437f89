// Arrows walk over the lines of a list, Home and End lead to its ends; Enter is the link's own. A list takes part with
// data-crm-keys, its links with data-crm-item. From the page the first arrow leads into the list.

const FIELD = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest?.(FIELD)) return;
  const items = [...document.querySelectorAll("[data-crm-keys] [data-crm-item]")];
  const at = items.indexOf(document.activeElement);
  if (at < 0 && document.activeElement !== document.body) return;
  const goal = {
    ArrowDown: items[at + 1],
    ArrowUp: at > 0 ? items[at - 1] : null,
    Home: at < 0 ? null : items[0],
    End: at < 0 ? null : items.at(-1),
  }[event.key];
  if (!goal) return;
  event.preventDefault();
  goal.focus();
  goal.scrollIntoView({ block: "nearest" });
});
