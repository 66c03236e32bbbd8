import type { Partial } from "../partial.ts";
import type { MemoryQueue, QueueOptions, QueueSettings } from "./queue.ts";

export type QueueEngineOptions = QueueOptions & {
	readonly namesOf: (name: string) => { readonly url: string; readonly arn: string };
	/** MD5 of a body, which SDK clients check if an answer has it. */
	readonly digest?: (body: string) => string;
};

type Call = { readonly now: number; readonly partial: Partial };
export type Operations = Readonly<Record<string, (input: object, call: Call) => object>>;

/** The queues that operations work on. */
export type EngineQueues = {
	readonly all: ReadonlyMap<string, MemoryQueue>;
	/** @throws ServiceError */
	readonly at: (url: string | undefined) => MemoryQueue;
	readonly add: (settings: QueueSettings) => MemoryQueue;
	readonly options: QueueEngineOptions;
};
