import { setTimeout as wait } from "node:timers/promises";
import { loopback } from "#local/wire/listen.ts";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import { type Lane, laneName } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import type { Log } from "#shared/log.ts";
import { keepBind } from "#smpp/operators/keep-bind.ts";
import { type OutboundMessage, outboundFrom, outboundQueue } from "#smpp/operators/outbound-messages.ts";
import { openSubmitter, type Submitter } from "#smpp/operators/submitter.ts";
import { allBindLeases } from "#test/fakes/bind-leases.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { unlimited } from "./bench-setup.ts";
import { clockMs } from "./clock.ts";
import { countUntil } from "./count-until.ts";
import { type FastPeers, startFastPeers } from "./fast-peers.ts";
import { type RecipientSequence, recipientSequence, shortText } from "./load/messages.ts";
import { severalRuns } from "./several-runs.ts";
import { type MeasureRow, spreadTable } from "./tables.ts";

/** The gateway's sending path in one process: binds, turns, rate, submits and responses. */
export type Egress = {
	readonly messages: number;
	/** Until the last response, or the last receipt. */
	readonly perSecond: number;
	readonly cpuMs: number;
	/** Of one core, used by this process. */
	readonly coreShare: number;
};

export type EgressResults = {
	readonly submits: readonly Egress[];
	/** With a receipt for each message, confirmed at once. */
	readonly withReceipts: readonly Egress[];
};

type Options = { readonly messages: number; readonly runs: number };

/** No delay: otherwise submits and receipts would not share the machine. */
const receiptDelayMs = 0;

/** The whole gateway takes as long for a tenth of the messages. */
const messagesFactor = 10;
const readyMost = 500;
const lane: Lane = { name: laneName("kcell", 0), operator: "kcell", priority: 0 };

export async function measureEgress({ messages, runs }: Options): Promise<EgressResults> {
	const peers = await startFastPeers();
	const numbers = recipientSequence();
	const several = async (delayMs: number | null) =>
		await severalRuns(runs, messages * messagesFactor, async (count) => await sendAll(peers, count, numbers, delayMs));
	try {
		return { submits: await several(null), withReceipts: await several(receiptDelayMs) };
	} finally {
		peers.stop();
	}
}

async function sendAll(peers: FastPeers, messages: number, numbers: RecipientSequence, delayMs: number | null) {
	await peers.reset(delayMs);
	const rows = Array.from({ length: messages }, () => messageTo(numbers.next()));
	const done = { answers: countUntil(messages), receipts: countUntil(delayMs === null ? 0 : messages) };
	const source = messageSource(rows);
	const sending = openSending(peers.smsc.port, source.next, done.answers.count, done.receipts.count);
	while (!sending.leasedBinds().every(({ bound }) => bound)) await wait(10);
	const [startedAt, cpuBefore] = [clockMs(), process.cpuUsage()];
	source.start();
	sending.pump();
	await Promise.all([done.answers.reached, done.receipts.reached]);
	const tookMs = clockMs() - startedAt;
	const { user, system } = process.cpuUsage(cpuBefore);
	await sending.stop();
	const cpuMs = (user + system) / 1_000;
	return { messages, perSecond: (messages * 1_000) / tookMs, cpuMs: cpuMs / messages, coreShare: cpuMs / tookMs };
}

function messageTo(recipient: string): Message {
	return aMessage({ recipient, text: shortText, acceptedAt: Date.now() });
}

/** Once started, gives out messages in portions, each read just before it is sent. */
function messageSource(rows: readonly Message[]) {
	const outboundMessages = outboundQueue();
	let givenOut = 0;
	let isStarted = false;
	return {
		start() {
			isStarted = true;
		},
		next(): OutboundMessage | undefined {
			if (isStarted && outboundMessages.waiting(lane.priority) === 0) {
				const fresh = rows.slice(givenOut, givenOut + readyMost);
				givenOut += fresh.length;
				for (const row of fresh)
					outboundMessages.push(
						outboundFrom(row, { lane, entries: [], mayRepeat: false, readAt: Date.now(), style: defaultSubmitStyle }),
					);
			}
			return outboundMessages.next();
		},
	};
}

const warningsOnly: Log = { info: () => undefined, warn: console.error, error: console.error };

/** As in the service, but recording takes no time. */
function openSending(
	port: number,
	next: () => OutboundMessage | undefined,
	answered: () => void,
	received: () => void,
): Submitter {
	const smsc = { host: loopback, port, system_id: "smsgw", password: "bench" };
	const unwanted = async () => {
		throw new Error("the SMSC did not accept a message at once");
	};
	return openSubmitter({
		...unlimited,
		openBind: (hooks) =>
			keepBind(smsc, {
				...hooks,
				async onDeliver() {
					received();
					return 0;
				},
				log: () => undefined,
			}),
		keepBindLeases: allBindLeases(unlimited.binds),
		isPaused: () => false,
		next,
		recheck: unwanted,
		recordSegment: unwanted,
		recordInterrupted: unwanted,
		countRepeat: async () => null,
		recordLate: unwanted,
		defer: () => undefined,
		isBusy: () => true,
		isHeld: () => true,
		record: async () => answered(),
		onRoom: () => undefined,
		style: defaultSubmitStyle,
		now: Date.now,
		log: warningsOnly,
	});
}

const measures: readonly MeasureRow<Egress>[] = [
	["messages/s", (run) => run.perSecond, 0],
	["CPU, ms/message", (run) => run.cpuMs, 4],
	["messages/s on a whole core", (run) => 1_000 / run.cpuMs, 0],
	["share of a core used", (run) => run.coreShare, 2],
];

export function egressTable({ submits, withReceipts }: EgressResults): string {
	const about = (runs: readonly Egress[]) => `${runs[0]?.messages ?? 0} messages, ${runs.length} runs`;
	return [
		spreadTable(`SMPP egress of one process, without recording: ${about(submits)}`, measures, submits),
		spreadTable(`with their receipts: ${about(withReceipts)}`, measures, withReceipts),
	].join("\n\n");
}
