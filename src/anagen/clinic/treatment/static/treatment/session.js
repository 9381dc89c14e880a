// The session at the chair, with or without a network. Each tap is kept on this device first, shown as waiting, sent in
// order, and shown as saved only when the clinic has said so. Without this program the forms work as they are.
"use strict";

(() => {
  const bar = document.querySelector("[data-live]");
  if (!bar) return;
  const words = JSON.parse(document.getElementById("live-words").textContent);
  const status = bar.querySelector("[data-status]");
  const list = bar.querySelector("[data-list]");
  const shell = bar.dataset.live === "shell";
  const during = () => here && here.state !== "given" && bar.dataset.live !== "guard";
  const view = () => document.querySelector("[data-live-view]");
  const sitting = crypto.randomUUID?.() ?? String(Math.random()); // this loading of the page, for its steady clock
  const TICKS = ["scalp", "kit", "well", "serious", "aside"];
  const DELAYS = [1, 2, 4, 8, 15, 30];

  let here = shell ? anagenKeep.remembered() : JSON.parse(document.getElementById("live-here").textContent);
  let key;
  let mine = [];
  let others = [];
  let saved = [];
  let seen = { html: "", since: [] }; // the clinic's last page, and what it has acknowledged since then
  let fault = ""; // why nothing arrives: offline, signed_out, busy, denied
  let since = null;
  let tries = 0;
  let timer;
  let lastTap = { of: null, at: -1e9 };
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("anagen-session") : null;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const clock = (moment) => new Date(moment).toLocaleTimeString(words.language, { hour: "2-digit", minute: "2-digit" });
  const waiting = () => mine.filter((event) => !event.refused);
  const refused = () => mine.filter((event) => event.refused);

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  // --- what is shown

  function say() {
    const left = waiting().length;
    const count = left ? fill(left === 1 ? words.waiting_one : words.waiting_many, { count: left }) : "";
    const why = { offline: since ? fill(words.offline_since, { time: clock(since) }) : words.offline,
      signed_out: words.signed_out, busy: words.busy, denied: words.denied }[fault] || "";
    const parts = [count || (fault ? "" : words.all_saved), why];
    if (refused().length) parts.push(words.refused);
    for (const name of new Set(others)) parts.push(fill(words.others, { name }));
    const text = parts.filter(Boolean).join(" ");
    if (status.textContent !== text) status.textContent = text;
    bar.classList.toggle("live--waiting", Boolean(left || fault));
    bar.classList.toggle("live--refused", Boolean(refused().length));
    bar.querySelector("[data-sign-in]").hidden = fault !== "signed_out";
    draw();
  }

  function draw() {
    const rows = [...refused(), ...waiting(), ...saved.slice(-3).reverse()];
    list.replaceChildren(...rows.map((event) => {
      const row = element("li", "live__one");
      row.append(element("strong", "", event.title));
      if (event.refused) {
        row.classList.add("live__one--refused");
        row.append(element("span", "", fill(words.not_kept, { reason: event.refused })), element("span", "", words.what_to_do));
        const button = element("button", "button button--secondary", words.understood);
        button.type = "button";
        button.addEventListener("click", async () => {
          mine = mine.filter((one) => one.key !== event.key);
          if (event.number !== null) await anagenKeep.drop(event.number);
          await look();
          status.focus();
        });
        row.append(button);
      } else {
        const text = event.saved ? fill(words.saved, { time: clock(event.saved) }) : fill(words.tapped, { time: clock(event.at) });
        row.append(element("span", event.saved ? "tag tag--good" : "tag tag--warm", text));
      }
      return row;
    }));
    list.hidden = !rows.length;
  }

  // What a tap changes on the page before the clinic has answered; the clinic's own page replaces it.
  function apply(event) {
    const page = view();
    if (!page) return;
    const show = (what, yes) => { for (const one of page.querySelectorAll(`[data-when~="${what}"]`)) one.hidden = !yes; };
    const stop = () => { show("open", false); show("paused", false); };
    if (event.kind === "needle_change") {
      const counter = page.querySelector("[data-needles]");
      if (counter) counter.textContent = Number(counter.textContent) + 1;
    } else if (event.kind === "pain") {
      const score = page.querySelector("[data-pain]");
      if (score) score.textContent = fill(words.pain, { score: event.data.score });
    } else if (event.kind === "pause" || event.kind === "resume") {
      show("paused", event.kind === "pause");
    } else if (event.kind === "stop") {
      stop();
    } else if (event.kind === "reaction") {
      const known = page.querySelector(`template[data-serious="${CSS.escape(event.data.term || "")}"]`);
      if (known || event.data.serious) stop();
      const shown = page.querySelector("[data-notices]");
      if (shown && known && !shown.querySelector(`[data-of="${CSS.escape(event.key)}"]`)) {
        const box = element("div");
        box.dataset.of = event.key;
        box.append(known.content.cloneNode(true));
        shown.append(box);
      }
    }
  }

  // --- keeping

  // What another tab has added or sent counts as well; what could not be written to the disk, and what was tapped while
  // the disk was read, stays in the page.
  async function look() {
    const before = new Set(mine);
    const read = await anagenKeep.waiting(here, key);
    const known = new Set(read.mine.map((event) => event.key));
    const added = mine.filter((event) => !known.has(event.key) && (event.number === null || !before.has(event)));
    // dismissed or settled while the disk was read
    const gone = new Set([...before].filter((event) => !mine.includes(event)).map((event) => event.key));
    mine = [...read.mine.filter((event) => !gone.has(event.key)), ...added];
    others = read.others;
    say();
  }

  function dataOf(form, submitter) {
    const data = {};
    const tidy = (text) => (text.toWellFormed ? text.toWellFormed() : text).trim();
    for (const [name, said] of new FormData(form, submitter)) {
      const [, group, part] = name.match(/^(region|setting)-(.+)$/) || [];
      if (["csrfmiddlewaretoken", "key", "kind", "then"].includes(name) || typeof said !== "string" || !tidy(said)) continue;
      if (group) (data[`${group}s`] ??= {})[part] = tidy(said);
      else data[name] = TICKS.includes(name) ? true : tidy(said);
    }
    return data;
  }

  async function keep(kind, data) {
    const event = {
      key: crypto.randomUUID(), kind, data, title: titleOf(kind, data), at: Date.now(), tick: performance.now(), sitting,
    };
    try {
      event.number = await anagenKeep.add(here, key, event);
    } catch {
      // A full or forbidden disk: the tap is held in the page, and the person is told not to leave it.
      event.number = null;
      status.textContent = words.not_on_disk;
    }
    mine.push(event);
    apply(event);
    say();
    channel?.postMessage(here.session);
    await send();
    return !mine.includes(event) && !waiting().length; // whether the clinic has it
  }

  function titleOf(kind, data) {
    const more = data.score ?? data.reason ?? data.words ?? "";
    return more === "" ? words.kinds[kind] || kind : `${words.kinds[kind] || kind}: ${more}`;
  }

  // --- sending

  // A clock that was set back while an entry waited is seen against the steady one; a steady clock that slept with the
  // tablet is seen against the wall. The longer wait is the true one.
  function tappedAt(event, now) {
    const steady = event.sitting === sitting ? performance.now() - event.tick : 0;
    return new Date(now - Math.max(now - event.at, steady, 0)).toISOString();
  }

  async function post(events, again = true) {
    const now = Date.now();
    const body = {
      sent_at: new Date(now).toISOString(),
      events: events.map((event) => ({ key: event.key, kind: event.kind, at: tappedAt(event, now), data: event.data })),
    };
    let answer;
    try {
      answer = await fetch(here.events, {
        method: "POST", redirect: "manual", credentials: "same-origin", signal: AbortSignal.timeout(20_000),
        headers: { "Content-Type": "application/json", "X-CSRFToken": here.token }, body: JSON.stringify(body),
      });
      if (answer.ok) return { said: await answer.json() };
    } catch {
      return { fault: "offline" };
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) return { fault: "signed_out" };
    if (answer.status === 403 && again) return (await greet()) || post(events, false);
    if (answer.status === 400 && events.length === 1) return { refused: (await answer.json()).error };
    return { fault: answer.status === 403 || answer.status === 404 ? "denied" : "busy", broken: answer.status === 500 };
  }

  // Who is signed in now, and the token of this sign-in; what is wrong when it is not the person who tapped.
  async function greet() {
    try {
      const answer = await fetch(here.ask, { redirect: "manual", credentials: "same-origin", signal: AbortSignal.timeout(20_000) });
      if (answer.type === "opaqueredirect") return { fault: "signed_out" };
      if (!answer.ok) return { fault: "denied" };
      const said = await answer.json();
      if (said.user !== here.user) return { fault: "signed_out" };
      here.token = said.token;
      return null;
    } catch {
      return { fault: "offline" };
    }
  }

  function failed(why) {
    if (!fault) since = Date.now();
    fault = why;
    say();
    clearTimeout(timer);
    if (why !== "denied") timer = setTimeout(send, 1000 * DELAYS[Math.min(tries++, DELAYS.length - 1)]);
  }

  let sending = null;
  async function send() {
    if (!key) return;
    if (!sending) {
      clearTimeout(timer);
      // one tab at a time: the others find what it has sent gone
      sending = navigator.locks ? navigator.locks.request(`anagen ${here.session}`, sendAll) : sendAll();
      sending = sending.finally(() => { sending = null; });
    }
    await sending;
    if (waiting().length && !fault) await send(); // tapped meanwhile
  }

  async function sendAll() {
    await look();
    let most = 50;
    const skipped = new Set(); // the clinic cannot take these now; they wait for the next round
    const ready = () => waiting().filter((event) => !skipped.has(event.key));
    let arrived = false;
    while (ready().length) {
      const batch = ready().slice(0, most);
      const outcome = await post(batch);
      if (outcome.fault === "busy" && most > 1) { // one entry alone may be at fault: it must not hold up the others
        most = 1;
        continue;
      }
      if (outcome.fault === "busy" && outcome.broken && skipped.size < 3) {
        skipped.add(batch[0].key);
        continue;
      }
      if (outcome.fault) return failed(outcome.fault);
      [fault, since, tries] = ["", null, 0];
      const results = outcome.said ? outcome.said.events : [{ key: batch[0].key, accepted: false, reason: outcome.refused }];
      if (outcome.said) here.state = outcome.said.state;
      for (const result of results) await settle(result);
      arrived = true;
      say();
      channel?.postMessage(here.session);
    }
    if (skipped.size) {
      failed("busy");
      return arrived && refresh();
    }
    if (fault === "offline" || fault === "busy") {
      const wrong = await greet();
      if (wrong) return failed(wrong.fault);
      [fault, since, tries, arrived] = ["", null, 0, true];
    }
    say();
    if (arrived) await refresh();
  }

  async function settle(result) {
    const event = mine.find((one) => one.key === result.key);
    if (!event) return;
    if (result.accepted) {
      if (event.number !== null) await anagenKeep.drop(event.number);
      mine = mine.filter((one) => one !== event);
      saved.push({ ...event, saved: result.received_at });
      if (seen.html) {
        seen.since.push(event);
        await anagenKeep.keepView(here, key, seen);
      }
    } else {
      event.refused = result.reason || words.refused;
      if (event.number !== null) await anagenKeep.change(event.number, here, key, event);
    }
  }

  // --- the page itself

  const typing = () => [...view().querySelectorAll("input, select, textarea")].some((field) =>
    field.type !== "hidden" && (field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected && one.index)
      : field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue));

  // Where the focus is, in words that hold for the page that comes instead.
  function place() {
    const at = document.activeElement;
    if (!at || !view()?.contains(at)) return () => null;
    if (at.id) return () => document.getElementById(at.id);
    const kind = at.form?.elements.kind?.value;
    const text = at.value || at.name;
    return () => [...view().querySelectorAll("button, input, summary")].find((one) =>
      at.form ? one.form?.elements.kind?.value === kind && (one.value || one.name) === text : one.textContent === at.textContent);
  }

  function replace(html) {
    const focus = place();
    const open = [...view().querySelectorAll("details")].map((one) => one.open);
    view().innerHTML = html;
    view().querySelectorAll("details").forEach((one, number) => { one.open = open[number] || one.open; });
    mine.forEach(apply);
    focus()?.focus({ preventScroll: true });
  }

  async function refresh() {
    if (!during() && !shell) return;
    if (view() && typing()) return;
    try {
      const answer = await fetch(here.path, { redirect: "manual", credentials: "same-origin", signal: AbortSignal.timeout(20_000) });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live-here");
      const next = fresh && JSON.parse(fresh.textContent);
      const ending = !next || ["given", "signed", "called_off"].includes(next.state);
      if (shell || ending) return void location.reload();
      here = next;
      if (waiting().length || (view() && typing())) return;
      const html = page.querySelector("[data-live-view]").innerHTML;
      seen = { html, since: [] };
      await anagenKeep.keepView(here, key, seen);
      anagenKeep.remember(here);
      replace(html);
    } catch { /* the network went again: the page stays as it is */ }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-needs-saved], [action$='/sign']") && (waiting().length || !navigator.onLine)) {
      event.preventDefault();
      event.stopPropagation();
      refuseToLeave();
    } else if (form.getAttribute("action")?.endsWith("/sign-out")) {
      if (here) anagenKeep.dropView(here.session);
    } else if (key && during() && here.state !== "preparing" && view()?.contains(form) && form.getAttribute("action") === here.events) {
      event.preventDefault();
      event.stopPropagation();
      if (lastTap.of === event.submitter && performance.now() - lastTap.at < 600) return; // a double tap is one tap
      lastTap = { of: event.submitter, at: performance.now() };
      const data = dataOf(form, event.submitter);
      const kind = new FormData(form, event.submitter).getAll("kind").pop();
      form.reset();
      const leads = event.submitter?.name === "then" && view().querySelector("[data-finish]").href;
      keep(kind, data).then((arrives) => {
        if (!leads) return;
        if (arrives) location.assign(leads);
        else if (!refused().length) refuseToLeave();
      });
    }
  }, true);

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-needs-saved]");
    if (!link || (!waiting().length && navigator.onLine && !fault)) return;
    event.preventDefault();
    refuseToLeave();
    send();
  });

  function refuseToLeave() {
    const note = bar.querySelector("[data-refusal]");
    note.textContent = "";
    note.textContent = navigator.onLine && !fault ? words.needs_saved : words.needs_network;
    note.hidden = false;
    bar.scrollIntoView({ block: "nearest" });
  }

  window.addEventListener("online", () => { tries = 0; send(); });
  window.addEventListener("offline", () => { if (fault !== "offline") failed("offline"); });
  window.addEventListener("beforeunload", (event) => { if (mine.some((one) => one.number === null)) event.preventDefault(); });
  channel?.addEventListener("message", ({ data }) => { if (here && data === here.session && !sending) look().then(send); });

  async function serveWithoutNetwork() {
    if (!("serviceWorker" in navigator) || !bar.dataset.worker) return;
    if (during()) {
      await navigator.serviceWorker.register(bar.dataset.worker, { scope: here.path });
      await navigator.storage?.persist?.();
    } else if (!mine.length) {
      const registered = await navigator.serviceWorker.getRegistration(here.path);
      await registered?.unregister();
    }
  }

  async function begin() {
    bar.hidden = false;
    if (!anagenKeep.possible) {
      status.textContent = words.insecure;
      return;
    }
    if (shell && here?.path !== location.pathname) {
      here = null;
      const count = await anagenKeep.count();
      status.textContent = [words.locked, count ? fill(words.locked_count, { count }) : ""].join(" ").trim();
      return;
    }
    key = await anagenKeep.keyOf(here.key);
    if (shell) {
      seen = (await anagenKeep.view(here, key)) || seen;
      if (seen.html) view().innerHTML = seen.html;
      seen.since.forEach(apply);
    } else {
      if (during()) {
        anagenKeep.remember(here);
        seen.html = view().innerHTML;
        await anagenKeep.keepView(here, key, seen);
      } else {
        await anagenKeep.dropView(here.session);
      }
    }
    await look();
    mine.forEach(apply);
    if (shell) failed("offline");
    else if (!navigator.onLine) failed("offline");
    else send();
    bar.dataset.ready = "yes";
    serveWithoutNetwork().catch(() => {}); // without it the page lives on, only it cannot be loaded anew
  }

  window.anagenSession = { keep };
  begin().catch(() => { status.textContent = words.insecure; });
})();
