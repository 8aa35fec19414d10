// The ledger: what each archive has, and what either lacks.
import { post } from "./api.js";
import { body, button, failed, fill, h } from "./dom.js";
import { CLOUDS, bytes, clock, count, seconds, value } from "./format.js";
import { last, on } from "./stream.js";

function draw() {
  const metrics = last("metrics")?.value;
  if (!metrics?.series) return;
  const objects = Object.keys(CLOUDS).map((cloud) => value(metrics, "isthmus.replication.objects", { cloud }));
  if (objects[0] === undefined) return fill(body("ledger"), failed({ error: "An archive can’t be listed now, so nobody knows what is missing.", fix: "Heal the cloud that is broken." }), compare());
  const missing = Object.keys(CLOUDS).map((cloud) => value(metrics, "isthmus.replication.missing", { cloud }));
  const ages = Object.keys(CLOUDS).map((cloud) => value(metrics, "isthmus.replication.oldest_missing_age", { cloud }));
  const corrupt = value(metrics, "isthmus.replication.corrupt") ?? 0;
  const whole = !missing[0] && !missing[1] && !corrupt;
  fill(
    body("ledger"),
    h("p", { class: `scale ${whole ? "good" : "warn"}` }, whole ? (objects[0] === objects[1] ? "✓ Both archives hold the same" : "✓ Nothing is missing") : corrupt ? `${count(corrupt)} objects differ` : "Something is missing"),
    h("div", { class: "tiles" }, Object.entries(CLOUDS).map(([cloud, name], n) => h(
      "div",
      { class: `tile ${missing[n] ? "warn" : ""}` },
      h("p", {}, h("i", { class: `key ${cloud}` }), ` ${name}`),
      h("strong", {}, count(objects[n])),
      h("p", { class: "note" }, missing[n] ? `lacks ${count(missing[n])}, for ${seconds(ages[n])}` : "objects, none missing"),
    ))),
    compare(),
    details(),
  );
}

function compare() {
  const told = last("ledger");
  const busy = Boolean(told?.busy);
  return h("div", { class: "row" }, button(busy ? "Comparing …" : "Compare now", () => post("/api/ask/ledger"), { "data-key": "compare", "aria-busy": busy }));
}

function details() {
  const told = last("ledger");
  if (told?.error) return failed(told);
  const found = told?.value;
  if (!found) return null;
  const [left, right] = found.totals;
  const rows = found.hours.map((hour) => {
    const [, type, date, hours] = hour.folder.match(/type=([^/]+)\/date=([^/]+)\/hour=([^/]+)/) ?? ["", hour.folder, "", ""];
    const name = h("th", { scope: "row" }, type, h("span", { class: "note" }, `${date} ${hours} h`));
    return h("tr", { class: state(hour, found)[1] }, name, [hour.left, hour.right].map((side) => h("td", { class: "num" }, count(side.events))), h("td", {}, state(hour, found)[0]));
  });
  return h(
    "details",
    { "data-key": "hours" },
    h("summary", {}, `At ${clock(found.at_ms)}: ${count(left.events)} and ${count(right.events)} events, ${size(left, right)}; ${found.in_flight} on their way`),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Hours of the ledger" }, h("table", {}, h("thead", {}, h("tr", {}, ["Type and hour", "AWS", "Google", ""].map((name, n) => h("th", { scope: "col", class: n === 1 || n === 2 ? "num" : "" }, name || h("span", { class: "unseen" }, "the same"))))), h("tbody", {}, rows))),
  );
}

const size = (left, right) =>
  left.size_bytes === right.size_bytes ? `${bytes(left.size_bytes)} each` : `${bytes(left.size_bytes)} and ${bytes(right.size_bytes)}`;

/** A sign for an hour, and its class: what differs is on its way as long as nothing counts as missing or corrupt. */
function state(hour, found) {
  if (hour.whole) return ["✓", ""];
  return found.whole ? ["on its way", ""] : ["✕", "warn"];
}

on("metrics", draw);
on("ledger", draw);
