{% load static %}// Lets the page of one session load again while the network is away. It keeps a page without any patient and the files
// that page needs; what was on the screen comes from the encrypted store of the tab (keep.js).
"use strict";
const SHELL = "{% url "treatment:shell" %}";
const FILES = ["{% static "site/anagen.css" %}", "{% static "site/logo.svg" %}", "{% static "site/anagen.js" %}", "{% static "treatment/keep.js" %}", "{% static "treatment/session.js" %}", "{% static "django_htmx/htmx-2.min.js" %}"];
const CACHE = `anagen session ${FILES.join(" ")}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL, ...FILES])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("anagen session ") && name !== CACHE;
  const clear = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(clear.then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const path = request.url.slice(self.location.origin.length);
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(path)) event.respondWith(caches.match(path).then((kept) => kept || fetch(request)));
});
async function page(request) {
  try {
    const answer = await fetch(request);
    if (![502, 503, 504].includes(answer.status)) return answer;
  } catch { /* no network */ }
  return (await caches.match(SHELL)) || Response.error();
}
