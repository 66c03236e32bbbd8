import type { PhoneEvent } from "#shared/contracts/local-servers.ts";
import { codingOf, textOf } from "#smpp/clients/codings.ts";
import { concatenationIn } from "#smpp/wire/concatenation.ts";
import { readDataCoding } from "#smpp/wire/data-coding.ts";
import { readUdh } from "#smpp/wire/user-data-header.ts";
import type { Mo } from "./mo.ts";
import type { SimulatedBehaviour } from "./simulated-behaviour.ts";
import type { SubmitRecord } from "./submit-log.ts";

/** What came to the simulated subscribers and from them, as they see it. */
export type PhoneLog = {
	received(record: SubmitRecord, behaviour: SimulatedBehaviour): void;
	sent(operator: string, mo: Mo): void;
	/** The newest events after this number, oldest first. */
	after(number: number): { readonly last: number; readonly events: readonly PhoneEvent[] };
};

const answerMax = 500;
const udhIndicator = 0x40;

type Numbered = { readonly number: number } & (
	| { readonly record: SubmitRecord; readonly behaviour: SimulatedBehaviour }
	| { readonly at: number; readonly operator: string; readonly mo: Mo }
);

/** Keeps the last `eventsMax`. Nothing is decoded before it is read: a load test submits thousands a second. */
export function phoneLog(eventsMax: number): PhoneLog {
	let kept: Numbered[] = [];
	let last = 0;

	function add(event: Numbered): void {
		last = event.number;
		kept.push(event);
		if (kept.length >= 2 * eventsMax) kept = kept.slice(-eventsMax);
	}

	return {
		received: (record, behaviour) => add({ number: last + 1, record, behaviour }),
		sent: (operator, mo) => add({ number: last + 1, at: Date.now(), operator, mo }),
		after(number) {
			/* A reader that knows more than there is has seen another run. */
			const missed = number > last ? last : last - number;
			const events = missed === 0 ? [] : kept.slice(-Math.min(missed, answerMax)).map(shownEvent);
			return { last, events };
		},
	};
}

function shownEvent(event: Numbered): PhoneEvent {
	if ("record" in event) return receivedEvent(event.number, event.record, event.behaviour);
	const { number, at, operator, mo } = event;
	return { kind: "sent", number, at, operator, subscriber: mo.sender, recipient: mo.recipient, text: mo.text };
}

function receivedEvent(number: number, record: SubmitRecord, behaviour: SimulatedBehaviour): PhoneEvent {
	const { at, operator, recipient: subscriber, sender, esm_class, data_coding, short_message_hex: hex } = record;
	const message = Buffer.from(hex, "hex");
	const header = (esm_class & udhIndicator) === 0 ? null : readUdh(message);
	const [part = null] = header?.elements.flatMap((element) => concatenationIn(element) ?? []) ?? [];
	const coding = readDataCoding(data_coding);
	return {
		...{ kind: "received", number, at, operator, subscriber, sender, hex, part },
		text: textIn(header?.text ?? message, data_coding),
		alphabet: coding?.alphabet ?? "binary",
		flash: coding?.messageClass === 0,
		...outcomeOf(record, behaviour),
	};
}

function textIn(octets: Buffer, dataCoding: number): string | null {
	const coding = codingOf(dataCoding);
	if (coding === null) return null;
	try {
		return textOf(octets, coding.alphabet);
	} catch {
		return null;
	}
}

function outcomeOf({ command_status }: SubmitRecord, behaviour: SimulatedBehaviour) {
	if (command_status !== 0) return { outcome: "refused", code: command_status } as const;
	if (behaviour.kind !== "receipt") return { outcome: "no_receipt", code: 0 } as const;
	return { outcome: behaviour.delivered ? "delivered" : "failed", code: behaviour.err } as const;
}
