import type { OutboundMessage } from "./outbound-messages.ts";

/** Segments that were accepted after the time limit of their submit, while the message was on its way to another one. */
export type LateAnswers = {
	add(outbound: OutboundMessage, smscId: string): void;
	/** The id of the next segment if it was accepted late. It is forgotten. */
	take(outbound: OutboundMessage): string | undefined;
};

const keptMax = 10_000;

export function lateAnswers(): LateAnswers {
	const smscIds = new Map<string, string>();
	return {
		add(outbound, smscId) {
			smscIds.set(keyOf(outbound), smscId);
			const [oldest] = smscIds.keys();
			if (smscIds.size > keptMax && oldest !== undefined) smscIds.delete(oldest);
		},
		take(outbound) {
			if (smscIds.size === 0) return undefined;
			const smscId = smscIds.get(keyOf(outbound));
			smscIds.delete(keyOf(outbound));
			return smscId;
		},
	};
}

const keyOf = ({ message, smscIds }: OutboundMessage) => `${message.messageId} ${smscIds.length}`;
