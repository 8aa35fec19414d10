// Breaking and healing each cloud, and a producer to see what comes of it.
import { post } from "./api.js";
import { announce, button, fill, h } from "./dom.js";
import { CLOUDS, SHORT, count, rate } from "./format.js";
import { last, on, tell } from "./stream.js";

const HOW = { refuse: "refuses connections", hang: "hangs", "delay=2s": "answers 2 s late" };
const FRONTS = { aws: "aws.front", gcp: "gcp.ingest.front" };
const RECENT = 4;
const PACES = [50, 200, 500];
const chosen = { aws: "refuse", gcp: "refuse", pace: 200 };

/** What is wrong with a cloud, in words; "" for nothing. */
export function fault(cloud) {
  const part = last("parts")?.value?.parts?.find((one) => one.name === cloud);
  if (part && part.state !== "up") return part.state;
  const faults = last("links")?.value?.[FRONTS[cloud]]?.faults ?? [];
  return faults.map((one) => HOW[one] ?? one).join(", ");
}

function drawCloud(cloud) {
  const wrong = fault(cloud);
  const chip = h("p", { class: `chip ${wrong ? "bad" : "good"}` }, wrong || "takes events");
  const select = h(
    "select",
    { "data-key": `how-${cloud}`, "aria-label": `How ${CLOUDS[cloud]} fails`, change: (event) => (chosen[cloud] = event.target.value) },
    Object.entries(HOW).map(([how, says]) => h("option", { value: how, selected: chosen[cloud] === how }, says)),
  );
  const act = wrong
    ? button(`Heal ${SHORT[cloud]}`, () => post("/api/heal", { cloud }), { class: "primary", "data-key": `act-${cloud}` })
    : button(`Break ${SHORT[cloud]}`, () => post("/api/break", { cloud, how: chosen[cloud] }), { class: "danger", "data-key": `act-${cloud}` });
  fill(
    document.getElementById(`control-${cloud}`),
    h("div", { class: "control-head" }, h("h3", {}, CLOUDS[cloud]), chip),
    h("div", { class: "control-act" }, wrong ? h("span", { class: "note" }, "until it is healed") : select, act),
  );
}

let producing = { state: "off" };
let recent = []; // The last two seconds: what is acknowledged comes in batches.

function follow(told) {
  if (told.state === "sending") {
    const [earlier, before] = [recent[0], recent.at(-1)];
    const span = earlier ? told.at - earlier.at : 0;
    const rates = {};
    for (const cloud of Object.keys(CLOUDS)) {
      const grown = (told.accepted_by[cloud] ?? 0) - (earlier?.accepted_by?.[cloud] ?? 0);
      rates[cloud] = span > 0 ? grown / span : 0;
    }
    if (before && told.failovers > before.failovers) announce("A batch went to the other cloud.");
    recent = [...recent, told].slice(-RECENT);
    producing = { ...told, rates };
  } else {
    recent = [];
    producing = { ...told, accepted: told.result?.accepted ?? producing.accepted };
    if (told.state === "starting") chosen.pace = told.pace;
  }
  tell("producing", producing);
  drawProducer();
}

function drawProducer() {
  const { state } = producing;
  const busy = state === "sending" || state === "starting";
  const select = h(
    "select",
    { "data-key": "pace", "aria-label": "How many flights a second", change: (event) => (chosen.pace = Number(event.target.value)) },
    PACES.map((pace) => h("option", { value: pace, selected: chosen.pace === pace }, `${pace} flights a second`)),
  );
  const act = busy
    ? button("Stop sending", () => post("/api/stop/producer"), { "data-key": "producer" })
    : button("Send flights", () => post("/api/start/producer", { events_per_second: chosen.pace }), { class: "primary", "data-key": "producer" });
  fill(
    document.getElementById("control-producer"),
    h("div", { class: "control-head" }, h("h3", {}, "A producer"), h("p", { class: `chip ${busy ? "good" : ""}` }, busy ? "sending" : "quiet")),
    busy ? sending() : h("p", { class: "note" }, quiet(state)),
    h("div", { class: "control-act" }, busy ? h("span", { class: "note" }, `${count(chosen.pace)} flights a second`) : select, act),
  );
}

function quiet(state) {
  if (state === "failed") return `${producing.error}. ${producing.fix}`;
  if (state === "ended") return `${count(producing.accepted)} flights were acknowledged.`;
  return "Sends real flights of 2013 to both clouds.";
}

function sending() {
  const { rates = {}, accepted = 0, failovers = 0, spooled = 0, out = {} } = producing;
  const share = (cloud) => h("span", { class: `share ${cloud}`, title: out[cloud] ?? "" }, h("b", {}, rate(rates[cloud] ?? 0)), ` ${SHORT[cloud]}/s`);
  return h(
    "p",
    { class: "sending" },
    share("aws"),
    share("gcp"),
    h("span", {}, h("b", {}, count(accepted)), " acknowledged"),
    h("span", {}, h("b", {}, count(failovers)), " failovers"),
    spooled ? h("span", { class: "warn" }, h("b", {}, count(spooled)), " on disk") : null,
  );
}

let said = "";

function verdict() {
  const wrong = { aws: fault("aws"), gcp: fault("gcp") };
  const out = Object.keys(wrong).filter((cloud) => wrong[cloud]);
  const burning = (last("slo")?.value?.slos ?? []).filter((one) => one.severity === "page");
  const missing = last("links")?.error ?? last("parts")?.error;
  let [kind, text] = ["good", "Both clouds take events"];
  if (missing) [kind, text] = ["bad", missing];
  else if (out.length === 2) [kind, text] = ["bad", "Both clouds are broken: producers keep events on their disk"];
  else if (out.length) [kind, text] = ["warn", `${CLOUDS[out[0]]} ${phrase(wrong[out[0]])}: ${CLOUDS[out[0] === "aws" ? "gcp" : "aws"]} takes over`];
  else if (burning.length) [kind, text] = ["warn", `The budget of ${burning[0].slo} burns on ${SHORT[burning[0].cloud]}`];
  document.getElementById("verdict").className = `verdict ${kind}`;
  document.getElementById("verdict-text").textContent = text;
  document.title = kind === "good" ? "Isthmus" : `⚠ ${text} – Isthmus`;
  if (said && said !== text) announce(text);
  said = text;
}

const phrase = (wrong) => (/^(refuses|hangs|answers)/.test(wrong) ? wrong : `is ${wrong}`);

function draw() {
  drawCloud("aws");
  drawCloud("gcp");
  verdict();
}

for (const topic of ["links", "parts", "slo"]) on(topic, draw);
on("producer", follow);
drawProducer();
