// A message to process. Ticking a contract opens its card beside; without a script its number is a link to it.

document.addEventListener("change", (event) => {
  const box = event.target.closest?.("[data-bgb-tick]");
  if (!box?.checked || !window.htmx) return;
  box.closest("tr")?.querySelector("[data-bgb-beside]")?.click();
});

// Whose card stands beside.
document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.detail.elt.closest?.("[data-bgb-beside]");
  if (!link) return;
  for (const other of document.querySelectorAll("[data-bgb-beside][aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
});
