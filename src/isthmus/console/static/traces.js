// Traces: the newest, and one as a waterfall.
import { get } from "./api.js";
import { body, empty, failed, fill, h, s, toast } from "./dom.js";
import { clock } from "./format.js";
import { last, on } from "./stream.js";

const SPANS_SHOWN = 60;
const MINE = { publisher: "isthmus", aws: "aws", gcp: "gcp" };
let chosen = null; // null: whichever is the newest that went through both clouds.
let shown = null;

const list = h("ul", { class: "tracelist" });
const fall = h("div", { class: "waterfall", tabindex: 0, role: "region", "aria-label": "The trace as a waterfall" });

function draw() {
  const told = last("traces");
  if (!told) return;
  const place = body("traces");
  if (!told.value) return fill(place, failed(told));
  if (!told.value.length) return fill(place, empty("No traces yet: send flights, and follow one to both archives."));
  if (!place.contains(list)) place.replaceChildren(h("div", { class: "traces" }, list, fall));
  place.shown = undefined;
  fill(list, told.value.slice(0, 12).map(row));
  const wanted = chosen ?? (told.value.find((one) => one.parts.length > 4) ?? told.value[0]).id;
  const grown = told.value.find((one) => one.id === wanted)?.spans;
  if (wanted !== shown?.id || (grown && grown !== shown.spans.length)) load(wanted);
}

function row(one) {
  const pressed = (chosen ?? shown?.id) === one.id;
  return h("li", {}, h(
    "button",
    { type: "button", class: "trace", "data-key": one.id, "aria-pressed": pressed ? "true" : "false", click: () => choose(one.id) },
    h("span", {}, h("b", {}, one.name), one.errors ? h("em", { class: "bad" }, `${one.errors} failed`) : null),
    h("span", { class: "note" }, `${clock(one.start_ms)} · ${one.spans} spans · ${Math.round(one.milliseconds)} ms`),
  ));
}

function choose(id) {
  chosen = id;
  load(id);
  draw();
}

async function load(id) {
  try {
    shown = await get(`/api/traces/${id}`);
  } catch (error) {
    if (chosen) toast(error.message, error.fix);
    return;
  }
  fill(fall, waterfall(shown));
  fill(list, last("traces").value.slice(0, 12).map(row));
}

function waterfall(trace) {
  const whole = Math.max(trace.milliseconds, 0.1);
  const spans = trace.spans.slice(0, SPANS_SHOWN);
  return [
    h("p", { class: "fall-head" }, h("strong", {}, trace.name), h("span", { class: "note" }, ` ${trace.spans.length} spans in ${Math.round(trace.milliseconds)} ms · `, h("code", {}, trace.id.slice(0, 16)))),
    h("ol", { class: "spans" }, spans.map((span) => line(span, whole))),
    trace.spans.length > SPANS_SHOWN ? h("p", { class: "note" }, `and ${trace.spans.length - SPANS_SHOWN} more: isthmus trace show ${trace.id.slice(0, 8)}`) : null,
  ];
}

function line(span, whole) {
  const [left, width] = [(100 * span.after_ms) / whole, Math.max(0.6, (100 * span.milliseconds) / whole)];
  const kind = span.error ? "bad" : (MINE[span.part.split(".")[0]] ?? "isthmus");
  const bar = s("svg", { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, s("rect", { class: kind, x: Math.min(left, 99.4), y: 1, width: Math.min(width, 100 - Math.min(left, 99.4)), height: 8, rx: 1 }));
  const name = h("span", { class: `span-name d${Math.min(span.depth, 6)}` }, h("b", {}, span.name), h("span", { class: "note" }, ` ${span.part}`));
  return h("li", { class: span.error ? "bad" : "", title: span.error || "" }, name, bar, h("span", { class: "num" }, `${span.milliseconds < 10 ? span.milliseconds.toFixed(1) : Math.round(span.milliseconds)} ms`));
}

on("traces", draw);
