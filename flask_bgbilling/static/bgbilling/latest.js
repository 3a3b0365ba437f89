// Of several sections on their way the one that was asked for last is shown, whichever answer comes last. A form that
// was sent after it may still put its own section in the place.

const TARGET = "bgb-section";
const numbers = new WeakMap();
let sent = 0;
let asked = 0;

document.addEventListener("htmx:beforeRequest", (event) => {
  sent += 1;
  numbers.set(event.detail.xhr, sent);
  if (event.detail.target?.id === TARGET) asked = sent;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target?.id !== TARGET) return;
  // The first request of a page may be older than this script, which does not wait for the page to be complete.
  if ((numbers.get(xhr) ?? 0) < asked) event.detail.shouldSwap = false;
  else if (!target.isConnected) event.detail.target = document.getElementById(TARGET) ?? target;
});
