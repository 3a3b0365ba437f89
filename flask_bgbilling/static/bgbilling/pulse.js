// Keeps what changes by itself up to date. A [data-bgb-pulse] asks its address for what has changed since the moment
// it knows; elements of the answer take the places of those with the same id, when they differ. New rows go to the top
// of a [data-bgb-live-into]. Asked often while something is under way, seldom else, and not while nobody looks.

const OFTEN = 2000;
const SELDOM = 10000;
const FOCUSABLE = "a[href], button, input, select, summary";

const known = new WeakSet();
// As the server sent it: what other scripts have added on the page is no difference.
const sent = new Map();

const put = (place, fresh) => {
  const here = document.getElementById(fresh.id);
  const text = fresh.outerHTML;
  if (here && place.contains(here)) {
    if ((sent.get(fresh.id) ?? here.outerHTML) !== text) {
      const focused = [...here.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
      here.replaceWith(fresh);
      if (focused >= 0) fresh.querySelectorAll(FOCUSABLE)[focused]?.focus();
    }
  } else {
    const list = fresh.matches("[id^='bgb-job-']") && place.querySelector("[data-bgb-live-into]");
    if (!list) return;
    place.querySelector("[data-bgb-live-empty]")?.remove();
    list.prepend(fresh);
  }
  sent.set(fresh.id, text);
};

const look = async (place) => {
  const address = new URL(place.dataset.bgbPulse, location.href);
  address.searchParams.set("since", place.dataset.bgbSince);
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (answer.status === 204) return true;
  if (!answer.ok) return answer.status >= 500;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-bgb-since]");
  if (!told || !place.isConnected) return Boolean(told);
  // Oldest first, so that the newest of several new rows ends on top.
  const number = (one) => Number(one.id.split("-").pop()) || 0;
  const fresh = [...told.querySelectorAll("[data-bgb-live]")].sort((one, other) => number(one) - number(other));
  for (const one of fresh) put(place, document.adoptNode(one));
  place.dataset.bgbSince = told.dataset.bgbSince;
  dispatchEvent(new Event("resize"));
  return true;
};

const wait = (place) => {
  setTimeout(async () => {
    if (!place.isConnected) return;
    let goes = true;
    if (!document.hidden) goes = await look(place).catch(() => true);
    if (goes) wait(place);
  }, place.querySelector("[data-bgb-open]") ? OFTEN : SELDOM);
};

const begin = () => {
  for (const place of document.querySelectorAll("[data-bgb-pulse]")) {
    if (!known.has(place)) {
      known.add(place);
      wait(place);
    }
  }
};

document.addEventListener("DOMContentLoaded", begin);
document.addEventListener("htmx:load", begin);
begin();
