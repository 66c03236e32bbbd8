import type { ReceivedSubmit } from "../world/received-submit.ts";
import type { OperatorSettings } from "../world/settings.ts";

/** How often SMSCs took the same segment again. */
export function copiesOf(submits: readonly ReceivedSubmit[]): number {
	const taken = submits.filter(({ commandStatus }) => commandStatus === 0);
	const segments = new Set(taken.map(({ recipient, segment }) => `${recipient}/${segment}`));
	return taken.length - segments.size;
}

export type CopyCauses = {
	/** Deaths and freezes of SMPP tasks. */
	readonly interruptions: number;
	/** Messages in lane entries that SQS delivered twice. */
	readonly duplicates: number;
	readonly operators: readonly OperatorSettings[];
	readonly submits: readonly ReceivedSubmit[];
};

/** How many copies there may be: a window and a quarter of a second's rate for each interruption, and one for each submit without a response in time. */
export function copiesMax({ interruptions, duplicates, operators, submits }: CopyCauses): number {
	const exposure = operators.reduce((sum, { binds, window, tps }) => sum + binds * window + Math.ceil(tps / 4), 0);
	const unanswered = submits.filter(({ commandStatus, isAnswered }) => commandStatus === 0 && !isAnswered).length;
	return interruptions * exposure + unanswered + duplicates;
}
