import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A clock for all processes of a local stack that runs `rate` times as fast as this machine's. */
export type FastClock = {
	/** The options `preload` and `supportPreload` of the local stack. */
	readonly preload: string;
	now(): number;
};

export function fastClock(rate: number): FastClock {
	const epoch = Date.now();
	const url = pathToFileURL(join(import.meta.dirname, "../fixtures/clock/fast.ts"));
	for (const [name, value] of Object.entries({ rate, epoch, timerMsMin: 500 }))
		url.searchParams.set(name, String(value));
	return {
		preload: url.href,
		now: () => epoch + (Date.now() - epoch) * rate,
	};
}
