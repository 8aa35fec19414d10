// Events flowing: the last quarter of an hour of both archives.
import { get } from "./api.js";
import { chart } from "./charts.js";
import { body, empty } from "./dom.js";
import { rate } from "./format.js";
import { on } from "./stream.js";

const MINUTES = 15;
const format = (value) => `${rate(value)}/s`;
const picture = chart(
  [
    { label: "AWS", colour: "aws", fill: true, format },
    { label: "Google Cloud", colour: "gcp", fill: true, format },
  ],
  { label: "Events stored a second", height: 210 },
);
let data = null;
const waiting = [];

function add(rates) {
  if (!data) return waiting.push(rates);
  if (rates.at <= (data[0].at(-1) ?? 0)) return;
  data[0].push(rates.at);
  data[1].push(rates["isthmus.stored.events aws"]);
  data[2].push(rates["isthmus.stored.events gcp"]);
  const first = data[0].findIndex((at) => at > rates.at - MINUTES * 60);
  if (first > 0) data.forEach((column) => column.splice(0, first));
  draw();
}

function draw() {
  const place = body("flow");
  if (data[0].length < 2) return place.replaceChildren(empty("Not measured for long enough yet: the first line appears in seconds."));
  if (!place.contains(picture.element)) place.replaceChildren(picture.element);
  picture.show(data);
}

async function begin() {
  const found = await get(`/api/history?metric=isthmus.stored.events&minutes=${MINUTES}`).catch(() => []);
  const times = [...new Set(found.flatMap((one) => one.points.map(([at]) => at)))].sort((a, b) => a - b);
  const grown = (cloud) => {
    const points = new Map(found.find((one) => one.labels.cloud === cloud)?.points ?? []);
    return times.slice(1).map((at, number) => {
      const [before, now] = [points.get(times[number]) ?? 0, points.get(at)];
      return now === undefined ? 0 : Math.max(0, now - before) / (at - times[number]);
    });
  };
  data = [times.slice(1), grown("aws"), grown("gcp")];
  draw();
  waiting.forEach(add);
}

on("rates", add);
begin();
