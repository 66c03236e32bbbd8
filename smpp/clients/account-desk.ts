import { UnreadableRows } from "#shared/domain/faults.ts";
import type { AccountQueueSource, Log, PackStore, WaitingPack } from "#shared/ports.ts";
import { type OpeningPacks, openPacks, type Untold } from "#shared/usecases/open-packs.ts";
import { untilDone } from "#smpp/until-done.ts";
import { confirmingIn } from "./confirming.ts";
import { type HeldPacks, heldPacks } from "./held-packs.ts";
import { type PackIntake, packIntake } from "./pack-intake.ts";
import type { Receiver } from "./receivers.ts";
import { incomingRequests, receiptRequest } from "./report-requests.ts";
import { type News, type TellingOptions, tellingOver } from "./telling.ts";

export type AccountDeskOptions = OpeningPacks &
	Omit<TellingOptions, "held" | "confirming" | "onRoom"> & {
		readonly packs: PackStore;
		readonly source: AccountQueueSource;
		/** How long a pack is kept from other tasks while it is held here; renewed at a third of it. */
		readonly visibilitySeconds: number;
		/** How long messages are kept, and with them what is known of their reports. */
		readonly retentionMs: number;
	};

export type AccountDesk = {
	/** How many sessions it has. */
	readonly receivers: number;
	add(receiver: Receiver): void;
	remove(receiver: Receiver): void;
	/** Takes in no more, lets what is on its way be answered and written down, and gives back the rest. */
	stop(): Promise<void>;
};

/** So often before the packs go back to their queue. */
const opensMax = 5;

/** All that one account is told by the sessions that this task holds of it: its queue, read as far as they take it. */
export function openAccountDesk(userName: string, queueUrl: string, options: AccountDeskOptions): AccountDesk {
	const { log } = options;
	const held = heldPacks({ ...options, queueUrl });
	const telling = tellingOver({
		...options,
		held,
		confirming: confirmingIn(options),
		onRoom: () => intake.wake(),
	});
	const intake: PackIntake = packIntake({
		...options,
		queueUrl,
		wanted: () => telling.wanted,
		take: async (packs) => {
			const own = packs.filter(({ pack }) => pack.userName === userName);
			/* Of two accounts with one queue neither must hear of the other's: these come again until they are dead letters. */
			if (own.length < packs.length) log.error("waiting_pack.foreign", { user_name: userName, queue: queueUrl });
			telling.push(await newsOf(own, held, options));
		},
	});
	return {
		get receivers() {
			return telling.receivers;
		},
		add: telling.add,
		remove: telling.remove,
		async stop() {
			await Promise.all([intake.stop(), telling.stop()]);
			await held.release();
		},
	};
}

/** What packs are to tell of, now held; where that cannot be read, nothing, and they go back. */
async function newsOf(
	packs: readonly WaitingPack[],
	held: HeldPacks,
	options: AccountDeskOptions,
): Promise<readonly News[]> {
	for (const pack of packs) held.hold(pack, pack.pack.messageIds.length);
	const all = await untilDone(
		options.log,
		"waiting_pack.unopened",
		() =>
			openPacks(
				options,
				packs.map(({ pack }) => pack),
			),
		opensMax,
	);
	return packs.flatMap((pack, index) => {
		const untold = all?.[index];
		held.hold(pack, untold?.length ?? 1);
		if (untold === undefined) held.failed(pack);
		return (untold ?? []).flatMap((one) => newsIfTellable(pack, one, held, options.log));
	});
}

/** A message that cannot be put in words holds up no other: its pack comes again, until it is a dead letter that somebody looks at. */
function newsIfTellable(pack: WaitingPack, untold: Untold, held: HeldPacks, log: Log): readonly News[] {
	try {
		return [newsFrom(pack, untold)];
	} catch (err) {
		const { userName, packId } = pack.pack;
		log.error("waiting_pack.untellable", { user_name: userName, pack: packId, message_id: idOf(untold), err });
		held.failed(pack);
		return [];
	}
}

const idOf = (untold: Untold) => (untold.kind === "unreadable" ? untold.messageId : untold.message.messageId);

function newsFrom(pack: WaitingPack, untold: Untold): News {
	if (untold.kind === "unreadable") throw new UnreadableRows("messages", [untold.messageId]);
	const { messageId } = untold.message;
	if (untold.kind === "incoming") {
		return { pack, messageId, requests: incomingRequests(untold.message), at: untold.message.receivedAt };
	}
	const { message, onWay } = untold;
	return { pack, messageId, requests: [receiptRequest(message, onWay)], at: onWay?.at ?? message.statusAt };
}
