import type { Clock } from "../../clock.ts";

const rememberedMs = 60_000;
const rememberedMax = 10_000;

type ByAccount<Found> = { find(userName: string): Promise<Found> };

/** Accounts, or what belongs to them, as they were at most a minute ago, for work on many messages of few accounts. */
export function cachedAccounts<Found>(store: ByAccount<Found>, now: Clock): ByAccount<Found> {
	const known = new Map<string, { readonly found: Found; readonly untilMs: number }>();
	return {
		async find(userName) {
			const hit = known.get(userName);
			if (hit !== undefined && now() < hit.untilMs) return hit.found;
			const found = await store.find(userName);
			if (known.size >= rememberedMax) known.clear();
			known.set(userName, { found, untilMs: now() + rememberedMs });
			return found;
		},
	};
}
