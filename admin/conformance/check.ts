import type { Difference } from "./differences.ts";
import type { Kit, KitAnswer } from "./exchange.ts";
import type { Point } from "./sentences.ts";

/** A check of one point of the contract by the answer to one request. */
export type AnswerCheck = {
	readonly point: Point;
	/** The name of a step. */
	readonly step: string;
	readonly differs: (answer: KitAnswer, kit: Kit) => Difference;
};
