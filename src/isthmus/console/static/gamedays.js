// Game days: start one, watch its timeline grow, read what it proved.
import { post } from "./api.js";
import { chart } from "./charts.js";
import { announce, body, button, empty, failed, fill, h } from "./dom.js";
import { count, rate } from "./format.js";
import { last, on } from "./stream.js";

const format = (value) => `${rate(value)}/s`;
const picture = chart(
  [
    { label: "taken by AWS", colour: "aws", fill: true, format },
    { label: "taken by Google", colour: "gcp", fill: true, format },
    { label: "waiting", colour: "muted", dash: [4, 4], format: count },
  ],
  { label: "The game day’s timeline", clock: false, height: 240 },
);
const board = h("div", { class: "board" });
const head = h("div", { class: "board-head" });
const steps = h("ol", { class: "steps", "aria-label": "What happened", tabindex: 0 });
const result = h("div", { class: "result" });
const list = h("ul", { class: "scenarios" });
board.append(head, picture.element, h("div", { class: "board-foot" }, steps, result));

let day = null;

function follow(told) {
  if (told.state === "starting") day = { name: told.name, state: "starting", samples: [], moments: [], bands: [], text: "" };
  day ??= { name: "", samples: [], moments: [], bands: [], text: "" };
  const before = day.state;
  day.state = told.state;
  if (told.samples) {
    day.samples.push(...told.samples);
    day.moments.push(...told.moments);
    day.bands = told.bands;
  }
  if (told.text) day.text = told.text;
  if (told.error) [day.error, day.fix] = [told.error, told.fix];
  if (told.result) day.result = told.result;
  if (before && before !== day.state && (day.result || day.error)) announce(day.error ?? `${day.result.title}: ${day.result.passed ? "passed" : "failed"}`);
  draw();
}

const running = () => day && (day.state === "starting" || day.state === "running");

function draw() {
  const told = last("scenarios");
  if (!told) return;
  const place = body("gamedays");
  if (!told.value) return fill(place, failed(told));
  if (!place.contains(list)) place.replaceChildren(board, list);
  fill(list, told.value.map(scenario));
  board.hidden = !day;
  if (!day) return;
  const found = told.value.find((one) => one.name === day.name);
  fill(head, h("div", {}, h("h3", {}, found?.title ?? day.name), h("p", { class: "note" }, running() ? day.text || "starting" : "over, and everything is healed")), running() ? button("Stop and heal", () => post("/api/stop/gameday"), { class: "danger", "data-key": "stop" }) : h("p", { class: `chip ${day.result?.passed ? "good" : "bad"}` }, day.result?.passed ? "passed" : "not passed"));
  fill(steps, day.moments.length ? day.moments.map((one) => h("li", { class: one.kind }, h("time", {}, `${one.at.toFixed(1)} s`), ` ${one.text}`)) : h("li", {}, running() ? "Is the steady state there?" : "Nothing happened."));
  if (day.steps !== day.moments.length) steps.scrollTop = steps.scrollHeight;
  day.steps = day.moments.length;
  fill(result, outcome());
  if (day.samples.length > 2) picture.show(...timeline());
}

function outcome() {
  if (day.error) return failed(day);
  if (!day.result) return h("p", { class: "note" }, "What it proves is judged at the end.");
  return [
    day.result.problem ? h("p", { class: "bad" }, day.result.problem) : null,
    h("ul", { class: "criteria" }, day.result.criteria.map((one) => h("li", { class: one.passed ? "good" : "bad" }, h("span", {}, `${one.passed ? "✓" : "✕"} ${one.title}`), h("b", {}, one.measured === null ? "not measured" : `${rate(one.measured)} ${one.unit}`), h("span", { class: "note" }, one.text.split(" ").slice(1).join(" "))))),
    h("p", {}, h("a", { href: "/api/gamedays/report", target: "_blank", rel: "noopener" }, "Read the whole report")),
  ];
}

function timeline() {
  const { samples } = day;
  const grown = (cloud) => samples.map((sample, number) => {
    const before = samples[Math.max(0, number - 2)];
    const span = sample.at - before.at;
    return span > 0 ? Math.max(0, (sample.accepted[cloud] ?? 0) - (before.accepted[cloud] ?? 0)) / span : 0;
  });
  const waiting = samples.map((sample) => Object.entries(sample.depths).filter(([name]) => !name.endsWith("-dlq")).reduce((sum, [, depth]) => sum + depth, sample.spooled));
  const end = samples.at(-1).at;
  return [[samples.map((one) => one.at), grown("aws"), grown("gcp"), waiting], day.bands.map((band) => ({ start: band.start, end: band.end ?? end }))];
}

function scenario(one) {
  return h(
    "li",
    {},
    h("div", {}, h("h3", {}, one.title), h("p", {}, one.description), h("p", { class: "note" }, one.criteria.join(" · "))),
    button("Start", () => begin(one), { "data-key": `start-${one.name}`, "aria-label": `Start the game day: ${one.title}`, "aria-disabled": running() ? "true" : null }),
  );
}

async function begin(one) {
  if (!(await post("/api/start/gameday", { name: one.name }))) return;
  announce(`The game day “${one.title}” begins.`);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("gamedays").scrollIntoView({ behavior: calm ? "auto" : "smooth" });
}

on("scenarios", draw);
on("gameday", follow);
