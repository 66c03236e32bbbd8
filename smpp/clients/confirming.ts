import { longestKeptMs } from "#shared/domain/lifetimes.ts";
import type { Pack } from "#shared/domain/packs.ts";
import type { Clock, Log, PackStore } from "#shared/ports.ts";
import { gathered } from "#smpp/gathered.ts";
import { untilDone } from "#smpp/until-done.ts";

export type Confirming = {
	/** Resolves when it is written down that the client knows of this message; false where that could not be. */
	confirm(pack: Pack, messageId: number): Promise<boolean>;
};

export type ConfirmingOptions = {
	readonly packs: Pick<PackStore, "confirm">;
	readonly retentionMs: number;
	readonly now: Clock;
	readonly log: Log;
};

/** Long enough that a pack whose messages go together is one write, though their answers take a session's round trip. */
const lot = { itemsMax: 100, quietMs: 20, waitMs: 60 };

/** About half a minute; then the pack goes back to its queue, and is told again when it comes. */
const triesMax = 12;

type Told = { readonly pack: Pack; readonly messageId: number; readonly resolve: (written: boolean) => void };

/** Writes down what clients were told, one write for each pack of a moment. */
export function confirmingIn({ packs, retentionMs, now, log }: ConfirmingOptions): Confirming {
	async function write(pack: Pack, told: readonly Told[]): Promise<void> {
		const part = { ...pack, messageIds: told.map(({ messageId }) => messageId) };
		const step = async () => {
			const at = now();
			await packs.confirm(part, at, at + longestKeptMs(retentionMs));
			return true;
		};
		const written = (await untilDone(log, "report.unrecorded", step, triesMax)) ?? false;
		for (const { resolve } of told) resolve(written);
	}

	const gathering = gathered<Told>(lot, async (all) => {
		const byPack = Map.groupBy(all, ({ pack }) => pack);
		await Promise.all([...byPack].map(async ([pack, told]) => await write(pack, told)));
	});
	return {
		async confirm(pack, messageId) {
			const { promise, resolve } = Promise.withResolvers<boolean>();
			void gathering.add({ pack, messageId, resolve });
			return await promise;
		},
	};
}
