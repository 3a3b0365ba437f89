// Of several sections on their way the one that was asked for last is shown, whichever answer comes last. A form that
// was sent after it may still put its own section in the place. A section that loads itself as soon as it is seen makes
// way for what a person has asked for meanwhile. This stands before htmx: the first request of a page counts, too.

const TARGET = "bgb-section";
const numbers = new WeakMap();
const underWay = new Set();
let sent = 0;
let asked = 0;

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target, xhr } = event.detail;
  const itself = elt.id === TARGET;
  if (!itself) sent += 1;
  numbers.set(xhr, sent);
  if (itself || target?.id !== TARGET) return;
  asked = sent;
  underWay.add(xhr);
});

document.addEventListener("htmx:afterRequest", (event) => underWay.delete(event.detail.xhr));

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (target?.id !== TARGET) return;
  const late = requestConfig.elt.id === TARGET && underWay.size > 0;
  if (late || (numbers.get(xhr) ?? 0) < asked) event.detail.shouldSwap = false;
});
