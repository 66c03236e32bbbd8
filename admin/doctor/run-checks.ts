import { inOneLine } from "../errors.ts";
import { type Check, type NamedFinding, unknown } from "./finding.ts";

/** Every check, whatever becomes of the others; findings in order. A check that fails has not looked. */
export async function runChecks(checks: readonly Check[]): Promise<readonly NamedFinding[]> {
	return await Promise.all(
		checks.map(async ({ name, run }): Promise<NamedFinding> => {
			const finding = await run().catch((error: unknown) => unknown(inOneLine(error)));
			return { check: name, ...finding };
		}),
	);
}
