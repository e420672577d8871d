// The official proto files, as the npm packages of Dapr carry them.
import path from 'node:path';
import { createRequire } from 'node:module';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const require = createRequire(import.meta.url);
const packageFolder = name => {
  const main = require.resolve(name);
  return main.slice(0, main.lastIndexOf(path.join('node_modules', name)) + path.join('node_modules', name).length);
};

export const daprProtos = path.join(packageFolder('@dapr/dapr'), 'proto');
export const workflowProtos = path.join(packageFolder('@dapr/durabletask-js'), 'proto');

export function load(root, file) {
  const definition = protoLoader.loadSync(file, { includeDirs: [root], keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true });
  return grpc.loadPackageDefinition(definition);
}
