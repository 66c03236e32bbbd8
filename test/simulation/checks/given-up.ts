import { type Message, watchHolder } from "#shared/domain/message/message.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { SimulatedProcess } from "../kernel/simulated-process.ts";

/** Why messages were given up: submitted as often as allowed by the count, though no submit reached the SMSC. */
export type GivenUp = {
	rowChanged(before: Message | undefined, after: Message): void;
	/**
	 * The cause of each count of a message that was never submitted: a death or freeze of the task that counted, before
	 * it could submit. Undefined if the message was not given up, or a count has no cause of its own.
	 */
	causesOf(row: Message): readonly string[] | undefined;
};

type Count = { readonly task: string; readonly at: number; incident: string | undefined };

/** A counted message is submitted, or its count is taken back, when its row is five seconds old. */
const submitWithinMs = 5_500;

export function givenUpChecks(kernel: Pick<Kernel, "now" | "author" | "onInterrupted">): GivenUp {
	const counts = new Map<number, Map<string, Count>>();
	const recent = new Set<Count>();

	kernel.onInterrupted.add((process, how) => {
		for (const count of recent) {
			if (count.at + submitWithinMs < kernel.now) recent.delete(count);
			else if (how !== "exited" && count.task === process.name) count.incident ??= incidentOf(process);
		}
	});

	/** Its task may have been interrupted while the request was on its way. */
	function countBy(author: SimulatedProcess): Count {
		const { now } = kernel;
		const isInterrupted = !author.alive || author.frozenUntil > now;
		return { task: author.name, at: now, incident: isInterrupted ? incidentOf(author) : undefined };
	}

	return {
		rowChanged(before, { messageId, repeated }) {
			const [was, is] = [before?.repeated?.countId, repeated?.countId];
			if (was === is) return;
			const own = counts.get(messageId) ?? new Map<string, Count>();
			counts.set(messageId, own);
			const isTakenBack = is === undefined && (repeated?.times ?? 0) < (before?.repeated?.times ?? 0);
			if (isTakenBack) own.delete(was ?? "");
			if (is !== undefined && kernel.author !== undefined) {
				const count = countBy(kernel.author);
				own.set(is, count);
				recent.add(count);
			}
		},
		causesOf({ messageId, status, holder, repeated }) {
			if (status !== "EXPIRED" || holder !== watchHolder || repeated === null) return undefined;
			const incidents = [...(counts.get(messageId)?.values() ?? [])].flatMap(({ incident }) => incident ?? []);
			return new Set(incidents).size < repeated.times ? undefined : incidents;
		},
	};
}

const incidentOf = ({ name, alive, frozenUntil }: SimulatedProcess) =>
	alive ? `${name} was frozen until ${new Date(frozenUntil).toISOString().slice(5, 23)}` : `${name} died`;
