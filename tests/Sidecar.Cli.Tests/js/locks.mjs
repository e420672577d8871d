import unlocking from "@dapr/dapr/types/lock/UnlockResponse.js";
import { check, equal } from "./checks.mjs";

// The package's own entrance leaves it out.
const { LockStatus } = unlocking;

export async function overEach(name, { lock }) {
  const cake = `cake of ${name}`;
  await check(`${name}: of two who want a lock the first gets it, and nobody twice`, async () => {
    equal((await lock.lock("locks", cake, "ann", 60)).success, true);
    equal((await lock.lock("locks", cake, "bob", 60)).success, false);
    equal((await lock.lock("locks", cake, "ann", 60)).success, false);
  });
  await check(`${name}: only its owner gives a lock back`, async () => {
    equal((await lock.unlock("locks", cake, "bob")).status, LockStatus.LockBelongsToOthers);
    equal((await lock.unlock("locks", cake, "ann")).status, LockStatus.Success);
    equal((await lock.unlock("locks", cake, "ann")).status, LockStatus.LockDoesNotExist);
    equal((await lock.lock("locks", cake, "bob", 60)).success, true);
    equal((await lock.unlock("locks", cake, "bob")).status, LockStatus.Success);
  });
}
