import type { RequestPdu, ResponseFields, Tlv } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";

type AnyOf<Union> = Union extends unknown ? Partial<Union> : never;
type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
	? All
	: never;

/** What a request of the peer's is answered with. Fields are those of its response; what is left out is blank. */
export type SmppResponse = {
	readonly command_status: number;
	readonly fields?: Intersection<AnyOf<ResponseFields[keyof ResponseFields]>>;
	readonly tlvs?: readonly Tlv[];
};

export type Serve = (request: RequestPdu) => SmppResponse | Promise<SmppResponse>;

export type IncomingRequests = {
	/** Takes a request in. It is worked on at once, or as soon as fewer than the limit are. */
	take(request: RequestPdu): void;
	/** True while requests wait for their turn: read no more of them. */
	readonly isSaturated: boolean;
	/** True when every request taken has been answered. */
	readonly idle: boolean;
	/** Answers with a system error those begun before that time; what their work then gives is dropped. */
	expire(startedBefore: number): void;
	/** Lets go, unanswered, what was not begun: nobody could be told of it any more, and its sender will send it again. */
	dropQueued(): void;
};

const systemError: SmppResponse = { command_status: commandStatuses.ESME_RSYSERR };

type Deps = {
	readonly serve: Serve;
	readonly answer: (request: RequestPdu, answer: SmppResponse) => void;
	/** Called when a request that was worked on asynchronously has been answered. */
	readonly onAnswered: () => void;
	/** Told why the work on a request failed; the peer is told no more than that it did. */
	readonly onFailed: (request: RequestPdu, error: unknown) => void;
	readonly now: () => number;
	readonly max: number;
};

/** The answering half of a connection: every request taken gets exactly one answer, and at most `max` are worked on at once. */
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

	/** Most requests are answered without waiting; those cost no promise. */
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
