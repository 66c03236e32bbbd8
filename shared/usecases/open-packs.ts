import type { IncomingMessage } from "../domain/incoming-message.ts";
import type { Message } from "../domain/message.ts";
import type { OnWay, Pack } from "../domain/packs.ts";
import type { IncomingStore, MessageStore, PackStore } from "../ports.ts";

export type OpeningPacks = {
	readonly messages: Pick<MessageStore, "read">;
	readonly incoming: Pick<IncomingStore, "read">;
	readonly packs: Pick<PackStore, "confirmed">;
};

/** One message that a client is to be told of: what became of its own, or that one came in for it. */
export type Untold =
	| { readonly kind: "report"; readonly message: Message; readonly onWay: OnWay | undefined }
	| { readonly kind: "incoming"; readonly message: IncomingMessage };

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
		opening.messages.read(idsOf(false)),
		opening.incoming.read(idsOf(true)),
	]);
	return left.map(({ pack: { onWay, incoming }, messageIds }) =>
		messageIds.flatMap((messageId): Untold[] => {
			const message = messages.get(messageId);
			const arrival = arrived.get(messageId);
			if (incoming) return arrival === undefined ? [] : [{ kind: "incoming", message: arrival }];
			return message === undefined ? [] : [{ kind: "report", message, onWay }];
		}),
	);
}
