// An app on the official JavaScript SDK that asks its sidecar for everything the SDK offers and this sidecar has.
import { inspect } from "node:util";
import dapr from "@dapr/dapr";
import { Inbox, check, equal, finish, holds } from "./checks.mjs";

const { CommunicationProtocolEnum, DaprClient, DaprServer, DaprWorkflowClient, HttpMethod, WorkflowRuntime, WorkflowRuntimeStatus } = dapr;
const { APP_ID, APP_PORT, DAPR_HTTP_PORT, DAPR_GRPC_PORT } = process.env;
const logger = { level: "error" };
const overHttp = { daprHost: "127.0.0.1", daprPort: DAPR_HTTP_PORT, communicationProtocol: CommunicationProtocolEnum.HTTP, logger };
const overGrpc = { daprHost: "127.0.0.1", daprPort: DAPR_GRPC_PORT, communicationProtocol: CommunicationProtocolEnum.GRPC, logger };

const orders = new Inbox();
const large = new Inbox();
const batches = new Inbox();
const dead = new Inbox();
const server = new DaprServer({ serverHost: "127.0.0.1", serverPort: APP_PORT, clientOptions: overHttp, logger });
await server.pubsub.subscribe("pubsub", "orders", async (data) => orders.add(data));
await server.pubsub.subscribeBulk("pubsub", "batches", async (data) => batches.add(data), { maxMessagesCount: 10, maxAwaitDurationMs: 50 });
await server.pubsub.subscribe("pubsub", "poison.dead", async (data) => dead.add(data));
await server.pubsub.subscribeWithOptions("pubsub", "poison", { deadLetterTopic: "poison.dead", callback: async () => "DROP" });
await server.pubsub.subscribeWithOptions("pubsub", "sorted", {
  route: { default: "/small", rules: [{ match: "event.data.lines > 10", path: "/large" }] },
});
server.pubsub.subscribeToRoute("pubsub", "sorted", "/small", async (data) => orders.add(data));
server.pubsub.subscribeToRoute("pubsub", "sorted", "/large", async (data) => large.add(data));
await server.invoker.listen("prices/quote", async ({ body, query }) => ({ body: JSON.parse(body), query }), { method: HttpMethod.POST });
await server.invoker.listen("prices", async ({ query }) => ({ query }), { method: HttpMethod.GET });
await server.start();

for (const [name, options] of [["http", overHttp], ["grpc", overGrpc]]) {
  const client = new DaprClient(options);
  await stateChecks(name, client);
  await pubSubChecks(name, client);
  await check(`${name}: secrets`, async () => {
    equal(await client.secret.get("secretstore", "api-key"), { "api-key": "k-1" });
    holds(JSON.stringify(await client.secret.getBulk("secretstore")).includes("p-1"), "the nested secret is missing");
  });
  await check(`${name}: metadata`, async () => {
    await client.metadata.set(`set-by-${name}`, "yes");
    equal((await client.metadata.get()).id, APP_ID);
  });
  await check(`${name}: health`, async () => holds(await client.health.isHealthy(), "not healthy"));
  await client.stop();
}

await invocationChecks(new DaprClient(overHttp));
await workflowChecks();
finish();

async function stateChecks(name, { state }) {
  const key = (suffix) => `${name}-${suffix}`;
  await check(`${name}: values come back as they were saved`, async () => {
    await state.save("statestore", [{ key: key("object"), value: { x: 1, s: "é" } }, { key: key("text"), value: "plain" }]);
    equal(await state.get("statestore", key("object")), { x: 1, s: "é" });
    equal(await state.get("statestore", key("text")), "plain");
  });
  await check(`${name}: a missing key is empty`, async () => holds(!(await state.get("statestore", key("missing"))), "there is a value"));
  await check(`${name}: several keys at once`, async () => {
    const items = await state.getBulk("statestore", [key("object"), key("missing")]);
    equal(items.map((item) => item.key).sort(), [key("missing"), key("object")]);
  });
  await check(`${name}: a transaction saves and deletes`, async () => {
    await state.transaction("statestore", [
      { operation: "upsert", request: { key: key("new"), value: "v" } },
      { operation: "delete", request: { key: key("text") } },
    ]);
    equal(await state.get("statestore", key("new")), "v");
    holds(!(await state.get("statestore", key("text"))), "the deleted key is still there");
  });
  await check(`${name}: a wrong ETag is refused`, async () => {
    const answer = await state.delete("statestore", key("object"), { etag: "not-this-one" }).catch((error) => ({ error }));
    holds(answer?.error, "it was deleted");
    equal(await state.get("statestore", key("object")), { x: 1, s: "é" });
  });
  await check(`${name}: a key is deleted`, async () => {
    await state.delete("statestore", key("new"));
    holds(!(await state.get("statestore", key("new"))), "it is still there");
  });
}

async function pubSubChecks(name, { pubsub }) {
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
  await check(`${name}: an unknown component is an error`, async () => {
    const answer = await pubsub.publish("none", "orders", {}).catch((error) => ({ error }));
    holds(inspect(answer).includes("pubsub none not found"), `the answer was ${inspect(answer)}`);
  });
}

async function invocationChecks(client) {
  await check("invoke with a body and a query", async () => {
    const answer = await client.invoker.invoke(APP_ID, "prices/quote?currency=EUR", HttpMethod.POST, { sku: "a" });
    equal(answer.body, { sku: "a" });
    holds(answer.query.includes("currency=EUR"), `the query was ${answer.query}`);
  });
  await check("invoke by GET", async () => holds((await client.invoker.invoke(APP_ID, "prices?x=1", HttpMethod.GET)).query.includes("x=1"), "no query"));
  await check("invoke an unknown app", async () => {
    const error = await client.invoker.invoke("nobody", "prices", HttpMethod.GET).then(() => null, (e) => e);
    holds(String(error?.message).includes("ERR_DIRECT_INVOKE"), `the error was ${error?.message}`);
  });
}

async function workflowChecks() {
  const options = { daprHost: "127.0.0.1", daprPort: DAPR_GRPC_PORT, logger };
  const addOne = async (_, number) => number + 1;
  const countThenWait = async function* (context, start) {
    let number = start;
    for (let i = 0; i < 3; i++) number = yield context.callActivity(addOne, number);
    const approval = yield context.waitForExternalEvent("approved");
    yield context.createTimer(0.2);
    return { number, approval };
  };
  const failing = async function* (context) {
    yield context.callActivity(breaks);
  };
  const breaks = async () => {
    throw new Error("out of order");
  };
  const runtime = new WorkflowRuntime(options);
  runtime.registerWorkflow(countThenWait).registerWorkflow(failing).registerActivity(addOne).registerActivity(breaks);
  await runtime.start();
  const client = new DaprWorkflowClient(options);
  await check("a workflow runs activities, waits for an event and a timer, and is purged", async () => {
    const id = await client.scheduleNewWorkflow(countThenWait, 5);
    await client.waitForWorkflowStart(id, undefined, 10);
    await client.raiseEvent(id, "approved", { by: "ann" });
    const state = await client.waitForWorkflowCompletion(id, undefined, 15);
    equal(JSON.parse(state.serializedOutput), { number: 8, approval: { by: "ann" } });
    holds(await client.purgeWorkflow(id), "it was not purged");
    equal(await client.getWorkflowState(id, true), undefined);
  });
  await check("a workflow whose activity throws has failed, and says why", async () => {
    const state = await client.waitForWorkflowCompletion(await client.scheduleNewWorkflow(failing), undefined, 15);
    holds(String(state.workflowFailureDetails?.getErrorMessage?.() ?? JSON.stringify(state)).includes("out of order"), JSON.stringify(state));
  });
  await check("a workflow is suspended, resumed and terminated", async () => {
    const id = await client.scheduleNewWorkflow(countThenWait, 1);
    await client.waitForWorkflowStart(id, undefined, 10);
    await client.suspendWorkflow(id);
    await client.resumeWorkflow(id);
    await client.terminateWorkflow(id, "enough");
    const state = await client.waitForWorkflowCompletion(id, undefined, 15);
    equal(state.runtimeStatus, WorkflowRuntimeStatus.TERMINATED);
  });
  await client.stop();
  await runtime.stop();
}
