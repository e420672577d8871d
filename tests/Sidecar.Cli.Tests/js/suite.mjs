// An app on the official JavaScript SDK that asks its sidecar for everything the SDK offers and this sidecar has: one file for each building block.
// The app speaks the protocol that the sidecar was told: HTTP, or gRPC (AppCallback).
// A block may say what the app offers (prepare), what is checked over HTTP and over gRPC (overEach), and what is checked once (once).
import dapr from "@dapr/dapr";
import { check, finish, holds, ran } from "./checks.mjs";
import { APP_PORT, APP_PROTOCOL, logger, overGrpc, overHttp } from "./settings.mjs";
import * as actors from "./actors.mjs";
import * as bindings from "./bindings.mjs";
import * as configuration from "./configuration.mjs";
import * as cryptography from "./cryptography.mjs";
import * as invocation from "./invocation.mjs";
import * as locks from "./locks.mjs";
import * as metadata from "./metadata.mjs";
import * as pubsub from "./pubsub.mjs";
import * as refusals from "./refusals.mjs";
import * as secrets from "./secrets.mjs";
import * as state from "./state.mjs";
import * as workflow from "./workflow.mjs";

const { CommunicationProtocolEnum, DaprClient, DaprServer } = dapr;
// The SDK hosts actors over HTTP only.
const hosted = APP_PROTOCOL === "grpc" ? {} : { actors };
const blocks = Object.entries({ state, pubsub, secrets, metadata, invocation, bindings, locks, configuration, cryptography, ...hosted, workflow, refusals });

const server = new DaprServer({
  serverHost: "127.0.0.1",
  serverPort: APP_PORT,
  communicationProtocol: APP_PROTOCOL === "grpc" ? CommunicationProtocolEnum.GRPC : CommunicationProtocolEnum.HTTP,
  clientOptions: overHttp,
  logger,
});
for (const [, block] of blocks) await block.prepare?.(server);
await server.start();

const clients = { http: new DaprClient(overHttp), grpc: new DaprClient(overGrpc) };
for (const [name, block] of blocks) {
  const before = ran();
  // For docs/conformance.md, which tells who calls what: its recorder sees the calls pass.
  await clients.http.metadata.set(`checked-by-${name}.mjs`, "yes");
  for (const [transport, client] of Object.entries(clients)) await block.overEach?.(transport, client);
  await block.once?.(clients);
  if (ran() === before) await check(name, async () => holds(false, "this block checks nothing"));
}

finish();
