// Server-sent events: topics come as they change, and go on where they stopped after a break.

const SILENCE_MS = 25_000; // Something comes every ten seconds; twice and a half of that is too long.
const BACKOFF_MS = [300, 700, 1500, 3000, 6000, 10_000];

const listeners = new Map();
const newest = new Map();

/** Calls back with a topic's data, at once where it is known already. */
export function on(topic, callback) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(callback);
  if (source) listen(topic);
  if (newest.has(topic)) callback(newest.get(topic));
}

/** The newest data of a topic. */
export const last = (topic) => newest.get(topic);

/** Tells a topic to whoever listens; panels tell each other in the same way. */
export function tell(topic, data) {
  newest.set(topic, data);
  for (const callback of listeners.get(topic) ?? []) callback(data);
}

let source = null;
let after = "";
let failures = 0;
let watchdog = 0;
let again = 0;

/** Opens the stream, and opens it again whenever it breaks: later each time, never all pages at once. */
export function connect() {
  clearTimeout(again);
  source?.close();
  source = new EventSource(`/events?after=${encodeURIComponent(after)}`);
  source.onerror = lost;
  source.addEventListener("hello", () => {
    failures = 0;
    alive();
    tell("connection", "live");
  });
  source.addEventListener("beat", alive);
  for (const topic of listeners.keys()) listen(topic);
}

const OWN = new Set(["connection"]);

function listen(topic) {
  if (OWN.has(topic) || source.topics?.has(topic)) return;
  (source.topics ??= new Set()).add(topic);
  source.addEventListener(topic, (event) => {
    after = event.lastEventId || after;
    alive();
    tell(topic, JSON.parse(event.data));
  });
}

function alive() {
  clearTimeout(watchdog);
  watchdog = setTimeout(lost, SILENCE_MS);
}

function lost() {
  source?.close();
  clearTimeout(watchdog);
  const pause = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] * (0.75 + Math.random() / 2);
  failures += 1;
  tell("connection", failures > 1 ? "lost" : "connecting");
  clearTimeout(again);
  again = setTimeout(connect, pause);
}

// A laptop that wakes up, or a network that is back, need not wait for the next try.
addEventListener("online", () => connect());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && source?.readyState === EventSource.CLOSED) connect();
});
