// Calls every building block through the official SDK, with 1 and with 32 calls under way, and writes a line of JSON for each figure to results.jsonl.
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, writeFileSync } from "node:fs";
import dapr from "@dapr/dapr";
import { BENCH_SECONDS, Echo, kilobyte, oneActivity, overGrpc, overHttp } from "./places.mjs";

const { ActorId, ActorProxyBuilder, DaprClient, DaprWorkflowClient, HttpMethod } = dapr;
const milliseconds = Number(BENCH_SECONDS) * 1000;
const concurrencies = [1, 32];
const actors = 1000;

async function load(callers, duration, operation) {
  const latencies = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let i = 0; performance.now() - began < duration; i++) {
        const start = performance.now();
        await operation(caller, i);
        latencies.push(performance.now() - start);
      }
    }),
  );
  return { latencies, seconds: (performance.now() - began) / 1000 };
}

async function measure(transport, name, operation) {
  for (const callers of concurrencies) {
    await load(callers, milliseconds / 5, operation);
    const { latencies, seconds } = await load(callers, milliseconds, operation);
    latencies.sort((a, b) => a - b);
    const at = (part) => latencies[Math.floor(latencies.length * part)];
    appendFileSync("results.jsonl", `${JSON.stringify({ transport, name, callers, perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99) })}\n`);
  }
}

/** What the SDK answers with instead of throwing counts as thrown. */
function good(answer) {
  if (answer?.error) throw answer.error;
  return answer;
}

const bare = fork("bare.mjs");
const [ports] = await once(bare, "message");
const http = new DaprClient(overHttp());
const grpc = new DaprClient(overGrpc());
const has = new Set((await http.metadata.get()).components.map(({ name }) => name));

for (const [transport, client, nothing] of [
  ["HTTP", http, new DaprClient(overHttp(ports.http))],
  ["gRPC", grpc, new DaprClient(overGrpc(ports.grpc))],
]) {
  await measure(transport, "baseline", () => nothing.state.get("statestore", "key"));
  good(await client.state.save("statestore", [{ key: "key", value: kilobyte }]));
  await measure(transport, "state: get", () => client.state.get("statestore", "key"));
  await measure(transport, "state: save", async (caller, i) => good(await client.state.save("statestore", [{ key: `${transport}-${caller}-${i % 100}`, value: kilobyte }])));
  await measure(transport, "state: transaction of a save and a delete", (caller, i) =>
    client.state.transaction("statestore", [
      { operation: "upsert", request: { key: `${transport}-${caller}-${i % 100}`, value: kilobyte.text } },
      { operation: "delete", request: { key: `${transport}-${caller}-gone` } },
    ]),
  );
  await measure(transport, "publish", async () => good(await client.pubsub.publish("pubsub", "nobody-listens", kilobyte)));
  await measure(transport, "secret: get", () => client.secret.get("secretstore", "PATH"));
  await client.binding.send("files", "create", kilobyte, { fileName: "file.json" });
  await measure(transport, "binding: read a file", () => client.binding.send("files", "get", undefined, { fileName: "file.json" }));
  if (has.has("locks")) {
    await measure(transport, "lock: take and give back", async (caller) => {
      await client.lock.lock("locks", `${transport}-${caller}`, "me", 60);
      await client.lock.unlock("locks", `${transport}-${caller}`, "me");
    });
  }
}

// The SDK has these over one of the two only.
await measure("HTTP", "invoke an app", () => http.invoker.invoke(process.env.APP_ID, "echo", HttpMethod.POST, kilobyte));
const builder = new ActorProxyBuilder(Echo, http);
const proxies = Array.from({ length: actors }, (_, i) => builder.build(new ActorId(`actor-${i}`)));
await measure("HTTP", "call one actor", () => proxies[0].echo(kilobyte));
await measure("HTTP", "call one of 1,000 actors", (caller, i) => proxies[(caller * 61 + i) % actors].echo(kilobyte));
if (has.has("settings")) await measure("gRPC", "configuration: get", () => grpc.configuration.get("settings", ["discount"]));
const message = Buffer.from(JSON.stringify(kilobyte));
writeFileSync("vault.key", randomBytes(32).toString("base64"));
await measure("gRPC", "cryptography: encrypt", () => grpc.crypto.encrypt(message, { componentName: "vault", keyName: "vault.key", keyWrapAlgorithm: "A256KW" }));
const workflows = new DaprWorkflowClient(overGrpc());
await measure("gRPC", "workflow of one activity, start to end", async () => {
  await workflows.waitForWorkflowCompletion(await workflows.scheduleNewWorkflow(oneActivity, 1), undefined, 60);
});
process.exit(0);
