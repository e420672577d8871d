import http from "node:http";
import { CommunicationProtocolEnum, DaprServer, LogLevel } from "@dapr/dapr";
import express from "express";
import { activities } from "./activities.js";
import { serve } from "./api.js";
import { Ledger } from "./ledger.js";
import { sidecarOnly } from "./sidecarOnly.js";
import { subscribe } from "./topics.js";

const { APP_PORT = "5108", HOST = "127.0.0.1", DAPR_HTTP_PORT = "3500", DAPR_GRPC_PORT = "50001", DAPR_API_TOKEN, APP_API_TOKEN } = process.env;
const sidecar = { daprHost: "127.0.0.1", ...(DAPR_API_TOKEN ? { daprApiToken: DAPR_API_TOKEN } : {}), logger: { level: LogLevel.Warn } };

const app = express();
// The SDK's server would listen on every interface.
app.listen = ((port: number) => http.createServer(app).listen(port, HOST)) as typeof app.listen;
app.use(sidecarOnly(APP_API_TOKEN));
app.get("/healthz", (_, response) => void response.sendStatus(200));

const server = new DaprServer({
  serverHost: HOST,
  serverPort: APP_PORT,
  serverHttp: app,
  clientOptions: { ...sidecar, daprPort: DAPR_HTTP_PORT, communicationProtocol: CommunicationProtocolEnum.HTTP },
  logger: sidecar.logger,
});
const ledger = new Ledger(server.client);
const saga = activities(ledger, { ...sidecar, daprPort: DAPR_GRPC_PORT });

serve(app, ledger);
await subscribe(server, ledger);
await server.start();
await saga.start();
console.log(`Loyalty listens on ${HOST}:${APP_PORT}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await saga.stop();
    await server.stop();
    process.exit(0);
  });
}
