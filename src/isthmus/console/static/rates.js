// How fast counters grow: of the metrics every five seconds, of the links every second.
import { on, tell } from "./stream.js";
import { value } from "./format.js";

const COUNTED = [
  ["isthmus.stored.events", ["aws"], ["cloud"]],
  ["isthmus.stored.events", ["gcp"], ["cloud"]],
  ...["aws", "gcp"].flatMap((cloud) =>
    ["ingest", "archive", "bridge"].map((part) => ["isthmus.requests", [cloud, part], ["cloud", "part"]]),
  ),
];

let before = null;

on("metrics", (told) => {
  const now = told.value;
  if (!now?.series) return;
  const rates = { at: now.at };
  for (const [name, labels, names] of COUNTED) {
    const by = Object.fromEntries(names.map((label, number) => [label, labels[number]]));
    const grown = (value(now, name, by) ?? 0) - (before ? (value(before, name, by) ?? 0) : Infinity);
    rates[`${name} ${labels.join(" ")}`] = before && now.at > before.at ? Math.max(0, grown) / (now.at - before.at) : 0;
  }
  if (!before || now.at > before.at) {
    before = now;
    tell("rates", rates);
  }
});

let links = null;
let linksAt = 0;

on("links", (told) => {
  if (!told.value) return;
  const now = performance.now();
  const span = (now - linksAt) / 1000;
  const flows = {};
  for (const [name, link] of Object.entries(told.value)) {
    const old = links?.[name];
    const grown = old ? link.bytes_up + link.bytes_down - old.bytes_up - old.bytes_down : 0;
    flows[name] = { ...link, rate: old && span > 0.2 ? Math.max(0, grown) / span : 0 };
  }
  [links, linksAt] = [told.value, now];
  tell("flows", flows);
});
