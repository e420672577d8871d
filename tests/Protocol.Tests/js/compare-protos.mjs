// Compares the proto files below the folder given first with the official ones: every name, number, type and label that ours define.
import path from 'node:path';
import protobuf from 'protobufjs';
import { daprProtos, workflowProtos } from './protos.mjs';

const ours = process.argv[2];

// Newer than the npm package; the source is dapr/dapr 1.18.
const newer = new Set([
  'dapr.proto.runtime.v1.Dapr.ScheduleJob', 'dapr.proto.runtime.v1.Dapr.GetJob', 'dapr.proto.runtime.v1.Dapr.DeleteJob',
  'dapr.proto.runtime.v1.Dapr.ListJobs', 'dapr.proto.runtime.v1.Dapr.DeleteJobsByPrefix', 'dapr.proto.runtime.v1.AppCallback.OnJobEvent',
  'dapr.proto.runtime.v1.ListJobsRequest', 'dapr.proto.runtime.v1.ListJobsResponse',
  'dapr.proto.runtime.v1.DeleteJobsByPrefixRequest', 'dapr.proto.runtime.v1.DeleteJobsByPrefixResponse',
]);

// The workflow protocol was renamed on its way to 1.18, with the numbers kept.
const renames = [
  [/ChildWorkflowInstance/g, 'SubOrchestrationInstance'], [/childWorkflowInstance/g, 'subOrchestrationInstance'],
  [/CreateChildWorkflow/g, 'CreateSubOrchestration'], [/createChildWorkflow/g, 'createSubOrchestration'],
  [/^Workflow(Request|Response|Action|StartedEvent|CompletedEvent)/, 'Orchestrator$1'], [/^workflow(Request|Started|Completed|ActionType)$/, 'orchestrator$1'],
  [/(Complete|Terminate)Workflow/, '$1Orchestration'], [/(complete|terminate)Workflow/, '$1Orchestration'],
  [/^Workflow(Instance|State)/, 'Orchestration$1'], [/^workflow(Instance|State|Status|SpanID)/, 'orchestration$1'],
];
const oldName = name => renames.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), name);

function parse(root, files) {
  const result = new protobuf.Root();
  result.resolvePath = (_, target) => path.isAbsolute(target) || target.startsWith('google/protobuf/') ? target : path.join(root, target);
  result.loadSync(files, { keepCase: true }).resolveAll();
  return result;
}

function flatten(root) {
  const symbols = new Map();
  (function walk(node) {
    const name = node.fullName.replace(/^\./, '');
    if (name.startsWith('google.protobuf')) return;
    if (node instanceof protobuf.Enum) symbols.set(name, { kind: 'enum', values: { ...node.values } });
    if (node instanceof protobuf.Type) {
      symbols.set(name, { kind: 'message', fields: Object.fromEntries(node.fieldsArray.map(field => [field.name, {
        id: field.id,
        type: (field.keyType ? `map<${field.keyType},` : '') + (field.resolvedType ? field.resolvedType.fullName.replace(/^\./, '') : field.type),
        repeated: field.repeated,
        oneof: field.partOf?.name ?? '',
        json: field.options?.json_name ?? '',
      }])) });
    }
    if (node instanceof protobuf.Service) {
      for (const method of node.methodsArray) {
        method.resolve();
        symbols.set(`${name}.${method.name}`, { kind: 'method', request: method.resolvedRequestType.fullName.slice(1), response: method.resolvedResponseType.fullName.slice(1),
          requestStream: !!method.requestStream, responseStream: !!method.responseStream });
      }
    }
    for (const child of node.nestedArray ?? []) walk(child);
  })(root);
  return symbols;
}

const problems = [];
let compared = 0;

function compare(mine, official, translate, mayBeNewer) {
  for (const [name, symbol] of mine) {
    const theirs = official.get(translate(name));
    if (!theirs) {
      if (!mayBeNewer(name)) problems.push(`${name}: the official files have no such ${symbol.kind}`);
      continue;
    }
    compared++;
    if (theirs.kind !== symbol.kind) problems.push(`${name}: is a ${symbol.kind}, officially a ${theirs.kind}`);
    else if (symbol.kind === 'enum') {
      for (const [value, number] of Object.entries(symbol.values)) {
        if (value in theirs.values ? theirs.values[value] !== number : !mayBeNewer(`${name}.${value}`)) problems.push(`${name}.${value} = ${number}, officially ${theirs.values[value]}`);
      }
    } else if (symbol.kind === 'message') {
      for (const [field, detail] of Object.entries(symbol.fields)) {
        const their = theirs.fields[translate(field)];
        if (!their) {
          const taken = Object.entries(theirs.fields).find(([, other]) => other.id === detail.id);
          if (taken || !mayBeNewer(`${name}.${field}`)) problems.push(`${name}.${field} = ${detail.id}: officially ${taken ? `number of ${taken[0]}` : 'unknown'}`);
          continue;
        }
        const translated = { ...detail, type: translate(detail.type), oneof: translate(detail.oneof) };
        for (const property of Object.keys(translated)) {
          if (translated[property] !== their[property]) problems.push(`${name}.${field}: ${property} ${translated[property]}, officially ${their[property]}`);
        }
      }
      for (const field of Object.keys(theirs.fields)) {
        if (!Object.keys(symbol.fields).some(own => translate(own) === field) && !mayBeNewer(`${name} lacks ${field}`)) problems.push(`${name}: lacks ${field}`);
      }
    } else {
      for (const property of ['request', 'response', 'requestStream', 'responseStream']) {
        const value = typeof symbol[property] === 'string' ? translate(symbol[property]) : symbol[property];
        if (value !== theirs[property]) problems.push(`${name}: ${property} ${value}, officially ${theirs[property]}`);
      }
    }
  }
}

const runtime = ['dapr/proto/runtime/v1/dapr.proto', 'dapr/proto/runtime/v1/appcallback.proto', 'dapr/proto/common/v1/common.proto'];
compare(flatten(parse(ours, runtime.map(f => path.join(ours, f)))), flatten(parse(daprProtos, runtime.map(f => path.join(daprProtos, f)))), name => name, name => newer.has(name));

const workflow = f => path.join(workflowProtos, f);
// This package is older than 1.18: what it does not know, it cannot contradict; a number used otherwise still counts.
compare(flatten(parse(ours, [path.join(ours, 'orchestrator_service.proto')])), flatten(parse(workflowProtos, [workflow('orchestrator_service.proto')])),
  name => name.split('.').map(oldName).join('.'), () => true);

for (const problem of problems) console.error(problem);
console.log(`compared ${compared} messages, enums and methods; ${problems.length} differences`);
process.exitCode = problems.length || compared < 200 ? 1 : 0;
