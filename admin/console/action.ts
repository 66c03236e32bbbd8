import * as z from "zod";
import type { Target } from "../target.ts";

/** What a page reads: `GET /api/NAME?…`. */
export type Query = {
	readonly input: z.ZodObject;
	readonly read: (target: Target, input: never) => Promise<object>;
};

/** What a page does: `POST /api/NAME` with a JSON body. */
export type Action = {
	readonly input: z.ZodObject;
	/** Its effect cannot be undone, or reaches clients: the page asks first, and the body says `"confirmed": true`. */
	readonly asks: boolean;
	readonly run: (target: Target, input: never) => Promise<object>;
};

export function consoleQuery<Input extends z.ZodObject>(
	input: Input,
	read: (target: Target, input: z.output<Input>) => Promise<object>,
): Query {
	return { input, read: read as Query["read"] };
}

export function consoleAction<Input extends z.ZodObject>(
	input: Input,
	run: (target: Target, input: z.output<Input>) => Promise<object>,
	{ asks = false }: { readonly asks?: boolean } = {},
): Action {
	const whole = asks ? input.extend({ confirmed: z.literal(true) }) : input;
	return { input: whole, asks, run: run as Action["run"] };
}
