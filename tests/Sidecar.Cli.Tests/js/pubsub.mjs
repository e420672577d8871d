import { inspect } from "node:util";
import { Inbox, check, equal, holds } from "./checks.mjs";

const orders = new Inbox();
const large = new Inbox();
const batches = new Inbox();
const dead = new Inbox();
const raw = new Inbox();

export async function prepare({ pubsub }) {
  await pubsub.subscribe("pubsub", "orders", async (data) => orders.add(data));
  await pubsub.subscribeBulk("pubsub", "batches", async (data) => batches.add(data), { maxMessagesCount: 10, maxAwaitDurationMs: 50 });
  await pubsub.subscribe("pubsub", "poison.dead", async (data) => dead.add(data));
  await pubsub.subscribeWithOptions("pubsub", "poison", { deadLetterTopic: "poison.dead", callback: async () => "DROP" });
  // The SDK writes metadata as JSON: a text would arrive in quotes, which no Dapr takes for a boolean.
  await pubsub.subscribe("pubsub", "raw", async (data) => raw.add(data), undefined, { rawPayload: true });
  await pubsub.subscribeWithOptions("pubsub", "sorted", {
    route: { default: "/small", rules: [{ match: "event.data.lines > 10", path: "/large" }] },
  });
  pubsub.subscribeToRoute("pubsub", "sorted", "/small", async (data) => orders.add(data));
  pubsub.subscribeToRoute("pubsub", "sorted", "/large", async (data) => large.add(data));
}

export async function overEach(name, { pubsub }) {
  await check(`${name}: an object and a text are delivered`, async () => {
    await pubsub.publish("pubsub", "orders", { by: name });
    equal(await orders.take(), { by: name });
    await pubsub.publish("pubsub", "orders", `text by ${name}`);
    equal(await orders.take(), `text by ${name}`);
  });
  await check(`${name}: a CloudEvent keeps its data`, async () => {
    const event = { specversion: "1.0", type: "t", source: "s", id: `${name}-1`, datacontenttype: "application/json", data: { own: name } };
    await pubsub.publish("pubsub", "orders", event, { contentType: "application/cloudevents+json" });
    equal(await orders.take(), { own: name });
  });
  await check(`${name}: rules choose the route`, async () => {
    await pubsub.publish("pubsub", "sorted", { lines: 99 });
    equal(await large.take(), { lines: 99 });
    await pubsub.publish("pubsub", "sorted", { lines: 1 });
    equal(await orders.take(), { lines: 1 });
  });
  await check(`${name}: what the app drops is dead-lettered`, async () => {
    await pubsub.publish("pubsub", "poison", { bad: name });
    equal(await dead.take(), { bad: name });
  });
  await check(`${name}: a bulk publish reaches a bulk subscription`, async () => {
    const answer = await pubsub.publishBulk("pubsub", "batches", [{ n: 1 }, { n: 2 }, { n: 3 }]);
    equal(answer.failedMessages, []);
    const numbers = [(await batches.take()).n, (await batches.take()).n, (await batches.take()).n];
    equal(numbers.sort(), [1, 2, 3]);
  });
  await check(`${name}: a raw payload comes without an envelope of the publisher's`, async () => {
    await pubsub.publish("pubsub", "raw", `raw by ${name}`, { metadata: { rawPayload: "true" } });
    equal(await raw.take(), `raw by ${name}`);
  });
  await check(`${name}: an unknown component is an error`, async () => {
    const answer = await pubsub.publish("none", "orders", {}).catch((error) => ({ error }));
    holds(inspect(answer).includes("pubsub none is not found"), `the answer was ${inspect(answer)}`);
  });
}
