// Sends a signed event every 10 ms, whether or not those before are answered, and prints what became of them as one line
// of JSON. An answer that has not come after 10 s counts as one that took so long.
// Usage: node pushes.js PORT SECONDS; the secret is in HAAT_STRIPE_WEBHOOK_SECRETS.
"use strict";

const { createHmac, randomUUID } = require("node:crypto");
const http = require("node:http");

const [port, seconds] = [Number(process.argv[2]), Number(process.argv[3])];
const interval = 10;
const patience = 10_000;
const agent = new http.Agent({ keepAlive: true });
const latencies = [];
const refusals = {};
let accepted = 0;

function push() {
  const now = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({
    id: `evt_${randomUUID().replaceAll("-", "")}`,
    object: "event",
    created: now,
    livemode: false,
    type: "payment_intent.succeeded",
    data: { object: { id: "pi_1", object: "payment_intent", amount_received: 249900, currency: "inr" } },
    padding: "n".repeat(1000),
  });
  const signature = createHmac("sha256", process.env.HAAT_STRIPE_WEBHOOK_SECRETS)
    .update(`${now}.${body}`)
    .digest("hex");
  const began = performance.now();
  return new Promise((resolve) => {
    let isOver = false;
    function end(status) {
      if (isOver) return;
      isOver = true;
      latencies.push(Number.isInteger(status) ? performance.now() - began : patience);
      if (status === 200) accepted += 1;
      else refusals[status] = (refusals[status] ?? 0) + 1;
      resolve();
    }
    const request = http.request(
      {
        agent,
        port,
        host: "127.0.0.1",
        method: "POST",
        path: "/webhooks/stripe",
        headers: { "Stripe-Signature": `t=${now},v1=${signature}`, "Content-Length": body.length },
      },
      (response) => {
        response.resume();
        response.on("end", () => end(response.statusCode));
        response.on("error", (error) => end(error.code ?? error.message));
      },
    );
    request.setTimeout(patience, () => request.destroy(new Error("no answer")));
    request.on("error", (error) => end(error.code ?? error.message));
    request.end(body);
  });
}

function percentile(share) {
  return latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
}

async function main() {
  const pushes = [];
  const began = performance.now();
  for (let number = 0; number < (seconds * 1000) / interval; number += 1) {
    const pause = began + number * interval - performance.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    pushes.push(push());
  }
  await Promise.all(pushes);
  latencies.sort((left, right) => left - right);
  const [p50, p99, max] = [percentile(0.5), percentile(0.99), latencies.at(-1)].map((value) => value.toFixed(2));
  const told = JSON.stringify(refusals);
  console.log(
    `{"pushes":${pushes.length},"accepted":${accepted},"refusals":${told},"p50_ms":${p50},"p99_ms":${p99},"max_ms":${max}}`,
  );
  process.exit(0);
}

main();
