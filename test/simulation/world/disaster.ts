import { incomingEntryBody } from "#shared/contracts/incoming-entry.ts";
import { receiptsEntryBody } from "#shared/contracts/queue-entries.ts";
import { type Position, type RestoreProgress, start } from "#shared/usecases/restore/walk-table.ts";
import { queueUrl } from "./deployment.ts";
import type { Code } from "./load-code.ts";
import type { World } from "./world.ts";

/** What a disaster takes for good: what lies in queues and is in no table. */
export type Disaster = {
	/** Whether the stage is lost, and not restored yet. */
	readonly isUnderWay: boolean;
	/** The recipients whose receipts were queued, and the senders of subscribers' messages that were. */
	readonly lostReceipts: ReadonlySet<string>;
	readonly lostMos: ReadonlySet<string>;
	/** Number of restores that died. */
	readonly deaths: number;
};

const restoresAfterMs = 20_000;
const startsAgainMs = 5_000;
const secondRestoreMs = 40_000;

/**
 * At an instant, every process, queue and schedule of a stage is lost, and AWS restores its tables as they were then.
 * `smsgw restore` fills the new tables, dies as often as faults will have it, and is started again. Then the gateway is
 * deployed again, and after a while the restore runs once more by mistake.
 */
export function planDisaster(code: Code, world: World, atMs: number): Disaster {
	const { kernel, settings, tasks, functions } = world;
	const lostReceipts = new Set<string>();
	const lostMos = new Set<string>();
	let isUnderWay = false;
	let deaths = 0;
	let restores = 0;

	function lose(): void {
		isUnderWay = true;
		kernel.trace.line(() => "the stage is lost");
		const bodies = (role: string) => Array.from(world.sqs.entries(queueUrl(role)), ({ body }) => body);
		const receipts = [...bodies("receipts"), ...bodies("receipts-dead")].flatMap(receiptsOf);
		for (const { recipient } of receipts) lostReceipts.add(recipient);
		for (const sender of bodies("incoming").flatMap(sendersOf)) lostMos.add(sender);
		world.lose();
		kernel.after(restoresAfterMs, undefined, () => restore(memoryProgress(), restored));
	}

	/** Runs until it succeeds, with what it remembers. */
	function restore(progress: RestoreProgress, done: () => void): void {
		restores += 1;
		const process = kernel.start({ name: `restore/${restores}`, role: "restore" });
		const again = () => {
			deaths += 1;
			kernel.after(startsAgainMs, undefined, () => restore(progress, done));
		};
		process.onDeath.add(again);
		kernel.at(kernel.now, process, () => {
			code.restore(progress, lostAt, isUnderWay).then(
				() => {
					process.onDeath.delete(again);
					kernel.at(kernel.now, undefined, () => {
						kernel.exit(process);
						done();
					});
				},
				() => kernel.at(kernel.now, undefined, () => kernel.kill(process)),
			);
		});
	}

	function restored(): void {
		kernel.trace.line(() => "the stage is restored");
		world.promises.restored();
		functions.deploy();
		tasks.deploy();
		isUnderWay = false;
		kernel.after(secondRestoreMs, undefined, () => restore(memoryProgress(), () => undefined));
	}

	const lostAt = settings.startAt + atMs;
	kernel.at(lostAt, undefined, lose);
	return {
		get isUnderWay() {
			return isUnderWay || kernel.now < lostAt;
		},
		lostReceipts,
		lostMos,
		get deaths() {
			return deaths;
		},
	};
}

function memoryProgress(): RestoreProgress {
	const positions = new Map<string, Position>();
	return { of: (step) => positions.get(step) ?? start, save: (step, position) => void positions.set(step, position) };
}

const receiptsOf = (body: string) => receiptsEntryBody.safeParse(body).data?.receipts ?? [];

function sendersOf(body: string): readonly string[] {
	const entry = incomingEntryBody.safeParse(body).data;
	return entry?.kind === "parts" ? entry.parts.map(({ sender }) => sender) : [];
}
