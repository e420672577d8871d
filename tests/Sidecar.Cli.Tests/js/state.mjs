import dapr from "@dapr/dapr";
import { check, equal, holds } from "./checks.mjs";

const { StateConcurrencyEnum } = dapr;

export async function overEach(name, { state }) {
  const key = (suffix) => `${name}-${suffix}`;
  await check(`${name}: values come back as they were saved`, async () => {
    await state.save("statestore", [{ key: key("object"), value: { x: 1, s: "é" } }, { key: key("text"), value: "plain" }]);
    equal(await state.get("statestore", key("object")), { x: 1, s: "é" });
    equal(await state.get("statestore", key("text")), "plain");
  });
  await check(`${name}: a missing key is empty`, async () => holds(!(await state.get("statestore", key("missing"))), "there is a value"));
  await check(`${name}: several keys at once`, async () => {
    const items = await state.getBulk("statestore", [key("object"), key("missing")]);
    equal(items.map((item) => item.key).sort(), [key("missing"), key("object")]);
  });
  await check(`${name}: a transaction saves and deletes`, async () => {
    await state.transaction("statestore", [
      { operation: "upsert", request: { key: key("new"), value: "v" } },
      { operation: "delete", request: { key: key("text") } },
    ]);
    equal(await state.get("statestore", key("new")), "v");
    holds(!(await state.get("statestore", key("text"))), "the deleted key is still there");
  });
  await check(`${name}: the first of two writers wins`, async () => {
    const first = { concurrency: StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE };
    const [{ etag }] = await state.getBulk("statestore", [key("object")]);
    await state.save("statestore", [{ key: key("object"), value: { x: 1, s: "é" }, etag: etag, options: first }]);
    const second = await state.save("statestore", [{ key: key("object"), value: "late", etag: etag, options: first }]).catch((error) => ({ error }));
    holds(second?.error, "the second was saved too");
    const anew = await state.save("statestore", [{ key: key("object"), value: "new", options: first }]).catch((error) => ({ error }));
    holds(anew?.error, "a key that is there was made anew");
    equal(await state.get("statestore", key("object")), { x: 1, s: "é" });
  });
  await check(`${name}: a wrong ETag is refused`, async () => {
    const answer = await state.delete("statestore", key("object"), { etag: "not-this-one" }).catch((error) => ({ error }));
    holds(answer?.error, "it was deleted");
    equal(await state.get("statestore", key("object")), { x: 1, s: "é" });
  });
  await check(`${name}: a key is deleted`, async () => {
    await state.delete("statestore", key("new"));
    holds(!(await state.get("statestore", key("new"))), "it is still there");
  });
}
