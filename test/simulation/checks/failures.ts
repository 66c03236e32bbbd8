import type { Kernel } from "../kernel/kernel.ts";

/** The kinds of violation. */
export type FailureKind =
	| "lost"
	| "stuck"
	| "unreported"
	| "copies"
	| "binds"
	| "quota"
	| "answer"
	| "holder"
	| "status"
	| "sending"
	| "agreement"
	| "counts"
	| "crash";

export type Failure = {
	readonly kind: FailureKind;
	readonly text: string;
	/** The messages concerned. */
	readonly messageIds: readonly number[];
};

export type Failures = {
	readonly all: readonly Failure[];
	/** Each text is kept once. */
	add(kind: FailureKind, text: string, ...messageIds: readonly number[]): void;
};

export function failureList({ trace }: Kernel): Failures {
	const all = new Map<string, Failure>();
	return {
		get all() {
			return [...all.values()];
		},
		add(kind, text, ...messageIds) {
			const key = `${kind} ${text}`;
			if (all.has(key)) return;
			all.set(key, { kind, text, messageIds });
			trace.line(() => `FAILURE ${key}`);
		},
	};
}
