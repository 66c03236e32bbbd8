import { laneEntryBody } from "#shared/contracts/queue-entries.ts";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import type { QueuedEntry } from "../aws/sqs-engine.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { OperatorSettings } from "../world/settings.ts";
import { type ClaimLimit, claimLimits } from "./claim-limits.ts";
import { exposures } from "./exposures.ts";
import type { Failures } from "./failures.ts";
import type { MessageMirror } from "./message-mirror.ts";

/** Checks that each copy has a cause of its own, as docs/reliability.md names them. A copy is a segment that an SMSC takes more than once. */
export type Copies = {
	readonly count: number;
	/** The largest possible number: one for each segment exposed by some cause. */
	readonly most: number;
	/** Number of copies explained only by a known limit. */
	readonly limits: ReadonlyMap<ClaimLimit, number>;
	submitted(submit: ReceivedSubmit): void;
	/** A bind was established; the tasks of all binds are given. */
	bound(operator: string, from: readonly string[]): void;
	/** A lane's entry is queued. */
	entryAdded(entry: QueuedEntry): void;
	/** SQS delivers a lane's entry twice. */
	repeated(entry: QueuedEntry): void;
	/** A lane's entry is received again because its task could not extend its visibility in time: SQS was out. */
	lapsed(entry: QueuedEntry): void;
	/** A message was recorded as submitted, or has ended. */
	recorded(recipient: string): void;
};

export type CopiesDeps = {
	readonly kernel: Kernel;
	readonly mirror: MessageMirror;
	readonly failures: Failures;
	readonly operators: readonly OperatorSettings[];
};

/** The submits of one recipient's message. */
type Sent = {
	readonly submits: ReceivedSubmit[];
	duplicates: number;
	lapses: number;
	limits: number;
	recordedAt: number;
};

/** Maximum time from reading a message's row to its submit (smpp/operators/submitter.ts). It arrives soon after. */
const freshMs = 5_000 + 20;
const submitsMax = 1 + defaultSubmitStyle.repeats_max;

export function copyChecks({ kernel, mirror, failures, operators }: CopiesDeps): Copies {
	const sent = new Map<string, Sent>();
	const limits = new Map<ClaimLimit, number>();
	let count = 0;

	const rowTo = (recipient: string) =>
		mirror
			.idsTo(recipient)
			.map(mirror.row)
			.find((row) => row !== undefined);
	const isRecorded = ({ recipient, segment }: ReceivedSubmit) => {
		const row = rowTo(recipient);
		return row !== undefined && (row.status !== "NEW" || row.segments.length >= segment);
	};
	const exposed = exposures({ kernel, operators, failures, isRecorded });
	const claims = claimLimits({ now: () => kernel.now, mirror });

	function of(recipient: string): Sent {
		const own = sent.get(recipient) ?? {
			submits: [],
			duplicates: 0,
			lapses: 0,
			limits: 0,
			recordedAt: Number.POSITIVE_INFINITY,
		};
		sent.set(recipient, own);
		return own;
	}

	/** Number of copies of a segment that have a cause, after these submits of it. */
	function excused(recipient: string, earlier: readonly ReceivedSubmit[]): number {
		const own = of(recipient);
		const unanswered = earlier.filter(exposed.isUnanswered).length;
		return unanswered + exposed.of(recipient).length + own.duplicates + own.lapses + own.limits;
	}

	/** Counts one more copy that only a known limit explains. */
	function limited(recipient: string, messageId: number, last: ReceivedSubmit): boolean {
		const own = of(recipient);
		const why = own.limits < claims.agains(messageId) ? claims.of(messageId, last) : undefined;
		if (why === undefined) return false;
		own.limits += 1;
		limits.set(why, (limits.get(why) ?? 0) + 1);
		return true;
	}

	function checkCopy(submit: ReceivedSubmit, earlier: readonly ReceivedSubmit[]): void {
		const { recipient, segment } = submit;
		const messageId = rowTo(recipient)?.messageId ?? 0;
		const own = of(recipient);
		const fail = (why: string) =>
			failures.add(
				"copies",
				`segment ${segment} of ${messageId} to ${recipient}, submit ${earlier.length + 1}: ${why}`,
				messageId,
			);
		if (segment === 1 && own.recordedAt + freshMs < kernel.now) fail("its first submit was already recorded");
		if (earlier.length >= submitsMax + own.duplicates) fail("it was already submitted as often as allowed");
		const last = earlier.at(-1);
		const hasCause = excused(recipient, earlier) >= earlier.length;
		if (last !== undefined && !hasCause && !limited(recipient, messageId, last)) fail("this copy has no cause");
	}

	return {
		get count() {
			return count;
		},
		get most() {
			return [...sent].reduce((sum, [recipient, { submits }]) => sum + mostOf(recipient, submits, excused), 0);
		},
		limits,
		bound: exposed.bound,
		submitted(submit) {
			if (submit.commandStatus !== 0) return;
			const { submits } = of(submit.recipient);
			const earlier = submits.filter(({ segment }) => segment === submit.segment);
			submits.push(submit);
			if (earlier.length > 0) {
				count += 1;
				checkCopy(submit, earlier);
			}
			exposed.taken(submit);
		},
		entryAdded: claims.entryAdded,
		repeated({ body }) {
			const rows = laneEntryBody.parse(body).message_ids.map(mirror.row);
			for (const row of rows) if (row?.status === "NEW") of(row.recipient).duplicates += 1;
		},
		lapsed({ body }) {
			const rows = laneEntryBody.parse(body).message_ids.flatMap((id) => mirror.row(id) ?? []);
			for (const { recipient } of rows) {
				const own = of(recipient);
				if (own.submits.some((submit) => !isRecorded(submit))) own.lapses += 1;
			}
		},
		recorded(recipient) {
			const own = of(recipient);
			own.recordedAt = Math.min(own.recordedAt, kernel.now);
		},
	};
}

function mostOf(
	recipient: string,
	submits: readonly ReceivedSubmit[],
	excused: (recipient: string, submits: readonly ReceivedSubmit[]) => number,
): number {
	const segments = [...Map.groupBy(submits, ({ segment }) => segment).values()];
	return segments.reduce((sum, own) => sum + excused(recipient, own), 0);
}
