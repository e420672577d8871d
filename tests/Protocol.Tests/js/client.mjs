// The official JavaScript gRPC client against the server whose address is the first argument.
import assert from 'node:assert/strict';
import grpc from '@grpc/grpc-js';
import { daprProtos, load } from './protos.mjs';

const { Dapr } = load(daprProtos, 'dapr/proto/runtime/v1/dapr.proto').dapr.proto.runtime.v1;
const client = new Dapr(process.argv[2], grpc.credentials.createInsecure());

const unary = (method, request, metadata = new grpc.Metadata(), options = {}) => new Promise(resolve => {
  const seen = {};
  const call = client[method](request, metadata, options, (error, response) => { Object.assign(seen, { error, response }); });
  call.on('metadata', headers => { seen.headers = headers; });
  call.on('status', status => resolve(Object.assign(seen, { status })));
  seen.call = call;
});

const checks = {
  async 'a unary call comes back'() {
    const { error, response } = await unary('GetState', { store_name: 'orders', key: 'echo' });
    assert.equal(error, null);
    assert.equal(response.data.toString(), 'orders/echo');
  },
  async 'metadata and trailers travel as text and as bytes'() {
    const metadata = new grpc.Metadata();
    metadata.set('x-text', 'hello');
    metadata.set('x-bytes-bin', Buffer.from([0, 1, 254]));
    const { headers, status } = await unary('GetState', { key: 'metadata' }, metadata);
    assert.deepEqual(headers.get('x-text'), ['hello']);
    assert.deepEqual(status.metadata.get('x-bytes-bin'), [Buffer.from([0, 1, 254])]);
  },
  async 'an error carries its code, its text and its details'() {
    const { error } = await unary('GetState', { key: 'error' });
    assert.equal(error.code, grpc.status.NOT_FOUND);
    assert.equal(error.details, 'not found: 100% ✓ "x"');
    const [details] = error.metadata.get('grpc-status-details-bin');
    assert.ok(details.includes('type.googleapis.com/google.rpc.ErrorInfo'));
    assert.ok(details.includes('DAPR_STATE_KEY'));
  },
  async 'an unknown method is unimplemented'() {
    const { error } = await unary('QueryStateAlpha1', {});
    assert.equal(error.code, grpc.status.UNIMPLEMENTED);
  },
  async 'a deadline is kept'() {
    const { error } = await unary('GetState', { key: 'wait' }, new grpc.Metadata(), { deadline: Date.now() + 300 });
    assert.equal(error.code, grpc.status.DEADLINE_EXCEEDED);
  },
  async 'three mebibytes go there and back'() {
    const { error, response } = await unary('GetState', { store_name: 'x'.repeat(3 * 1024 * 1024), key: 'echo' });
    assert.equal(error, null);
    assert.equal(response.data.length, 3 * 1024 * 1024 + 5);
  },
  async 'a message beyond the limit exhausts a resource'() {
    const { error } = await unary('GetState', { key: 'x'.repeat(5 * 1024 * 1024) });
    assert.equal(error.code, grpc.status.RESOURCE_EXHAUSTED);
  },
  async 'a gzip request is read'() {
    const packing = new Dapr(process.argv[2], grpc.credentials.createInsecure(), { 'grpc.default_compression_algorithm': 2 });
    const response = await new Promise((resolve, reject) =>
      packing.GetState({ store_name: 'y'.repeat(5000), key: 'echo' }, (error, value) => error ? reject(error) : resolve(value)));
    assert.equal(response.data.length, 5005);
    packing.close();
  },
  async 'a server stream delivers in order'() {
    const ids = [];
    for await (const message of client.SubscribeConfiguration({ store_name: 'configuration' })) ids.push(message.id);
    assert.deepEqual(ids, Array.from({ length: 100 }, (_, i) => `${i}`));
  },
  async 'a duplex stream echoes message by message'() {
    const call = client.SubscribeTopicEventsAlpha1();
    const answers = call[Symbol.asyncIterator]();
    for (let i = 0; i < 50; i++) {
      call.write({ event_processed: { id: `${i}` } });
      const { value } = await answers.next();
      assert.equal(value.event_message.id, `${i}`);
    }
    call.end();
    assert.equal((await answers.next()).done, true);
  },
  async 'cancelling reaches the server'() {
    const call = client.SubscribeConfiguration({ store_name: 'forever' });
    call.on('error', () => {});
    await new Promise(resolve => call.once('data', resolve));
    const ended = new Promise(resolve => call.once('status', resolve));
    call.cancel();
    assert.equal((await ended).code, grpc.status.CANCELLED);
    // A further call on the connection: the reset has left before this process ends.
    assert.equal((await unary('GetState', { key: 'echo' })).error, null);
  },
};

for (const [name, check] of Object.entries(checks)) {
  await check();
  console.log(`ok: ${name}`);
}
client.close();
