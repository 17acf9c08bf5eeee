// The receiver most teams write: verify Stripe's signature, dedupe in Redis, insert the event, push a job, answer 200.
// It does per request what Haat's receiver promises, except one thing: dying between the Redis key and the insert loses the event.
"use strict";

const { createHmac, timingSafeEqual } = require("node:crypto");
const express = require("express");
const { Pool } = require("pg");
const redis = require("redis");

const { PEER_DATABASE_URL, PEER_REDIS_URL, PEER_WEBHOOK_SECRET, PEER_PORT } = process.env;
const threeDays = 3 * 24 * 3600;
const insertEvent = {
  name: "insert-event",
  text: `insert into webhook_events (provider, event_id, payload) values ($1, $2, $3)
         on conflict (provider, event_id) do nothing`,
};

function isSignedBy(secret, header, body) {
  const fields = new Map((header ?? "").split(",").map((field) => field.split("=", 2)));
  const expected = createHmac("sha256", secret).update(`${fields.get("t")}.`).update(body).digest();
  const given = Buffer.from(fields.get("v1") ?? "", "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function main() {
  const database = new Pool({ connectionString: PEER_DATABASE_URL, max: 20 });
  const cache = redis.createClient({ url: PEER_REDIS_URL });
  await cache.connect();

  async function receive(request, response) {
    const body = request.body;
    if (!isSignedBy(PEER_WEBHOOK_SECRET, request.get("stripe-signature"), body)) {
      return response.status(400).end();
    }
    const event = JSON.parse(body);
    const isNew = await cache.set(`seen:stripe:${event.id}`, "1", { NX: true, EX: threeDays });
    if (isNew) {
      await database.query({ ...insertEvent, values: ["stripe", event.id, body.toString()] });
      await cache.lPush("queue:webhooks", JSON.stringify({ provider: "stripe", id: event.id }));
    }
    response.status(200).end();
  }

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.get("/", (_, response) => response.end());
  app.post("/webhooks/stripe", express.raw({ type: "*/*" }), (request, response) =>
    receive(request, response).catch((error) => {
      console.error(error);
      response.status(500).end();
    }),
  );
  app.listen(Number(PEER_PORT), "127.0.0.1");
}

main();
