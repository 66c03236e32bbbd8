import { inject } from "vitest";

declare module "vitest" {
	interface ProvidedContext {
		isNightly: boolean;
	}
}

/** The number of cases that a test runs: few before each merge, many at night. */
export const sizeOf = ({ merge, nightly }: { readonly merge: number; readonly nightly: number }): number =>
	inject("isNightly") ? nightly : merge;
