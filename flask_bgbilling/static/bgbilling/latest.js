// Of several sections on their way the one that was asked for last is shown, whichever answer comes last.

const TARGET = "bgb-section";
let asked = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === TARGET) asked = event.detail.xhr;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (target?.id !== TARGET) return;
  // The first request of a page may be older than this script, which does not wait for the page to be complete.
  if (asked && xhr !== asked) event.detail.shouldSwap = false;
  else if (!target.isConnected) event.detail.target = document.getElementById(TARGET) ?? target;
});
