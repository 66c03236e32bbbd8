import { answerChecks } from "./answer-checks.ts";
import type { AnswerCheck } from "./check.ts";
import type { Exchange, Kit } from "./exchange.ts";
import { messageChecks } from "./message-checks.ts";
import { reportChecks } from "./report-checks.ts";
import { type Point, sentences } from "./sentences.ts";
import { smppChecks } from "./smpp-checks.ts";
import { steps } from "./steps.ts";

/** `differs`: from the document's sentence. `settled otherwise`: the sentence leaves it open, and this gateway decides differently. */
export type Verdict = "pass" | "differs" | "settled otherwise" | "not tried";

export type CheckResult = {
	readonly point: Point;
	readonly step: string;
	readonly verdict: Verdict;
	/** What differs, or why it was not tried; empty if it passed. */
	readonly detail: string;
	readonly sentence: string;
	readonly exchange: Exchange | null;
};

const order = new Map(steps.map(({ name }, index) => [name, index]));

/** Every check, in the order of the requests. */
export const checks: readonly AnswerCheck[] = [
	...[...answerChecks, ...messageChecks].toSorted(
		(one, other) => (order.get(one.step) ?? 0) - (order.get(other.step) ?? 0),
	),
	...reportChecks,
	...smppChecks,
];

/** Checks all answers by the contract. */
export const judge = (kit: Kit): readonly CheckResult[] => checks.map((check) => findingOf(check, kit));

function findingOf({ point, step, differs }: AnswerCheck, kit: Kit): CheckResult {
	const exchange = kit.exchanges.get(step) ?? null;
	const finding = { point, step, sentence: sentences[point], exchange };
	if (exchange === null) return { ...finding, verdict: "not tried", detail: whyNotTried(step) };
	const { answer } = exchange;
	const difference = "failed" in answer ? `no answer: ${answer.failed}` : differs(answer, kit);
	if (difference === null) return { ...finding, verdict: "pass", detail: "" };
	return { ...finding, verdict: point.startsWith("R") ? "differs" : "settled otherwise", detail: difference };
}

function whyNotTried(step: string): string {
	if (step === "reports") return "needs --send and --reports-port, and that reports come";
	if (step.startsWith("smpp")) return "needs --smpp, and most of SMPP needs --send";
	const sends = steps.find(({ name }) => name === step)?.sends ?? false;
	return sends
		? "needs --send, and the answer to an earlier request"
		: "an earlier answer lacks what this request needs";
}
