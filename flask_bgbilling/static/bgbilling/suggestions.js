// Suggestions of streets and houses: editable comboboxes with a list (ARIA authoring practices). Without a script they
// are plain fields.
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
  if (open) return;
  mark(parts, null);
  parts.list.replaceChildren();
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
  const fields = element.closest("[data-bgb-address]");
  for (const field of fields.querySelectorAll("[name=house], [name=house_id]")) field.value = "";
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
