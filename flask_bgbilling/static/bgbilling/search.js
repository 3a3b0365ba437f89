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

// Suggestions: an editable combobox with a list (ARIA authoring practices).
const partsOf = (element) => {
  const combobox = element.closest?.("[data-bgb-combobox]");
  return combobox && {
    name: combobox.dataset.bgbCombobox,
    input: combobox.querySelector("[role=combobox]"),
    id: combobox.querySelector("input[type=hidden]"),
    list: combobox.querySelector("[role=listbox]"),
  };
};

const show = (parts, open) => {
  parts.list.hidden = !open;
  parts.input.setAttribute("aria-expanded", String(open));
  if (!open) mark(parts, null);
};

const mark = (parts, option) => {
  for (const other of parts.list.children) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    parts.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    parts.input.removeAttribute("aria-activedescendant");
  }
};

const forgetHouse = (element) => {
  const row = element.closest("details");
  for (const field of row.querySelectorAll("[name=house], [name=house_id]")) field.value = "";
};

const choose = (parts, option) => {
  parts.input.value = option.textContent;
  parts.id.value = option.dataset.bgbId;
  if (parts.name === "street") forgetHouse(parts.input);
  show(parts, false);
  parts.input.focus();
};

document.addEventListener("input", (event) => {
  const parts = event.target.getAttribute?.("role") === "combobox" && partsOf(event.target);
  if (!parts) return;
  // The text no longer is the one that was chosen.
  parts.id.value = "";
  if (parts.name === "street") forgetHouse(parts.input);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.getAttribute("role") !== "listbox") return;
  const parts = partsOf(event.target);
  show(parts, parts.list.childElementCount > 0 && document.activeElement === parts.input);
});

document.addEventListener("keydown", (event) => {
  const parts = event.target.getAttribute?.("role") === "combobox" && partsOf(event.target);
  if (!parts || parts.list.hidden) return;
  const options = [...parts.list.children];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") mark(parts, options[Math.min(at + 1, options.length - 1)]);
  else if (event.key === "ArrowUp") mark(parts, options[Math.max(at - 1, 0)]);
  else if (event.key === "Enter" && at >= 0) choose(parts, options[at]);
  else if (event.key === "Escape") show(parts, false);
  else return;
  event.preventDefault();
}, true);

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("[data-bgb-combobox] [role=option]");
  if (!option) return;
  event.preventDefault();
  choose(partsOf(option), option);
});

document.addEventListener("focusout", (event) => {
  const parts = event.target.getAttribute?.("role") === "combobox" && partsOf(event.target);
  if (parts) show(parts, false);
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
