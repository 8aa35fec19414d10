// Dead letters: how many lie where, why, and giving them to their consumer again.
import { post } from "./api.js";
import { announce, body, button, empty, failed, fill, h } from "./dom.js";
import { CLOUDS, clock, count, queues, value } from "./format.js";
import { last, on } from "./stream.js";

async function redrive(queue, frame = "") {
  const done = await post("/api/ask/redrive", { queue, frame });
  if (!done) return;
  const { redriven } = done.value;
  announce(`${redriven === 1 ? "1 dead letter was" : `${redriven} dead letters were`} given to its consumer again.`);
  await post("/api/ask/letters");
}

function draw() {
  const told = last("metrics");
  if (!told) return;
  const place = body("letters");
  if (!told.value?.series) return fill(place, failed(told));
  const places = Object.keys(CLOUDS).flatMap((cloud) => queues(told.value).map((queue) => ({ cloud, queue })));
  const found = places.map((one) => ({ ...one, letters: value(told.value, "isthmus.queue.dead_letters", one) }));
  const all = found.reduce((sum, one) => sum + (one.letters ?? 0), 0);
  fill(place, h("div", { class: "tiles" }, found.map(tile)), all ? actions(all) : null, list(all));
}

function tile({ cloud, queue, letters }) {
  const kind = letters ? "warn" : "";
  return h("div", { class: `tile ${kind}` }, h("p", {}, h("i", { class: `key ${cloud}` }), ` ${CLOUDS[cloud]} ${queue}`), h("strong", {}, letters === undefined ? "?" : count(letters)));
}

function actions(all) {
  return h(
    "div",
    { class: "row" },
    button("Show why", () => post("/api/ask/letters"), { "data-key": "why" }),
    button(`Redrive all ${count(all)}`, () => redrive(""), { class: "primary", "data-key": "redrive" }),
  );
}

function list(all) {
  const told = last("letters");
  if (told?.busy) return h("p", { class: "loading" }, "Looking into the queues …");
  if (told?.error) return failed(told);
  const letters = told?.value ?? [];
  if (!all && !letters.length) return empty("No dead letters: everything that was accepted was handled.");
  if (!letters.length) return null;
  return h("ul", { class: "letters" }, letters.map(letter));
}

function letter(one) {
  const where = `${one.cloud}/${one.queue}`;
  const when = one.failed_at ? ` · ${clock(Date.parse(one.failed_at))}` : "";
  return h(
    "li",
    {},
    h("div", {}, h("strong", {}, one.reason), h("p", { class: "note" }, `${where} · ${one.count || "?"} events of ${one.type || "no type"}${when}`), h("code", {}, one.frame)),
    button("Redrive", () => redrive(where, one.frame), { "data-key": `redrive-${one.frame}`, "aria-label": `Redrive the frame ${one.frame}` }),
  );
}

on("metrics", draw);
on("letters", draw);
