// What was tapped and has not arrived yet, on this device: in IndexedDB, each entry encrypted with a key that only the
// clinic gives out, to the person who tapped, for this one session. The key lives in the tab (sessionStorage) and is
// forgotten when the tab leaves the session; what is left without it can be sent, but not read.
"use strict";

const anagenKeep = (() => {
  const NAME = "anagen-sessions";
  const TAB = "anagen-session";
  const possible = window.isSecureContext && "indexedDB" in window && Boolean(window.crypto && crypto.subtle);
  let opened;

  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  function database() {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        const waiting = request.result.createObjectStore("waiting", { keyPath: "number", autoIncrement: true });
        waiting.createIndex("session", "session");
        request.result.createObjectStore("views", { keyPath: "session" });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  }

  // `work` gets the store; the promise holds once everything is on the disk.
  async function within(name, mode, work) {
    const transaction = (await database()).transaction(name, mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    const result = await work(transaction.objectStore(name));
    await done;
    return result;
  }

  function keyOf(digits) {
    const bytes = Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
    return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  async function locked(key, content) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(content));
    return { iv, box: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text) };
  }

  async function unlocked(key, { iv, box }) {
    try {
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, box)));
    } catch {
      return null; // of another key: it stays as it is
    }
  }

  return {
    possible,
    keyOf,

    // the tab's own memory: who is here, in which session, with which key
    remember: (here) => sessionStorage.setItem(TAB, JSON.stringify(here)),
    remembered: () => JSON.parse(sessionStorage.getItem(TAB) || "null"),

    async add(here, key, event) {
      const row = { session: here.session, user: here.user, name: here.name, ...(await locked(key, event)) };
      return within("waiting", "readwrite", (store) => answer(store.add(row)));
    },
    async change(number, here, key, event) {
      const row = { number, session: here.session, user: here.user, name: here.name, ...(await locked(key, event)) };
      return within("waiting", "readwrite", (store) => answer(store.put(row)));
    },
    drop: (number) => within("waiting", "readwrite", (store) => answer(store.delete(number))),

    // { mine: [{number, ...event}], others: [name, …] }, in the order in which they were tapped
    async waiting(here, key) {
      const rows = await within("waiting", "readonly", (store) => answer(store.index("session").getAll(here.session)));
      const mine = [];
      const others = [];
      for (const row of rows) {
        const event = row.user === here.user ? await unlocked(key, row) : null;
        if (event) mine.push({ ...event, number: row.number });
        else others.push(row.name);
      }
      return { mine, others };
    },
    count: () => within("waiting", "readonly", (store) => answer(store.count())),

    async keepView(here, key, seen) {
      const row = { session: here.session, ...(await locked(key, seen)) };
      await within("views", "readwrite", (store) => answer(store.put(row)));
    },
    async view(here, key) {
      const row = await within("views", "readonly", (store) => answer(store.get(here.session)));
      return row ? unlocked(key, row) : null;
    },
    dropView: (session) => within("views", "readwrite", (store) => answer(store.delete(session))),
  };
})();
