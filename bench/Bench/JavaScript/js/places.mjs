// Where the sidecar is, and the workflow and actor that both the app and its caller know.
import dapr from "@dapr/dapr";

const { AbstractActor, CommunicationProtocolEnum } = dapr;
const logger = { level: "error" };

export const { APP_PORT, DAPR_HTTP_PORT, DAPR_GRPC_PORT, BENCH_SECONDS } = process.env;
export const overHttp = (port = DAPR_HTTP_PORT) => ({ daprHost: "127.0.0.1", daprPort: `${port}`, communicationProtocol: CommunicationProtocolEnum.HTTP, logger });
export const overGrpc = (port = DAPR_GRPC_PORT) => ({ daprHost: "127.0.0.1", daprPort: `${port}`, communicationProtocol: CommunicationProtocolEnum.GRPC, logger });

export class Echo extends AbstractActor {
  async echo(value) {
    return value;
  }
}

export const addOne = async (_, number) => number + 1;
export const oneActivity = async function* (context, start) {
  return yield context.callActivity(addOne, start);
};

/** What is saved, sent and returned: about a kilobyte. */
export const kilobyte = { text: "x".repeat(1000) };
