import { Inbox, check, equal, holds } from "./checks.mjs";

const ticks = new Inbox();

export async function prepare({ binding }) {
  await binding.receive("tick", async (data) => ticks.add({ data }));
}

export async function overEach(name, { binding }) {
  await check(`${name}: an output binding creates a file and reads it`, async () => {
    const written = await binding.send("files", "create", { by: name }, { fileName: `${name}.json` });
    equal(read(written), { fileName: `${name}.json` });
    equal(read(await binding.send("files", "get", undefined, { fileName: `${name}.json` })), { by: name });
  });
}

export async function once() {
  await check("an input binding calls the app", async () => holds("data" in (await ticks.take()), "no event"));
}

/** Over HTTP the SDK reads the answer, over gRPC it hands out the bytes. */
function read(answer) {
  return answer.data instanceof Uint8Array ? JSON.parse(Buffer.from(answer.data).toString()) : answer;
}
