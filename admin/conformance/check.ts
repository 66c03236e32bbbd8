import type { Difference } from "./differences.ts";
import type { Kit, KitAnswer } from "./exchange.ts";
import type { Point } from "./sentences.ts";

/** One point of the contract, held against the answer to one request. */
export type AnswerCheck = {
	readonly point: Point;
	/** The name of a step. */
	readonly step: string;
	readonly differs: (answer: KitAnswer, kit: Kit) => Difference;
};
