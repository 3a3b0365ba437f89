// A table that is wider than its window scrolls, and then the keyboard must reach it; one that fits is no tab stop.
// On a phone its rows are stacked instead, each value with the name of its column. Sheets whose columns are compared
// with each other (bgb-compact) keep them.

const phone = matchMedia("(max-width: 640px)");

function name(table) {
  const names = [];
  let said = false;
  for (const head of table.tHead.rows[0].cells) {
    // The first text says what the row is; a heading only for screen readers has nothing to tell the others.
    const text = !head.classList.contains("bgb-num");
    const silent = (text && !said) || head.querySelector(".bgb-hidden");
    said ||= text;
    names.push(...Array(head.colSpan).fill(silent ? "" : head.textContent.trim()));
  }
  for (const row of table.querySelectorAll(":is(tbody, tfoot) > tr")) {
    let column = 0;
    for (const cell of row.cells) {
      if (cell.tagName === "TD" && names[column] && cell.colSpan === 1) cell.dataset.bgbLabel = names[column];
      cell.classList.toggle("bgb-blank", cell.childElementCount === 0 && ["", "—"].includes(cell.textContent.trim()));
      column += cell.colSpan;
    }
  }
}

function mark() {
  for (const region of document.querySelectorAll(".bgb .bgb-scroll")) {
    region.classList.remove("bgb-stacked");
    const table = region.querySelector(":scope > .bgb-table");
    const wide = () => region.scrollWidth > region.clientWidth;
    if (wide() && phone.matches && table?.tHead?.rows.length && !table.classList.contains("bgb-compact")) {
      name(table);
      region.classList.add("bgb-stacked");
    }
    if (wide()) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  }
}

addEventListener("resize", mark);
document.addEventListener("htmx:afterSwap", mark);
document.addEventListener("htmx:afterSettle", mark);
mark();
