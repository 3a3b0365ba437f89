// Forms that open in the place of a row or above a section. Cancel and Esc bring back what stood there, without asking
// the billing again; after a saved row the focus returns to where it came from. Without it Cancel is a plain link.

const replaced = new WeakMap();
let underWay = null;

const editorOf = (node) => node.closest?.("[data-bgb-editor]");

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (!target) return;
  const opens = requestConfig.elt.matches?.("[data-bgb-edit]");
  if (opens) underWay = { before: target.cloneNode(true), index: index(requestConfig.elt) };
  else if (replaced.has(target)) underWay = replaced.get(target);
});

// Which of the links of its row or section opened the form, to give it the focus back.
const index = (link) => {
  const around = link.closest("tr, #bgb-section");
  return around ? [...around.querySelectorAll("[data-bgb-edit]")].indexOf(link) : -1;
};

const focusAgain = (around, at) => {
  const links = around.matches?.("tr") ? around.querySelectorAll("[data-bgb-edit]") : document.querySelectorAll("#bgb-section [data-bgb-edit]");
  (links[at] ?? links[0])?.focus();
};

document.addEventListener("htmx:load", (event) => {
  const loaded = event.detail.elt;
  if (!underWay) return;
  if (loaded.matches?.("[data-bgb-editor]")) {
    replaced.set(loaded, underWay);
    const field = loaded.querySelector("[autofocus]") ?? loaded.querySelector(".bgb-form-fields :is(input, select, textarea):not([type=hidden])");
    field?.focus();
    if (field?.matches("input[type=text]")) field.select();
  } else if (loaded.matches?.("tr")) {
    focusAgain(loaded, underWay.index);
  }
  underWay = null;
});

const cancel = (editor) => {
  const known = replaced.get(editor);
  if (!known) return false;
  editor.replaceWith(known.before);
  globalThis.htmx?.process(known.before);
  focusAgain(known.before, known.index);
  return true;
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-bgb-cancel]");
  const editor = link && editorOf(link);
  if (editor && cancel(editor)) {
    event.preventDefault();
    event.stopPropagation();
  }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const editor = editorOf(event.target);
  if (editor && cancel(editor)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// What was saved is said for a moment, also to those who do not see it.
let fading = 0;
document.addEventListener("bgb-changed", (event) => {
  const place = document.getElementById("bgb-said");
  if (!place || !event.detail?.said) return;
  place.textContent = event.detail.said;
  clearTimeout(fading);
  fading = setTimeout(() => place.replaceChildren(), 4000);
});

// More rows of the same kind: the last one is copied without its values.
document.addEventListener("click", (event) => {
  const more = event.target.closest?.("[data-bgb-more]");
  const less = event.target.closest?.("[data-bgb-less]");
  if (more) {
    const rows = more.closest("[data-bgb-several]").querySelector("[data-bgb-several-rows]");
    const row = rows.lastElementChild.cloneNode(true);
    for (const field of row.querySelectorAll("input")) field.value = "";
    rows.append(row);
    row.querySelector("input")?.focus();
  } else if (less) {
    const row = less.closest("[data-bgb-several-row]");
    const rows = row.parentElement;
    if (rows.children.length > 1) row.remove();
    else for (const field of row.querySelectorAll("input")) field.value = "";
    rows.querySelector("input")?.focus();
  }
});
