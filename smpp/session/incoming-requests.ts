import type { RequestPdu, ResponseFields, Tlv } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";

type AnyOf<Union> = Union extends unknown ? Partial<Union> : never;
type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
	? All
	: never;

/** The answer to a request. Absent fields are blank. */
export type SmppResponse = {
	readonly command_status: number;
	readonly fields?: Intersection<AnyOf<ResponseFields[keyof ResponseFields]>>;
	readonly tlvs?: readonly Tlv[];
};

export type Serve = (request: RequestPdu) => SmppResponse | Promise<SmppResponse>;

export type IncomingRequests = {
	/** Starts the request, or queues it while the limit is reached. */
	take(request: RequestPdu): void;
	/** True while requests are queued: read no more. */
	readonly isSaturated: boolean;
	readonly idle: boolean;
	/** Answers requests started before that time with a system error. Their later answer is dropped. */
	expire(startedBefore: number): void;
	/** Drops queued requests without an answer. The peer sends them again. */
	dropQueued(): void;
};

const systemError: SmppResponse = { command_status: commandStatuses.ESME_RSYSERR };

type Deps = {
	readonly serve: Serve;
	readonly answer: (request: RequestPdu, answer: SmppResponse) => void;
	readonly onAnswered: () => void;
	/** Gets the error; the peer only gets a system error. */
	readonly onFailed: (request: RequestPdu, error: unknown) => void;
	readonly now: () => number;
	readonly max: number;
};

/** Answers the peer's requests: each exactly once, and at most `max` at a time. */
export function openIncomingRequests({ serve, answer, onAnswered, onFailed, now, max }: Deps): IncomingRequests {
	const inProgress = new Map<RequestPdu, number>();
	const queue: RequestPdu[] = [];

	function finish(request: RequestPdu, given: SmppResponse): void {
		if (!inProgress.delete(request)) return;
		answer(request, given);
		work();
		onAnswered();
	}

	function fail(request: RequestPdu, error: unknown): SmppResponse {
		onFailed(request, error);
		return systemError;
	}

	/** Most answers are synchronous; they cost no promise. */
	function start(request: RequestPdu): void {
		let given: SmppResponse | Promise<SmppResponse>;
		try {
			given = serve(request);
		} catch (error) {
			given = fail(request, error);
		}
		if (!(given instanceof Promise)) {
			answer(request, given);
			return;
		}
		inProgress.set(request, now());
		given.then(
			(late) => finish(request, late),
			(error) => finish(request, fail(request, error)),
		);
	}

	function work(): void {
		while (inProgress.size < max) {
			const request = queue.shift();
			if (request === undefined) return;
			start(request);
		}
	}

	return {
		take(request) {
			queue.push(request);
			work();
		},
		get isSaturated() {
			return queue.length > 0 || inProgress.size >= max;
		},
		get idle() {
			return queue.length === 0 && inProgress.size === 0;
		},
		expire(startedBefore) {
			for (const [request, at] of inProgress) if (at < startedBefore) finish(request, systemError);
		},
		dropQueued() {
			queue.length = 0;
		},
	};
}
