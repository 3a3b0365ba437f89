// A table that is wider than its window scrolls, and then the keyboard must reach it; one that fits is no tab stop.

function mark() {
  for (const region of document.querySelectorAll(".bgb .bgb-scroll")) {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  }
}

addEventListener("resize", mark);
document.addEventListener("htmx:afterSettle", mark);
mark();
