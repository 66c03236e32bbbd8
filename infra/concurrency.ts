import type { FunctionEntry } from "./functions.ts";

/**
 * Of the account's concurrent invocations, how many percent each function behind the API has for itself: so many and no more, so that a flood
 * of one kind takes nothing from another. What is left belongs to the queues' functions, which their feeds bound.
 */
export const reservedPercent: Partial<Readonly<Record<FunctionEntry, number>>> = {
	"post-message": 30,
	"post-batch": 15,
	"get-message": 10,
	"get-client-message": 5,
	"get-batch": 5,
	"delete-message": 5,
	"get-senders": 2,
	"get-openapi": 1,
	"unknown-route": 2,
};

/** What an account has for `entry`, or undefined where it takes of what is left. */
export function reservedOf(entry: string, accountConcurrency: number): number | undefined {
	const percent = (reservedPercent as Readonly<Record<string, number | undefined>>)[entry];
	return percent === undefined ? undefined : Math.floor((accountConcurrency * percent) / 100);
}
