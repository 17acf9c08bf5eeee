// Writes unique, signed Stripe events as ready-made HTTP requests, spread over files, one for each thread of the load
// generator. All requests have the same length, so that the generator only has to read the next so many bytes: it then
// takes next to nothing of the machine it shares with the server. Prints that length.
// Usage: node events.js COUNT FILES PREFIX; the secret is in PEER_WEBHOOK_SECRET.
"use strict";

const { createHmac, randomUUID } = require("node:crypto");
const { createWriteStream } = require("node:fs");
const { once } = require("node:events");

const [count, files, prefix] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const now = Math.floor(Date.now() / 1000);
const run = randomUUID().slice(0, 8);
const number = "#".repeat(8);

// About 1.4 KB, the size of a real payment_intent.succeeded with one charge.
const template = JSON.stringify({
  id: `evt_${run}${number}`,
  object: "event",
  api_version: "2024-06-20",
  created: now,
  livemode: false,
  type: "payment_intent.succeeded",
  data: {
    object: {
      id: `pi_${run}${number}`,
      object: "payment_intent",
      amount: 249900,
      amount_received: 249900,
      currency: "inr",
      status: "succeeded",
      metadata: { order_id: randomUUID(), note: "n".repeat(200) },
      charges: {
        object: "list",
        data: [
          {
            id: `ch_${run}${number}`,
            amount: 249900,
            billing_details: {
              name: "A Buyer",
              email: "buyer@example.com",
              address: { line1: "House 12, Road 5", city: "Dhaka", postal_code: "1205", country: "BD" },
            },
            description: "d".repeat(580),
          },
        ],
      },
    },
  },
});
const parts = template.split(number);

function request(index) {
  const body = parts.join(String(index).padStart(number.length, "0"));
  const signature = createHmac("sha256", process.env.PEER_WEBHOOK_SECRET).update(`${now}.${body}`).digest("hex");
  return (
    "POST /webhooks/stripe HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
    `Stripe-Signature: t=${now},v1=${signature}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

async function write(file) {
  const stream = createWriteStream(`${prefix}.${file}`, { highWaterMark: 1 << 20 });
  for (let index = file; index < count; index += files) {
    if (!stream.write(request(index), "latin1")) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "close");
}

async function main() {
  for (let file = 0; file < files; file += 1) await write(file);
  console.log(request(0).length);
}

main();
