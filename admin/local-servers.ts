import { UsageError } from "./errors.ts";
import type { Target } from "./target.ts";

/** @throws UsageError for a stage. */
export function localServersOf({ localServers, apiUrl }: Target) {
	if (localServers === null || apiUrl === null)
		throw new UsageError("this works on the local stack only: give --local");
	return { ...localServers, apiUrl };
}
