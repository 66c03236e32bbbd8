import { hash, randomUUID } from "node:crypto";
import type { ReceiveMessageCommandInput } from "@aws-sdk/client-sqs";
import type { Guard } from "#local/permissions/guard.ts";
import { account } from "#local/template/local-references.ts";
import { openAwsJsonServer } from "#local/wire/aws-json-server.ts";
import type { ServiceError } from "#local/wire/service-error.ts";
import type { Gate } from "../gate.ts";
import type { LmdbStore } from "../lmdb-store.ts";
import { fairEntries } from "./fair-entries.ts";
import { heap } from "./heap.ts";
import { type LongPolls, longPolls } from "./long-polls.ts";
import type { Entry, QueueWatcher } from "./queue.ts";
import { type QueueEngine, queueEngine } from "./queue-engine.ts";
import { storedQueues } from "./stored-queues.ts";

export type Sqs = { readonly url: string; close(): void };

export type SqsOptions = {
	readonly region: string;
	readonly guard?: Guard | undefined;
	readonly log: (event: string, fields: object) => void;
	/** Where queues and entries are kept. Without, they end with this process. */
	readonly store?: LmdbStore | undefined;
	/** Holds calls back while a backup begins. */
	readonly gate?: Gate;
};

/** SQS's standard queues in memory, as far as the gateway uses them, and in a store if there is one. */
export async function openSqs({ region, guard, log, store, gate }: SqsOptions): Promise<Sqs> {
	const { engine, polls, changed } = openEngine(region, store);
	const execute = (operation: string, input: object) => {
		try {
			return engine.execute(operation, input, Date.now());
		} finally {
			for (const queue of changed) polls.changed(queue);
			changed.clear();
		}
	};

	const server = await openAwsJsonServer({
		async execute(operation, input, onGone) {
			const held = gate?.passed();
			if (held !== undefined) await held;
			const local = withPath(input);
			const output = execute(operation, local);
			if (operation === "ReceiveMessage") return await received(engine, polls, local, output, onGone);
			await store?.written();
			return withUrls(output, server.url);
		},
		guard,
		errorHeaders,
		onFault: (operation, error) => log("sqs.failed", { operation, error: String(error) }),
	});
	return {
		url: server.url,
		close() {
			server.close();
			polls.close();
		},
	};
}

function openEngine(region: string, store: LmdbStore | undefined) {
	const stored = store && storedQueues(store);
	/** Queues whose long polls may have an answer after the current call. */
	const changed = new Set<string>();
	const watcher: QueueWatcher = {
		added(entry) {
			changed.add(entry.queueUrl);
			stored?.watcher.added(entry);
		},
		removed: (entry, why) => stored?.watcher.removed(entry, why),
		changed(entry) {
			changed.add(entry.queueUrl);
			stored?.watcher.changed?.(entry);
		},
	};
	const engine = queueEngine([], {
		newId: randomUUID,
		watcher,
		visible: () => fairEntries<Entry>(),
		waiting: () => heap<Entry>((one, other) => one.visibleAt - other.visibleAt || one.place - other.place),
		namesOf: (name) => ({ url: `/${account}/${name}`, arn: `arn:aws:sqs:${region}:${account}:${name}` }),
		digest: (body) => hash("md5", body),
		...(stored && { firstPlace: stored.firstPlace, onDefined: stored.onDefined }),
	});
	stored?.restore(engine, Date.now());
	const polls = longPolls(
		(queue, input) => engine.execute("ReceiveMessage", { ...input, QueueUrl: queue }, Date.now()),
		(queue) => engine.nextVisibleAt(queue, Date.now()),
	);
	return { engine, polls, changed };
}

async function received(
	engine: QueueEngine,
	polls: LongPolls,
	input: ReceiveMessageCommandInput,
	output: object,
	onGone: (listener: () => void) => void,
): Promise<object> {
	const { QueueUrl = "", WaitTimeSeconds = engine.queue(QueueUrl).settings.waitSeconds ?? 0 } = input;
	if ("Messages" in output || WaitTimeSeconds === 0) return output;
	return await polls.wait(QueueUrl, input, WaitTimeSeconds, onGone);
}

type WithUrl = { readonly QueueUrl?: string };

/** Queues are known by the path of their URL: its host is a matter of who reaches the engine how. */
function withPath(input: WithUrl): ReceiveMessageCommandInput {
	const { QueueUrl } = input;
	return { ...input, QueueUrl: QueueUrl?.replace(/^[a-z]+:\/\/[^/]*/, "") };
}

function withUrls(output: WithUrl & { readonly QueueUrls?: readonly string[] }, base: string): object {
	if (output.QueueUrl !== undefined) return { ...output, QueueUrl: `${base}${output.QueueUrl}` };
	if (output.QueueUrls !== undefined) return { ...output, QueueUrls: output.QueueUrls.map((path) => `${base}${path}`) };
	return output;
}

/** Names of SQS's older protocol, which its SDK clients still use. */
const queryNames: Readonly<Record<string, string>> = {
	QueueDoesNotExist: "NonExistentQueue",
	QueueNameExists: "QueueNameExists",
};

function errorHeaders({ name }: ServiceError): Readonly<Record<string, string>> {
	return { "x-amzn-query-error": `AWS.SimpleQueueService.${queryNames[name] ?? name};Sender` };
}
