// Fetches the page again and replaces the live parts that changed. The reader keeps place, focus and open details.
(() => {
  "use strict";
  const interval = Number(document.body.dataset.refresh) * 1000;
  const least = Math.min(interval, 10000) / 5; // between one answer and the next question
  if (!interval) return; // a page with a form is left alone
  let [next, last, source] = [0, Date.now(), null];
  const stale = document.getElementById("stale");
  const parts = () => document.querySelectorAll("[data-live]");
  const served = new Map([...parts()].map((part) => [part.id, part.innerHTML]));

  const states = (part) => new Map([...part.querySelectorAll("[data-key]")].map((e) => [e.dataset.key, e.dataset.state]));

  function place(part) {
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    const alike = (e) => [...part.querySelectorAll(e.tagName)].filter((other) => other.getAttribute("href") === e.getAttribute("href"));
    return {
      id: active?.id,
      tag: active?.tagName,
      href: active?.getAttribute("href"),
      index: active ? alike(active).indexOf(active) : -1,
      scrolls: [...part.querySelectorAll("[data-scroll]")].map((box) => [box.id, box.scrollLeft, box.scrollTop]),
      open: [...part.querySelectorAll("details[open]")].map((details) => details.id),
      page: [window.scrollX, window.scrollY],
    };
  }

  function back(part, kept) {
    for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
    for (const [id, left, top] of kept.scrolls) document.getElementById(id)?.scrollTo(left, top);
    const found = kept.id
      ? document.getElementById(kept.id)
      : kept.tag && [...part.querySelectorAll(kept.tag)].filter((e) => e.getAttribute("href") === kept.href)[kept.index];
    found?.focus({ preventScroll: true });
    window.scrollTo(...kept.page);
  }

  function replace(part, fresh) {
    if (!fresh || served.get(part.id) === fresh.innerHTML) return;
    const [before, kept] = [states(part), place(part)];
    served.set(part.id, fresh.innerHTML);
    part.innerHTML = fresh.innerHTML;
    for (const [key, state] of states(part)) {
      if (before.has(key) && before.get(key) === state) continue;
      part.querySelector(`[data-key="${key}"]`).classList.add("changed");
    }
    back(part, kept);
  }

  async function refresh() {
    if (document.hidden || !window.getSelection().isCollapsed) return false;
    last = Date.now();
    try {
      const answer = await fetch(window.location.href, { cache: "no-store" });
      if (answer.redirected) return window.location.assign(answer.url); // the session is over
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.title = page.title;
      document.body.dataset.events = page.body.dataset.events ?? "";
      for (const part of parts()) replace(part, page.getElementById(part.id));
      stale.textContent = "";
    } catch {
      stale.textContent = stale.dataset.says;
    }
    return true;
  }

  // Time passes without an event too: what falls due does so by itself.
  async function go() {
    window.clearTimeout(next);
    const done = await refresh();
    next = window.setTimeout(go, done && told() ? 3 * interval : interval);
  }

  const told = () => source?.readyState === EventSource.OPEN;

  // All who watch hear of a change at once: they don't ask all at once, nor each more often than bearable.
  function soon() {
    window.clearTimeout(next);
    next = window.setTimeout(go, Math.max(0, last + least - Date.now()) + (Math.random() * least) / 4);
  }

  function listen() {
    source?.close();
    if (document.hidden || !document.body.dataset.events || !window.EventSource) return;
    source = new EventSource(document.body.dataset.events);
    let lost = false;
    source.addEventListener("changed", soon);
    source.addEventListener("open", () => lost && soon());
    source.addEventListener("error", () => {
      lost = true; // for a while or for good: the page will say why
      soon();
    });
  }

  next = window.setTimeout(go, interval);
  listen();
  window.addEventListener("pagehide", () => source?.close());
  document.addEventListener("visibilitychange", () => {
    listen();
    if (!document.hidden) go();
  });
})();
