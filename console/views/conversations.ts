/** An event as the simulated operators tell it (shared/contracts/local-servers.ts). */
export type PhoneEventData =
	| {
			readonly kind: "received";
			readonly number: number;
			readonly at: number;
			readonly operator: string;
			readonly subscriber: string;
			readonly sender: string;
			readonly text: string | null;
			readonly hex: string;
			readonly alphabet: string;
			readonly flash: boolean;
			readonly part: { readonly reference: number; readonly total: number; readonly number: number } | null;
			readonly outcome: "delivered" | "failed" | "no_receipt" | "refused";
			readonly code: number;
	  }
	| {
			readonly kind: "sent";
			readonly number: number;
			readonly at: number;
			readonly operator: string;
			readonly subscriber: string;
			readonly recipient: string;
			readonly text: string;
	  };

type Received = Extract<PhoneEventData, { readonly kind: "received" }>;

/** What a phone shows: a message of one or more segments, or what its subscriber has sent. */
export type Bubble = {
	readonly key: number;
	readonly at: number;
	readonly isOwn: boolean;
	/** The sender, or the number that the subscriber wrote to. */
	readonly other: string;
	readonly text: string | null;
	readonly hex: string;
	readonly alphabet: string;
	readonly flash: boolean;
	readonly segments: number;
	readonly segmentsTotal: number;
	readonly outcome: Received["outcome"];
	readonly code: number;
};

export type Conversation = {
	readonly subscriber: string;
	readonly operator: string;
	readonly bubbles: readonly Bubble[];
};

const conversationsMax = 100;
const bubblesMax = 200;
/** Messages that wait for further segments. */
const incompleteMax = 500;

/** The conversations with new events, the latest first. Older ones are dropped, so that a long load test fits. */
export function withEvents(
	before: readonly Conversation[],
	events: readonly PhoneEventData[],
	parts: Map<string, readonly Received[]>,
): readonly Conversation[] {
	const bySubscriber = new Map(before.map((one) => [one.subscriber, one] as const));
	for (const event of events) {
		const { subscriber, operator } = event;
		const bubbles = bySubscriber.get(subscriber)?.bubbles ?? [];
		bySubscriber.delete(subscriber);
		bySubscriber.set(subscriber, { subscriber, operator, bubbles: withEvent(bubbles, event, parts) });
	}
	const latest = [...bySubscriber.values()].toSorted((one, other) => lastAt(other) - lastAt(one));
	return latest.slice(0, conversationsMax);
}

const lastAt = ({ bubbles }: Conversation) => bubbles.at(-1)?.key ?? 0;

function withEvent(
	bubbles: readonly Bubble[],
	event: PhoneEventData,
	parts: Map<string, readonly Received[]>,
): readonly Bubble[] {
	const bubble = event.kind === "sent" ? sentBubble(event) : receivedBubble(event, parts);
	const others = bubbles.filter(({ key }) => key !== bubble.key);
	return [...others, bubble].slice(-bubblesMax);
}

function sentBubble({ number: key, at, recipient: other, text }: Extract<PhoneEventData, { readonly kind: "sent" }>) {
	const unused = { hex: "", alphabet: "", flash: false, segments: 1, segmentsTotal: 1, code: 0 };
	return { key, at, isOwn: true, other, text, outcome: "delivered", ...unused } as const;
}

/** A segment joins those of its reference, unless that segment has come before: then it is another message. */
function receivedBubble(event: Received, parts: Map<string, readonly Received[]>): Bubble {
	const { part, subscriber, sender } = event;
	if (part === null) return bubbleOf([event], 1);
	const name = `${subscriber} ${sender} ${part.reference} ${part.total}`;
	const known = parts.get(name) ?? [];
	const isNew = known.some((one) => one.part?.number === part.number);
	const together = [...(isNew ? [] : known), event];
	parts.delete(name);
	if (together.length < part.total) parts.set(name, together);
	const [oldest] = parts.keys();
	if (parts.size > incompleteMax && oldest !== undefined) parts.delete(oldest);
	return bubbleOf(together, part.total);
}

function bubbleOf(segments: readonly Received[], segmentsTotal: number): Bubble {
	const inOrder = segments.toSorted((one, other) => (one.part?.number ?? 0) - (other.part?.number ?? 0));
	const [first] = segments as readonly [Received];
	const worst = segments.find(({ outcome }) => outcome !== "delivered") ?? first;
	const texts = inOrder.map(({ text }) => text);
	return {
		key: first.number,
		at: first.at,
		isOwn: false,
		other: first.sender,
		text: texts.includes(null) ? null : texts.join(""),
		hex: inOrder.map(({ hex }) => hex).join(" "),
		alphabet: first.alphabet,
		flash: first.flash,
		segments: segments.length,
		segmentsTotal,
		outcome: worst.outcome,
		code: worst.code,
	};
}
