// Where the sidecar is, as it tells its app, and the two ways the SDK can talk to it.
import dapr from "@dapr/dapr";

const { CommunicationProtocolEnum } = dapr;
const { DAPR_HTTP_PORT, DAPR_GRPC_PORT } = process.env;

export const { APP_ID, APP_PORT, APP_PROTOCOL } = process.env;
export const logger = { level: "error" };
export const overHttp = { daprHost: "127.0.0.1", daprPort: DAPR_HTTP_PORT, communicationProtocol: CommunicationProtocolEnum.HTTP, logger };
export const overGrpc = { daprHost: "127.0.0.1", daprPort: DAPR_GRPC_PORT, communicationProtocol: CommunicationProtocolEnum.GRPC, logger };
