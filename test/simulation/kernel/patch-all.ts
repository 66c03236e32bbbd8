import { patchNetwork } from "./network.ts";
import { patchChance } from "./patch-chance.ts";
import { patchClocks } from "./patch-clocks.ts";
import { patchOutput } from "./patch-output.ts";
import { patchTimers } from "./patch-timers.ts";

/**
 * Has clocks, timers, randomness, sockets and standard output of this Node process go by the history that runs in it. It must be imported
 * before any module of the project, for some keep what they import; and in a process of its own, for it cannot be undone.
 */
patchTimers();
patchClocks();
patchChance();
patchNetwork();
patchOutput();
