// Puts the page together.
import { connect, on } from "./stream.js";
import "./rates.js";
import "./figures.js";
import "./controls.js";
import "./map.js";
import "./flow.js";
import "./queues.js";
import "./letters.js";
import "./ledger.js";
import "./slos.js";
import "./dns.js";
import "./cost.js";
import "./traces.js";
import "./gamedays.js";
import "./parts.js";
import "./appearance.js";

const SAYS = { live: "live", connecting: "connecting", lost: "no connection, trying again" };

on("connection", (state) => {
  const place = document.getElementById("connection");
  place.dataset.state = state;
  place.lastElementChild.textContent = SAYS[state];
});

connect();
