// The search form and its results. Without it everything works by plain links and buttons.

const formOf = (element) => element.closest?.("[data-bgb-search-form]");

// Enter in a field means the search of its own row, not the box on top.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || event.target.tagName !== "INPUT") return;
  const button = event.target.closest("[data-bgb-kind]")?.querySelector("button[name=by]");
  const form = formOf(event.target);
  if (!button || !form) return;
  event.preventDefault();
  form.requestSubmit(button);
});

// The address holds what is searched for and nothing else: no empty fields, no fields of other rows.
let sending = null;
document.addEventListener("submit", (event) => {
  if (formOf(event.target)) sending = event.submitter?.value || "smart";
});
document.addEventListener("formdata", (event) => {
  if (!sending || !formOf(event.target)) return;
  const foreign = new Set(sending === "smart" ? [] : ["q"]);
  for (const row of event.target.querySelectorAll("details[data-bgb-kind]")) {
    if (row.dataset.bgbKind === sending) continue;
    for (const control of row.querySelectorAll("[name]")) if (control.name !== "by" && control.name !== "show") foreign.add(control.name);
  }
  sending = null;
  const names = new Set(event.formData.keys());
  for (const name of names) {
    const values = foreign.has(name) ? [] : event.formData.getAll(name).filter(Boolean);
    event.formData.delete(name);
    for (const value of values) event.formData.append(name, value);
  }
}, true);

document.addEventListener("change", (event) => {
  const list = event.target.closest?.("#bgb-billings");
  const shown = list?.closest("details")?.querySelector("[data-bgb-billings-shown]");
  if (!shown) return;
  const chosen = [...list.querySelectorAll("input:checked")].map((box) => box.nextElementSibling.textContent);
  shown.textContent = chosen.join(", ") || shown.dataset.bgbAll;
});

// Blocks arrive in any order; once all are there the document gets the order that is seen.
const complete = () => {
  const results = document.querySelector("[data-bgb-results]");
  if (!results) return;
  const focused = document.activeElement;
  const blocks = [...results.querySelectorAll("[data-bgb-block]")];
  const sorted = blocks.toSorted((a, b) => a.dataset.bgbOrder - b.dataset.bgbOrder);
  if (sorted.some((block, at) => block !== blocks[at])) {
    results.append(...sorted);
    if (results.contains(focused)) focused.focus();
  }
  for (const waiting of results.querySelectorAll(".bgb-waiting")) waiting.remove();
  const items = results.querySelectorAll("[data-bgb-item]");
  // The only hit: Enter opens it at once.
  if (items.length === 1 && document.activeElement === document.body) items[0].focus();
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", complete);
else complete();

// After paging or retrying, the keyboard goes on in the new block.
document.addEventListener("htmx:afterSettle", (event) => {
  const block = event.target.closest?.("[data-bgb-block]");
  if (block && document.activeElement === document.body) block.querySelector("[data-bgb-item], .bgb-block a")?.focus();
});
