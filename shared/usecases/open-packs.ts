import type { IncomingMessage } from "../domain/incoming-message.ts";
import type { Message } from "../domain/message.ts";
import type { OnWay, Pack } from "../domain/packs.ts";
import type { IncomingStore, MessageStore, PackStore, ReadRows } from "../ports.ts";

export type OpeningPacks = {
	readonly messages: Pick<MessageStore, "readEach">;
	readonly incoming: Pick<IncomingStore, "readEach">;
	readonly packs: Pick<PackStore, "confirmed">;
};

/** One message that a client is to be told of: what became of its own, or that one came in for it. */
export type Untold =
	| { readonly kind: "report"; readonly message: Message; readonly onWay: OnWay | undefined }
	| { readonly kind: "incoming"; readonly message: IncomingMessage }
	/** It is there, and cannot be told of now: its pack must come again. */
	| { readonly kind: "unreadable"; readonly messageId: number };

/** What is still to be told of each of these packs, in their order: not what was confirmed before, nor what is past its retention. */
export async function openPacks(
	opening: OpeningPacks,
	packs: readonly Pack[],
): Promise<readonly (readonly Untold[])[]> {
	const confirmed = await opening.packs.confirmed(packs.map(({ packId }) => packId));
	const left = packs.map((pack) => {
		const told = confirmed.get(pack.packId);
		return { pack, messageIds: [...new Set(pack.messageIds)].filter((messageId) => !told?.has(messageId)) };
	});
	const idsOf = (incoming: boolean) => [
		...new Set(left.flatMap(({ pack, messageIds }) => ((pack.incoming === true) === incoming ? messageIds : []))),
	];
	const [messages, arrived] = await Promise.all([
		opening.messages.readEach(idsOf(false)),
		opening.incoming.readEach(idsOf(true)),
	]);
	return left.map(({ pack, messageIds }) =>
		pack.incoming
			? untoldOf(arrived, messageIds, (message) => ({ kind: "incoming", message }))
			: untoldOf(messages, messageIds, (message) => ({ kind: "report", message, onWay: pack.onWay })),
	);
}

function untoldOf<Row>(
	{ rows, unreadable }: ReadRows<Row>,
	messageIds: readonly number[],
	untold: (row: Row) => Untold,
): readonly Untold[] {
	return messageIds.flatMap((messageId): readonly Untold[] => {
		if (unreadable.has(messageId)) return [{ kind: "unreadable", messageId }];
		const row = rows.get(messageId);
		return row === undefined ? [] : [untold(row)];
	});
}
