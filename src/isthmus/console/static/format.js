// Numbers as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export const count = (value) => whole.format(value ?? 0);

/** 0.4, 12, 1,204: one digit after the point while it is small. */
export const rate = (value) => (value < 10 ? tenth : whole).format(value ?? 0);

/** 350 ms, 4.2 s, 3 min, 2 h. */
export function seconds(value) {
  if (value === null || value === undefined) return "–";
  if (value < 1) return `${whole.format(value * 1000)} ms`;
  if (value < 60) return `${tenth.format(value)} s`;
  if (value < 3600) return `${whole.format(value / 60)} min`;
  return `${tenth.format(value / 3600)} h`;
}

/** 4 KB, 1.2 MB: decimal, as list prices are. */
export function bytes(value) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let place = 0;
  while (value >= 1000 && place < units.length - 1) [value, place] = [value / 1000, place + 1];
  return `${(place ? tenth : whole).format(value)} ${units[place]}`;
}

export const mebibytes = (value) => `${whole.format(value / 2 ** 20)} MiB`;

/** $0.0012, $0.07, $12.40: two digits that say something. */
export function dollars(value) {
  if (!value) return "$0";
  const digits = value >= 0.1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(value)));
  return `$${value.toFixed(digits)}`;
}

export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits).replace(/\.0+$/, "")} %`;

export const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const CLOUDS = { aws: "AWS", gcp: "Google Cloud" };
export const SHORT = { aws: "AWS", gcp: "Google" };

/** A series' value in what was measured: value(metrics, "isthmus.queue.messages", {cloud: "aws", queue: "archive"}). */
export function value(metrics, name, labels = {}) {
  const wanted = Object.entries(labels);
  const found = metrics.series.find(
    (one) => one.metric === name && wanted.every(([label, text]) => one.labels[label] === text),
  );
  return found?.value;
}

/** The queues that were measured on either cloud: the archive's, the bridge's, then those of handlers of your own. */
export const queues = (metrics) => [
  ...new Set(["archive", "bridge", ...metrics.series.filter((one) => one.metric === "isthmus.queue.messages").map((one) => one.labels.queue).sort()]),
];

/** The sum over all series of a metric. */
export const sum = (metrics, name) =>
  metrics.series.filter((one) => one.metric === name).reduce((all, one) => all + one.value, 0);

/** The greatest of them; 0 of none. */
export const most = (metrics, name) =>
  metrics.series.filter((one) => one.metric === name).reduce((all, one) => Math.max(all, one.value), 0);
