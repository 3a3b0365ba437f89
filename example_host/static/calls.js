// Who is calling pops up on the open page: the number at once, the processing screen of the call beside it as soon as it
// is there. It takes no focus and changes nothing of what is being typed; on a page with something typed the call opens
// in another tab. F2 leads to the call, Esc closes it, in whichever tab.

const EVERY = 700;
const UNSEEN = 5000;
const PATIENCE = 5000;
const WIDE = "(min-width: 900px)";

const place = document.querySelector("[data-crm-calls]");
const known = place && `crm.calls.${place.dataset.crmPerson}`;
const title = document.title;
let typed = false;
let waiting = 0;

const since = () => Number(localStorage.getItem(known)) || 0;

const article = () => place.querySelector("[data-crm-call]");

const show = () => {
  const first = article();
  place.hidden = !first;
  document.title = first ? `☎ ${first.dataset.crmNumber} · ${title}` : title;
  if (!first) place.replaceChildren();
};

// What is dealt with does not come back, here and on the other pages of the person.
const close = () => {
  const numbers = [...place.querySelectorAll("[data-crm-call]")].map((call) => Number(call.dataset.crmCall));
  localStorage.setItem(known, Math.max(since(), ...numbers));
  forget();
};

const forget = () => {
  const within = place.contains(document.activeElement);
  for (const call of place.querySelectorAll("[data-crm-call]")) {
    if (Number(call.dataset.crmCall) <= since()) call.remove();
  }
  show();
  if (within) document.querySelector("main a, main button, main input")?.focus();
};

// Loading takes as long as the billings do: until then the place says so.
const frame = (call) => {
  const notice = document.createElement("p");
  notice.className = "crm-loading";
  notice.ariaLive = "off";
  notice.textContent = place.dataset.crmLoading;
  const screen = document.createElement("iframe");
  screen.className = "crm-caller";
  screen.title = `${place.dataset.crmFrameTitle}: ${call.dataset.crmNumber}`;
  screen.src = call.dataset.crmFrame;
  screen.addEventListener("load", () => notice.remove(), { once: true });
  place.append(notice, screen);
};

// The page of a call is its answer: nothing lies over it, and the call does not come back elsewhere.
const answered = (call) => {
  if (new URL(call.dataset.crmFrame, location.href).pathname !== location.pathname) return false;
  localStorage.setItem(known, Math.max(since(), Number(call.dataset.crmCall)));
  return true;
};

// Who calls again is there once, with the latest call.
const replaceEarlier = (call) => {
  for (const other of place.querySelectorAll("[data-crm-call]")) {
    if (call.dataset.crmSender && other.dataset.crmSender === call.dataset.crmSender) other.remove();
  }
};

// A second call comes on top of the first one, whose screen stays: somebody may be working in it.
const put = (fresh) => {
  for (const call of [...fresh].reverse()) {
    if (document.getElementById(call.id) || Number(call.dataset.crmCall) <= since()) continue;
    if (answered(call)) continue;
    replaceEarlier(call);
    place.prepend(document.adoptNode(call));
    if (!place.querySelector("iframe") && matchMedia(WIDE).matches) frame(call);
  }
  show();
};

const look = async () => {
  const address = new URL(place.dataset.crmCalls, location.href);
  address.searchParams.set("since", since());
  const stop = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(address, { credentials: "same-origin", redirect: "manual", signal: stop });
  if (answer.status === 200) {
    put(new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-crm-call]"));
  }
  // Signed out, or not granted any more: nobody asks again.
  return answer.type !== "opaqueredirect" && (answer.status < 400 || answer.status >= 500);
};

// A page that nobody sees asks seldom, and at once when it is seen again.
const again = async () => {
  waiting = 0;
  const goes = await look().catch(() => true);
  if (goes) waiting = setTimeout(again, document.hidden ? UNSEEN : EVERY);
};

const seen = () => {
  if (document.hidden || !waiting) return;
  clearTimeout(waiting);
  again();
};

// Leaving a page with something typed would lose it: the call then opens beside.
const leave = (link) => {
  const call = link.closest("[data-crm-call]");
  link.target = typed ? "_blank" : "";
  localStorage.setItem(known, Math.max(since(), Number(call.dataset.crmCall)));
  setTimeout(forget);
};

const key = (event) => {
  if (!article() || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "F2") place.querySelector("[data-crm-answer]").focus();
  else if (event.key === "Escape") close();
  else return;
  // Forms of the page are cancelled by Esc, too: this one was meant for the call.
  event.preventDefault();
  event.stopImmediatePropagation();
};

if (place) {
  document.addEventListener("keydown", key, { capture: true });
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method !== "get" && !place.contains(form)) typed = true;
  });
  document.addEventListener("submit", () => (typed = false));
  place.addEventListener("click", (event) => {
    const link = event.target.closest("[data-crm-answer]");
    if (link) leave(link);
    else if (event.target.closest("[data-crm-dismiss]")) close();
  });
  document.addEventListener("visibilitychange", seen);
  addEventListener("storage", (event) => event.key === known && forget());
  addEventListener("message", (event) => {
    if (event.origin === location.origin && event.data === "crm-close") close();
  });
  again();
} else if ("crmFramed" in document.body.dataset && parent !== window) {
  // The screen of a call inside the page: Esc that no form has taken closes it from within.
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) parent.postMessage("crm-close", location.origin);
  });
}
