// What a sidecar that does nothing would answer: bare servers of Node.js, the baseline for HTTP and for gRPC.
import http from "node:http";
import http2 from "node:http2";
import { kilobyte } from "./places.mjs";

const body = Buffer.from(JSON.stringify(kilobyte));
const overHttp = http.createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body));
});

// One message: a frame's head of five bytes, then field 1 of GetStateResponse, which is of wire type 2.
const message = Buffer.concat([Buffer.from([0x0a, (body.length & 0x7f) | 0x80, body.length >> 7]), body]);
const head = Buffer.alloc(5);
head.writeUInt32BE(message.length, 1);
const frame = Buffer.concat([head, message]);
const overGrpc = http2.createServer();
overGrpc.on("stream", (stream) => {
  stream.resume().on("end", () => {
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(frame);
  });
});

overHttp.listen(0, "127.0.0.1", () => overGrpc.listen(0, "127.0.0.1", () => process.send({ http: overHttp.address().port, grpc: overGrpc.address().port })));
process.on("disconnect", () => process.exit(0));
