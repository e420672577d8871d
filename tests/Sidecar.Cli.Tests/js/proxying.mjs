// An app on the official gRPC library, with a service of its own that it calls through its sidecar's gRPC port: all four kinds of calls.
import { once } from "node:events";
import grpc from "@grpc/grpc-js";
import { check, equal, finish, holds } from "./checks.mjs";

const { APP_ID, APP_PORT, DAPR_GRPC_PORT } = process.env;

// No proto file: the messages are texts.
const bytes = { requestSerialize: Buffer.from, requestDeserialize: String, responseSerialize: Buffer.from, responseDeserialize: String };
const method = (name, requestStream, responseStream) => ({ path: `/shop.Prices/${name}`, requestStream, responseStream, ...bytes });
const service = { Quote: method("Quote", false, false), Watch: method("Watch", false, true), Sum: method("Sum", true, false), Talk: method("Talk", true, true) };

let cancelled;
const wasCancelled = new Promise((resolve) => (cancelled = resolve));
const server = new grpc.Server();
server.addService(service, {
  Quote(call, answer) {
    const trailers = new grpc.Metadata();
    trailers.set("x-tail", "t");
    if (call.request === "refuse") return answer({ code: grpc.status.NOT_FOUND, details: "no such price: 100%", metadata: trailers });
    const headers = new grpc.Metadata();
    headers.set("x-seen", call.metadata.get("x-mine").join());
    call.sendMetadata(headers);
    answer(null, `${call.request}!`, trailers);
  },
  Watch(call) {
    call.on("cancelled", () => cancelled());
    if (call.request === "forever") return call.write("first");
    for (let i = 0; i < 200; i++) call.write(`${i}`);
    call.end();
  },
  Sum(call, answer) {
    let sum = 0;
    call.on("data", (number) => (sum += Number(number)));
    call.on("end", () => answer(null, `${sum}`));
  },
  Talk(call) {
    call.on("data", (text) => call.write(`${text}?`));
    call.on("end", () => call.end());
  },
});
await new Promise((resolve, reject) => server.bindAsync(`127.0.0.1:${APP_PORT}`, grpc.ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve())));

const Prices = grpc.makeGenericClientConstructor(service, "shop.Prices");
const client = new Prices(`127.0.0.1:${DAPR_GRPC_PORT}`, grpc.credentials.createInsecure());
const to = (appId) => {
  const metadata = new grpc.Metadata();
  if (appId) metadata.set("dapr-app-id", appId);
  metadata.set("x-mine", "m");
  return metadata;
};
const quote = (text, metadata = to(APP_ID), options = {}) =>
  new Promise((resolve) => {
    const seen = {};
    const call = client.Quote(text, metadata, options, (error, value) => Object.assign(seen, { error, value }));
    call.on("metadata", (headers) => (seen.headers = headers));
    call.on("status", (status) => resolve({ ...seen, status }));
  });

await new Promise((resolve, reject) => client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve())));
await check("a unary call carries metadata and trailers", async () => {
  const { value, headers, status } = await quote("tea");
  equal(value, "tea!");
  equal(headers.get("x-seen"), ["m"]);
  equal(status.metadata.get("x-tail"), ["t"]);
});
await check("an error comes back as it was", async () => {
  const { error } = await quote("refuse");
  equal([error.code, error.details, error.metadata.get("x-tail")], [grpc.status.NOT_FOUND, "no such price: 100%", ["t"]]);
});
await check("a server stream arrives in order", async () => {
  const numbers = [];
  for await (const number of client.Watch("all", to(APP_ID))) numbers.push(Number(number));
  equal(numbers, Array.from({ length: 200 }, (_, i) => i));
});
await check("a client stream is summed", async () => {
  const sum = await new Promise((resolve, reject) => {
    const call = client.Sum(to(APP_ID), (error, value) => (error ? reject(error) : resolve(value)));
    for (let i = 1; i <= 100; i++) call.write(`${i}`);
    call.end();
  });
  equal(sum, "5050");
});
await check("a duplex stream goes to and fro, and ends when both sides have", async () => {
  const call = client.Talk(to(APP_ID));
  const answers = call[Symbol.asyncIterator]();
  for (let i = 0; i < 20; i++) {
    call.write(`${i}`);
    equal((await answers.next()).value, `${i}?`);
  }
  call.end();
  equal((await answers.next()).done, true);
});
await check("cancelling reaches the app", async () => {
  const call = client.Watch("forever", to(APP_ID));
  call.on("error", () => {});
  await once(call, "data");
  call.cancel();
  await wasCancelled;
});
await check("an unknown app and a call without one are refused", async () => {
  holds((await quote("x", to("nobody"))).error.details.includes("nobody"), "it does not say whom it misses");
  const { error } = await quote("x", to(null));
  equal(error.code, grpc.status.UNKNOWN);
  holds(error.details.includes("dapr-app-id"), error.details);
});
finish();
