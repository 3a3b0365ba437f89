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

// The only contract that was found is whose card is wanted: it opens by itself, once. In a frame of the host - a call
// that has popped up - the card is what should be seen first.
addEventListener("load", () => {
  const links = document.querySelectorAll("[data-bgb-message] [data-bgb-beside]");
  const place = document.getElementById("bgb-beside");
  if (links.length !== 1 || !window.htmx || !place?.querySelector(".bgb-empty")) return;
  links[0].click();
  if (parent === window) return;
  place.addEventListener("htmx:afterSwap", () => scrollTo(0, place.getBoundingClientRect().top + scrollY - 8), { once: true });
});
