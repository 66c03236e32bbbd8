import type { AccountQueueSource, Log, WaitingPack } from "#shared/ports.ts";
import { gathered } from "#smpp/gathered.ts";
import { untilDone } from "#smpp/until-done.ts";
import { absenceSeconds } from "./rest.ts";

/** The packs of an account that are held here: kept from others, and deleted once all that they tell of was told. */
export type HeldPacks = {
	/** @param untold how many messages it is still to tell of. */
	hold(pack: WaitingPack, untold: number): void;
	/** One message of it was told; gives whether it was the last, and the pack is done with. */
	told(pack: WaitingPack): boolean;
	/** One message of it was not: when nothing more of it is on its way, it goes back to its queue. */
	failed(pack: WaitingPack): void;
	/** Stops keeping packs from others, gives back those that are left, and resolves when all calls are done. */
	release(): Promise<void>;
};

export type HeldPacksOptions = {
	readonly queueUrl: string;
	readonly source: AccountQueueSource;
	readonly visibilitySeconds: number;
	/** From 0 to 1. */
	readonly chance: () => number;
	readonly log: Log;
};

type Held = { left: number; failed: boolean };

export function heldPacks({ queueUrl, source, visibilitySeconds, chance, log }: HeldPacksOptions): HeldPacks {
	const held = new Map<WaitingPack, Held>();
	const removing = gathered<string>({ itemsMax: 10, quietMs: 20, waitMs: 100 }, async (handles) => {
		/* One that cannot be deleted comes again, and is found to be done with. */
		await source.remove(queueUrl, handles).catch((err: unknown) => log.warn("waiting_pack.kept", { err }));
	});
	const givingBack = new Set<Promise<unknown>>();

	async function keep(packs: readonly WaitingPack[], seconds: number, event: string): Promise<void> {
		const handles = packs.map(({ handle }) => handle);
		if (handles.length > 0) await untilDone(log, event, () => source.hold(queueUrl, handles, seconds), 1);
	}

	function giveBack(pack: WaitingPack): void {
		held.delete(pack);
		/* What cannot be given back comes back by itself when its visibility ends. */
		const done = keep([pack], absenceSeconds(pack.receives, chance()), "waiting_pack.unreleased");
		givingBack.add(done);
		void done.finally(() => givingBack.delete(done));
	}

	/** Gives whether nothing of it is on its way any more. */
	function settle(pack: WaitingPack, wasTold: boolean): boolean {
		const one = held.get(pack);
		if (one === undefined) return false;
		one.left -= 1;
		one.failed ||= !wasTold;
		if (one.left > 0) return false;
		if (one.failed) giveBack(pack);
		else {
			held.delete(pack);
			void removing.add(pack.handle);
		}
		return !one.failed;
	}

	const renewing = setInterval(
		() => void keep([...held.keys()], visibilitySeconds, "waiting_pack.unheld"),
		(visibilitySeconds * 1_000) / 3,
	);
	return {
		hold(pack, untold) {
			held.set(pack, { left: untold, failed: false });
			if (untold > 0) return;
			held.delete(pack);
			void removing.add(pack.handle);
		},
		told: (pack) => settle(pack, true),
		failed: (pack) => void settle(pack, false),
		async release() {
			clearInterval(renewing);
			for (const pack of [...held.keys()]) giveBack(pack);
			await Promise.all([removing.drained(), ...givingBack]);
		},
	};
}
