// The app that is called: an invoked method, an actor, a workflow's worker. The caller is a process beside it, and ends it.
import { fork } from "node:child_process";
import dapr from "@dapr/dapr";
import { APP_PORT, Echo, addOne, oneActivity, overGrpc, overHttp } from "./places.mjs";

const { CommunicationProtocolEnum, DaprServer, HttpMethod, WorkflowRuntime } = dapr;

const server = new DaprServer({
  serverHost: "127.0.0.1",
  serverPort: APP_PORT,
  communicationProtocol: CommunicationProtocolEnum.HTTP,
  clientOptions: overHttp(),
  logger: { level: "error" },
});
await server.invoker.listen("echo", async ({ body }) => body, { method: HttpMethod.POST });
await server.actor.init();
await server.actor.registerActor(Echo);
await server.start();

const runtime = new WorkflowRuntime(overGrpc());
runtime.registerWorkflow(oneActivity).registerActivity(addOne);
await runtime.start();

fork("caller.mjs").on("exit", (code) => process.exit(code ?? 1));
