import dapr from "@dapr/dapr";
import { check, equal, holds } from "./checks.mjs";
import { overGrpc } from "./settings.mjs";

const { DaprWorkflowClient, WorkflowRuntime, WorkflowRuntimeStatus } = dapr;

export async function once({ http }) {
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
  const runtime = new WorkflowRuntime(overGrpc);
  runtime.registerWorkflow(countThenWait).registerWorkflow(failing).registerActivity(addOne).registerActivity(breaks);
  await runtime.start();
  const client = new DaprWorkflowClient(overGrpc);
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
  await check("the management API starts one by its name, pauses, resumes, raises an event, tells of it and purges it", async () => {
    const id = await http.workflow.scheduleNewWorkflow("countThenWait", 7);
    await client.waitForWorkflowStart(id, undefined, 10);
    await http.workflow.pause(id);
    equal((await http.workflow.getWorkflowState(id)).runtimeStatus, "SUSPENDED");
    await http.workflow.resume(id);
    await http.workflow.raiseEvent(id, "approved", { by: "bob" });
    await client.waitForWorkflowCompletion(id, undefined, 15);
    const state = await http.workflow.getWorkflowState(id);
    equal([state.instanceID, state.workflowName, state.runtimeStatus], [id, "countThenWait", "COMPLETED"]);
    equal(JSON.parse(state.properties["dapr.workflow.output"]), { number: 10, approval: { by: "bob" } });
    await http.workflow.purge(id);
    const gone = await http.workflow.getWorkflowState(id).then(() => null, (error) => error);
    holds(String(gone?.message).includes("ERR_INSTANCE_ID_NOT_FOUND"), `the error was ${gone?.message}`);
  });
  await check("the management API terminates one", async () => {
    const id = await http.workflow.scheduleNewWorkflow("countThenWait", 7);
    await client.waitForWorkflowStart(id, undefined, 10);
    await http.workflow.terminate(id);
    await client.waitForWorkflowCompletion(id, undefined, 15);
    equal((await http.workflow.getWorkflowState(id)).runtimeStatus, "TERMINATED");
  });
  await client.stop();
  await runtime.stop();
}
