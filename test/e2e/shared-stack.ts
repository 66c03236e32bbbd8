import { inject } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { localRegion } from "#local/local-stage.ts";
import { addAccounts, type SeedAccount } from "#local/seed.ts";

declare module "vitest" {
	interface ProvidedContext {
		sharedStackUrl: string;
	}
}

type Handle = Promise<unknown> | ((...input: never[]) => unknown);

/** A local stack without its processes: its addresses and its plan. */
export type SharedStack = {
	readonly [Key in keyof LocalStack as LocalStack[Key] extends Handle ? never : Key]: LocalStack[Key];
};

/**
 * The local stack that all files use which neither kill its processes nor change its settings. It is opened when the first
 * file asks for it. Each file has accounts, numbers and client_message_ids of its own, and checks nothing else.
 */
export async function sharedStack(accounts: readonly SeedAccount[] = []): Promise<SharedStack> {
	const answer = await fetch(inject("sharedStackUrl"));
	if (!answer.ok) throw new Error(await answer.text());
	const localStack = (await answer.json()) as SharedStack;
	const names = { region: localRegion, prefix: "smsgw-local" };
	await addAccounts(localStack.plan, localStack.endpoints, names, accounts);
	return localStack;
}
