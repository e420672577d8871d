// The official JavaScript gRPC server; prints its port and runs until its input closes.
import grpc from '@grpc/grpc-js';
import { daprProtos, load } from './protos.mjs';

const api = load(daprProtos, 'dapr/proto/runtime/v1/dapr.proto').dapr.proto.runtime.v1;
const server = new grpc.Server();

server.addService(api.Dapr.service, {
  GetState(call, callback) {
    const { key } = call.request;
    if (key === 'error') {
      const trailers = new grpc.Metadata();
      trailers.set('x-trailer-bin', Buffer.from([9, 8, 7]));
      // google.rpc.Status { code: 9, message: "rich" }
      trailers.set('grpc-status-details-bin', Buffer.from([0x08, 0x09, 0x12, 0x04, ...Buffer.from('rich')]));
      callback({ code: grpc.status.FAILED_PRECONDITION, details: 'not yet: 50% ✓', metadata: trailers });
    } else if (key === 'wait') {
      call.on('cancelled', () => console.log('cancelled'));
    } else {
      const headers = new grpc.Metadata();
      headers.set('x-seen', call.metadata.get('x-sent').join(','));
      call.sendMetadata(headers);
      callback(null, { data: Buffer.from(`${key}:${call.request.store_name}`), etag: '1' });
    }
  },
  SubscribeConfiguration(call) {
    for (let i = 0; i < 100; i++) call.write({ id: `${i}` });
    call.end();
  },
  SubscribeTopicEventsAlpha1(call) {
    call.on('data', request => call.write({ event_message: { id: request.event_processed.id } }));
    call.on('end', () => call.end());
  },
});

server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`port ${port}`);
});
process.stdin.on('end', () => process.exit(0)).resume();
