import { patchNetwork } from "./network.ts";
import { patchChance } from "./patch-chance.ts";
import { patchClocks } from "./patch-clocks.ts";
import { patchOutput } from "./patch-output.ts";
import { patchTimers } from "./patch-timers.ts";

/**
 * Makes clocks, timers, randomness, sockets and standard output of this Node process follow its history. Import it
 * before any module of the project, because some keep what they import; and in a process of its own, because it
 * cannot be undone.
 */
patchTimers();
patchClocks();
patchChance();
patchNetwork();
patchOutput();
