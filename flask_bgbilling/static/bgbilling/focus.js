// What is exchanged loses the focus with it: what stands in its place gets it, or else the piece that is new. A form
// of the card sees to its own focus before; a focus that has gone elsewhere meanwhile stays there.

const lost = new WeakMap();

const note = ({ detail }) => {
  const at = document.activeElement;
  if (at !== document.body && detail.target?.contains(at)) lost.set(detail.xhr, at);
};

const told = (element) => element.textContent.trim();

// A link or a control of the same use; of several the one that looks the same. Of links the only one of these words is
// good, too: the next page leads elsewhere each time. A button of other words or another row never is.
const heir = (piece, before) => {
  const alike = [...piece.querySelectorAll(before.localName)];
  const use = (one) => [one.id, one.name, one.value, one.getAttribute("href")].join(" ");
  const likeness = (one) => 2 * (told(one) === told(before)) + (one.className === before.className);
  const same = alike.filter((one) => use(one) === use(before)).sort((one, other) => likeness(other) - likeness(one));
  const worded = alike.filter((one) => told(one) === told(before));
  if (before.matches("button")) return same.find((one) => worded.includes(one));
  return same[0] ?? (before.matches("a") && worded.length === 1 ? worded[0] : null);
};

document.addEventListener("htmx:beforeRequest", note);
document.addEventListener("htmx:beforeSwap", note);

document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
  const before = lost.get(detail.xhr);
  lost.delete(detail.xhr);
  if (!before || document.activeElement !== document.body) return;
  const piece = detail.target.isConnected ? detail.target : target;
  const next = before.isConnected ? before : heir(piece, before);
  if (!next && !piece.hasAttribute("tabindex")) piece.tabIndex = -1;
  (next ?? piece).focus({ preventScroll: true });
});
