import type { Account } from "#shared/domain/accounts/account.ts";
import { isSenderName, senderNameRule } from "#shared/domain/accounts/sender-name.ts";
import { inOneLine } from "../errors.ts";
import { maskedUrl } from "../masked-url.ts";
import { type Check, type Finding, ok, wrong } from "./finding.ts";

export type GatewayCheckDeps = {
	/** The API, base path included; null: unknown. */
	readonly apiUrl: string | null;
	/** The answer to a GET, without its body. */
	readonly get: (url: string) => Promise<{ readonly status: number; readonly date: string | null }>;
	readonly now: () => number;
	/** How many binds each operator may have, and how many of them are up. */
	readonly binds: () => Promise<readonly { readonly operator: string; readonly up: number; readonly of: number }[]>;
	readonly pausedOperators: () => Promise<ReadonlySet<string>>;
	readonly accounts: () => Promise<readonly Account[]>;
	/** Accounts whose webhook secrets are still in their own row (docs/adr/0079). */
	readonly accountsHoldingSecrets: () => Promise<readonly string[]>;
	/** Connects to the server of a URL, with TLS for https. @throws Error that says why it cannot. */
	readonly connect: (url: string) => Promise<void>;
};

export function gatewayChecks(deps: GatewayCheckDeps): readonly Check[] {
	const ofApi: readonly Check[] =
		deps.apiUrl === null
			? []
			: [
					{ name: "API", run: () => checkApi(deps, `${deps.apiUrl}/openapi.json`) },
					{ name: "clock", run: () => checkClock(deps, `${deps.apiUrl}/openapi.json`) },
				];
	return [
		...ofApi,
		{ name: "binds", run: () => checkBinds(deps) },
		{ name: "paused operators", run: () => checkPaused(deps) },
		{ name: "webhooks", run: () => checkWebhooks(deps) },
		{ name: "senders", run: () => checkSenders(deps) },
		{ name: "webhook secrets", run: () => checkSecrets(deps) },
	];
}

export async function checkApi({ get }: GatewayCheckDeps, url: string): Promise<Finding> {
	const todo = "check certificate and DNS, then the log of the function get-openapi";
	const status = await get(url).then(
		(answer) => answer.status,
		(error: unknown) => inOneLine(error),
	);
	return status === 200 ? ok(url) : wrong(`GET ${url}: ${status}`, todo);
}

/** AWS refuses signatures that are five minutes off. */
const skewMaxMs = 30_000;

export async function checkClock({ get, now }: GatewayCheckDeps, url: string): Promise<Finding> {
	const before = now();
	const { date } = await get(url);
	const skewMs = Date.parse(date ?? "") - (before + now()) / 2;
	if (Number.isNaN(skewMs)) return wrong("the API's answer has no date", "look at what answers at publicUrl");
	const seconds = Math.round(Math.abs(skewMs) / 1_000);
	if (Math.abs(skewMs) <= skewMaxMs) return ok(`within ${Math.max(1, seconds)} s of the API`);
	return wrong(
		`this machine is ${seconds} s ${skewMs > 0 ? "behind" : "ahead of"} the API`,
		"synchronise this machine's clock: timedatectl set-ntp true",
	);
}

export async function checkBinds({ binds, pausedOperators }: GatewayCheckDeps): Promise<Finding> {
	const [all, paused] = await Promise.all([binds(), pausedOperators()]);
	const unbound = all.filter(({ up, operator }) => up === 0 && !paused.has(operator)).map(({ operator }) => operator);
	const up = all.map((one) => `${one.operator} ${one.up} of ${one.of}`).join(", ");
	if (unbound.length === 0) return ok(up);
	return wrong(
		`no bind of ${unbound.join(", ")} is up (${up})`,
		"docs/runbook.md, operator-unbound: is the SMPP service running, and what does its log say at bind.down? (This state is up to ten seconds old.)",
	);
}

export async function checkPaused({ pausedOperators }: GatewayCheckDeps): Promise<Finding> {
	const paused = [...(await pausedOperators())];
	if (paused.length === 0) return ok("none");
	return wrong(
		`nothing is sent to ${paused.join(", ")}`,
		paused.map((one) => `smsgw operators resume ${one}`).join("; "),
	);
}

/** Enough for a first look; each takes seconds if its server does not answer. */
const webhooksMax = 50;

export async function checkWebhooks({ accounts, connect }: GatewayCheckDeps): Promise<Finding> {
	const posted = (await accounts()).filter(({ disabled, smpp }) => !disabled && !smpp?.reportsQueueUrl);
	const targets = posted.flatMap(({ userName, webhook }) => (webhook ? { userName, url: webhook.url } : []));
	const some = targets.slice(0, webhooksMax);
	const failed = (
		await Promise.all(
			some.map(async ({ userName, url }) =>
				connect(url).then(
					() => [],
					(error: Error) => [`${userName} (${maskedUrl(url)}: ${error.message})`],
				),
			),
		)
	).flat();
	if (failed.length > 0)
		return wrong(
			`cannot connect to ${failed.join(", ")}`,
			"ask the client; it may allow the gateway's addresses only, which this machine is not",
		);
	return ok(`${some.length} of ${targets.length} connect`);
}

export async function checkSenders({ accounts }: GatewayCheckDeps): Promise<Finding> {
	const bad = (await accounts()).flatMap(({ userName, senders }) =>
		senders.filter(({ name }) => !isSenderName(name)).map(({ name }) => `${userName} "${name}"`),
	);
	if (bad.length === 0) return ok("an SMSC can carry each");
	return wrong(`no SMSC carries ${bad.join(", ")}`, `remove them: a sender is ${senderNameRule}`);
}

export async function checkSecrets({ accountsHoldingSecrets }: GatewayCheckDeps): Promise<Finding> {
	const names = await accountsHoldingSecrets();
	if (names.length === 0) return ok("none is where an API function can read it");
	return wrong(
		`those of ${names.join(", ")} can be read by every API function`,
		"any change of the account moves them: smsgw accounts webhook set, with the URL that it has",
	);
}
