import { inspect } from "node:util";
import { check, holds } from "./checks.mjs";

/** What names a component that is not there is refused, in words that name it. */
export async function overEach(name, { state, secret, lock, configuration, binding }) {
  const calls = {
    "state store": () => state.get("missing", "key"),
    "secret store": () => secret.get("missing", "key"),
    "lock store": () => lock.lock("missing", "resource", "owner", 10),
    "output binding": () => binding.send("missing", "create", {}),
    // The SDK has configuration over gRPC only.
    ...(name === "grpc" && { "configuration store": () => configuration.get("missing", ["key"]) }),
  };
  for (const [what, call] of Object.entries(calls)) {
    await check(`${name}: an unknown ${what} is refused`, async () => {
      const error = await call().then((answer) => (answer?.error ? answer.error : holds(false, `the answer was ${inspect(answer)}`)), (thrown) => thrown);
      holds(/missing|not configured/.test(inspect(error)), `the error was ${inspect(error)}`);
    });
  }
}
