import { inject } from "vitest";

declare module "vitest" {
	interface ProvidedContext {
		isNightly: boolean;
	}
}

/** How many of something a test takes: few before each merge, many at night. */
export const sizeOf = ({ merge, nightly }: { readonly merge: number; readonly nightly: number }): number =>
	inject("isNightly") ? nightly : merge;
