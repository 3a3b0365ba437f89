// Of several sections on their way the one that was asked for last is shown, whichever answer comes last. A form that
// was sent after it may still put its own section in the place. A section that loads itself as soon as it is seen is
// older than whatever a person has asked for meanwhile.

const TARGET = "bgb-section";
const numbers = new WeakMap();
const underWay = new Set();
let sent = 0;
let asked = 0;

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target, xhr } = event.detail;
  if (elt.id === TARGET && underWay.size) {
    numbers.set(xhr, 0);
    return;
  }
  sent += 1;
  numbers.set(xhr, sent);
  if (target?.id !== TARGET) return;
  asked = sent;
  underWay.add(xhr);
});

document.addEventListener("htmx:afterRequest", (event) => underWay.delete(event.detail.xhr));

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target?.id !== TARGET) return;
  // The first request of a page may be older than this script, which does not wait for the page to be complete.
  if ((numbers.get(xhr) ?? 0) < asked) event.detail.shouldSwap = false;
  else if (!target.isConnected) event.detail.target = document.getElementById(TARGET) ?? target;
});
