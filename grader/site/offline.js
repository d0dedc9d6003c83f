// The edition without a network, loaded by JupyterLite's service worker. While the host answers, the browser's own cache
// does its work: nothing is quicker, and only there does Chromium keep what it has compiled. What a page asks for is put
// into a store, once its kernel is idle; when the host does not answer, the store does.
const OURS = `course ${location.pathname} `; // on one host there may be several editions, and other people's stores
const STORE = OURS + "VERSION";
const asked = new Set(LESSONS.map((path) => new URL(path, location.href).href));
let hostAnswers; // not known when the worker starts
let keeping = false;

const isOfThisHost = (address) => new URL(address).origin === location.origin;

const kept = async (request) =>
  (await caches.open(STORE)).match(request, { ignoreSearch: request.mode === "navigate" });

async function answered(request) {
  const first = hostAnswers === false && request.mode !== "navigate" && (await kept(request));
  if (first) return first;
  try {
    const response = await fetch(request);
    hostAnswers = true;
    return response;
  } catch (error) {
    hostAnswers = false;
    const second = await kept(request);
    if (!second) throw error;
    return second;
  }
}

async function keep(addresses) {
  const store = await caches.open(STORE);
  const there = new Set((await store.keys()).map((request) => request.url));
  for (const address of addresses) {
    if (!there.has(address) && isOfThisHost(address)) await store.add(address).catch(() => {});
  }
}

// The answer to a request; null if the browser is to answer by itself.
function orFromStore(event) {
  const { request } = event;
  if (request.method !== "GET" || !isOfThisHost(request.url)) return null;
  if (keeping) event.waitUntil(keep([request.url]));
  else asked.add(request.url);
  return hostAnswers && navigator.onLine && request.mode !== "navigate" ? null : answered(request);
}

// A page whose kernel is idle says what it asked for before this worker had begun.
addEventListener("message", (event) => {
  keeping = true;
  event.waitUntil(keep([...asked, ...event.data]));
});
addEventListener("activate", (event) => {
  const old = async () => (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== STORE);
  event.waitUntil(old().then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});
