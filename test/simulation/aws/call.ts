import type { CallInput } from "./write-steps.ts";

export type SimulatedService = "dynamodb" | "sqs" | "scheduler";

/** Retry and time limits of an SDK client. */
export type CallTerms = { readonly attemptsMax: number; readonly limitMs: number };

export type SdkCall = {
	readonly service: SimulatedService;
	/** The command's name without `Command`. */
	readonly operation: string;
	readonly input: CallInput;
	readonly terms: CallTerms;
	readonly signal: AbortSignal | undefined;
};
