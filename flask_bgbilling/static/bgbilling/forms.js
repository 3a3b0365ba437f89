// Forms that open in the place of a row or above a section. Cancel and Esc bring back what stood there, without asking
// the billing again; after a saved row the focus returns to where it came from. Without it Cancel is a plain link.

const replaced = new WeakMap();
let underWay = null;

const editorOf = (node) => node.closest?.("[data-bgb-editor]");

// What stood in the place of a form, without the marks of the request that is under way.
const copyOf = (element) => {
  const copy = element.cloneNode(true);
  for (const marked of [copy, ...copy.querySelectorAll(".htmx-request")]) marked.classList.remove("htmx-request");
  return copy;
};

const links = () => [...document.querySelectorAll("#bgb-section [data-bgb-edit]")];

// The link that opened the form gets the focus back: itself, what stands in its place now, or the section.
const focusAgain = ({ href, index }) => {
  const found = links().find((link) => link.getAttribute("href") === href) ?? links()[index];
  (found ?? document.getElementById("bgb-section"))?.focus();
};

// Where the cursor starts in a form: what is wrong, what the form wants, the chosen one of several, the first field, or
// where there is nothing to type its button.
const startOf = (editor) => {
  const field = editor.querySelector("[aria-invalid=true]")
    ?? editor.querySelector("[autofocus]")
    ?? editor.querySelector(".bgb-form-fields :is(input, select, textarea):not([type=hidden], :disabled)")
    ?? editor.querySelector(".bgb-form-foot :is(button, a)");
  if (field?.type !== "radio") return field;
  return editor.querySelector(`input[type=radio][name="${CSS.escape(field.name)}"]:checked`) ?? field;
};

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  const from = requestConfig?.elt;
  // The head and the tree, which read themselves again meanwhile, are no business of a form.
  if (!target || !from || !target.matches("#bgb-section, #bgb-section *")) return;
  underWay = null;
  if (from.matches("[data-bgb-edit]")) {
    const before = replaced.get(target)?.before ?? copyOf(target);
    underWay = { before, href: from.getAttribute("href"), index: links().indexOf(from) };
  } else if (from.matches(".bgb-form")) {
    underWay = replaced.get(editorOf(from)) ?? {};
  }
});

// A form can be cancelled as soon as it is there: the browser gives it the focus before it has settled.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (!underWay?.before) return;
  const editor = target.matches("[data-bgb-editor]") ? target : target.querySelector("[data-bgb-editor]");
  if (editor) replaced.set(editor, underWay);
});

document.addEventListener("htmx:load", (event) => {
  const loaded = event.detail.elt;
  if (!underWay || !loaded.matches?.("[data-bgb-editor], tr, #bgb-section")) return;
  const known = underWay;
  underWay = null;
  if (loaded.matches("[data-bgb-editor]")) {
    document.querySelector("#bgb-section > .bgb-said")?.remove();
    const field = startOf(loaded);
    field?.focus();
    if (field?.type === "text") field.select();
  } else {
    focusAgain(known);
  }
});

const cancel = (editor) => {
  const known = replaced.get(editor);
  if (!known) return false;
  editor.replaceWith(known.before);
  globalThis.htmx?.process(known.before);
  focusAgain(known);
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

// A form of one line is saved by Enter in a list, too; its arrows choose, the space bar opens it.
document.addEventListener("keydown", (event) => {
  const form = event.key === "Enter" && event.target.matches?.("select") && event.target.closest(".bgb-one-line");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  form.requestSubmit();
});

// Enter begins a new line in a long text; with Ctrl or Cmd it saves there, too.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  const form = event.target.matches?.("textarea") && event.target.closest(".bgb-form");
  if (!form) return;
  event.preventDefault();
  if (!form.querySelector(".bgb-form-foot button:disabled")) form.requestSubmit();
});

// A key that is held down answers no question: the Enter that opened a deletion must not confirm it.
document.addEventListener("keydown", (event) => {
  const answer = event.key === "Enter" && event.repeat && !event.target.matches?.("textarea");
  if (answer && event.target.closest?.(".bgb-form")) event.preventDefault();
}, true);

// What was saved is said for a moment, also to those who do not see it.
let fading = 0;
document.addEventListener("bgb-changed", (event) => {
  const place = document.getElementById("bgb-said");
  if (!place || !event.detail?.said) return;
  place.classList.toggle("bgb-hidden", Boolean(document.querySelector("#bgb-section > .bgb-said")));
  place.textContent = event.detail.said;
  clearTimeout(fading);
  fading = setTimeout(() => place.replaceChildren(), 4000);
});

// What is meant for browsers without scripts comes alive in a piece that was read later, and would be sent with its form.
document.addEventListener("htmx:load", ({ detail }) => {
  for (const plain of detail.elt.querySelectorAll("noscript")) plain.remove();
});

// More rows of the same kind: the last one is copied without its values.
document.addEventListener("click", (event) => {
  const more = event.target.closest?.("[data-bgb-more]");
  const less = event.target.closest?.("[data-bgb-less]");
  if (more) {
    const rows = more.closest("[data-bgb-several]").querySelector("[data-bgb-several-rows]");
    const row = rows.lastElementChild.cloneNode(true);
    for (const field of row.querySelectorAll("input")) {
      field.value = "";
      field.removeAttribute("aria-invalid");
    }
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
