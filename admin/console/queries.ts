import * as z from "zod";
import { dynamoCircuitBreakers } from "#shared/aws/dynamo/dynamo-circuit-breakers.ts";
import { dynamoLeases } from "#shared/aws/dynamo/dynamo-leases.ts";
import { queueDepth } from "#shared/aws/sqs/sqs-depths.ts";
import { deadRole } from "#shared/contracts/resource-names.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { validAt } from "#shared/domain/accounts/passwords.ts";
import { accountView } from "../account-view.ts";
import { accountRepository, credentialRepository, webhookSecretRepository } from "../commands/account-repositories.ts";
import { deadReportsByAccount } from "../commands/reports.ts";
import { localServersOf } from "../local-servers.ts";
import { maskedUrl } from "../masked-url.ts";
import type { Target } from "../target.ts";
import { sessionCounts } from "../views/session-counts.ts";
import { windowWarnings } from "../views/window-warnings.ts";
import { accountPage, withWebhook } from "./account-page.ts";
import { consoleQuery, type Query } from "./action.ts";
import { countQueries } from "./count-queries.ts";
import { messageQueries } from "./message-queries.ts";
import { codeLanguages, sampleCode } from "./sample-code.ts";
import { readTraffic } from "./traffic.ts";

const nothing = z.object({});

const accountsPage = z.object({ after: z.string().max(64).default("") });

const codeRequest = z.object({
	language: z.enum(codeLanguages),
	account: z.string().max(64),
	password: z.string().max(64),
	sender: z.string().max(20),
	recipient: z.string().max(20),
	text: z.string().max(2_000),
});

async function accountRows(target: Target, accounts: readonly Account[]) {
	const leases = dynamoLeases(target.dynamo, target.table("leases"), target.log);
	const sessions = await sessionCounts(leases, accounts, Date.now());
	return await Promise.all(
		accounts.map(async (account) => {
			const credentials = await credentialRepository(target).find(account.userName);
			const secrets = await webhookSecretRepository(target).find(account.userName);
			return {
				...accountView(account, credentials, secrets, Date.now()),
				password_ages: validAt(credentials, Date.now()).map(({ since }) => ageInDays(since)),
				sessions: sessions.get(account.userName) ?? 0,
				warnings: windowWarnings(account),
			};
		}),
	);
}

const dayMs = 24 * 60 * 60_000;

/** Null: it was set before this was kept. */
const ageInDays = (since: number | undefined) =>
	since === undefined ? null : Math.floor((Date.now() - since) / dayMs);

/** A breaker that is closed has no row: the last reports were confirmed, or there were none. */
async function webhookRows(target: Target, accounts: ReturnType<typeof withWebhook>) {
	const breakers = dynamoCircuitBreakers(target.dynamo, target.table("reports"));
	return await Promise.all(
		accounts.map(async ({ userName, webhook }) => {
			const state = await breakers.current(userName);
			return {
				account: userName,
				url: maskedUrl(webhook.url),
				...{ ack: webhook.ack, reports: webhook.reports },
				failing: state.kind === "open",
				next_try: state.kind === "open" ? state.until : null,
				path: pathOf(target, webhook.url),
			};
		}),
	);
}

/** Of the local stack's own webhook server, whose answers can be chosen; else null. */
function pathOf({ localServers }: Target, url: string): string | null {
	const { origin, pathname } = new URL(url);
	return origin === localServers?.sinkUrl ? pathname : null;
}

async function depthOf(target: Target, role: string) {
	return await queueDepth(target.sqs, await target.queueUrl(role));
}

export const queries = {
	...messageQueries,
	...countQueries,
	about: consoleQuery(nothing, async ({ stageName, localServers }) => ({
		stage: stageName,
		demo: localServers !== null,
	})),
	traffic: consoleQuery(nothing, async (target) => (await readTraffic(target)).traffic),
	reports: consoleQuery(accountsPage, async (target, { after }) => {
		const { shown, next } = accountPage(withWebhook(await accountRepository(target).list()), after);
		const [webhooks, queue, dead] = await Promise.all([
			webhookRows(target, shown),
			depthOf(target, "reports"),
			depthOf(target, deadRole("reports")),
		]);
		return { webhooks, next, queue, dead };
	}),
	"reports/dead": consoleQuery(nothing, async (target) => await deadReportsByAccount(target)),
	"phones/code": consoleQuery(codeRequest, async (target, { language, ...request }) => ({
		code: sampleCode(language, { url: localServersOf(target).apiUrl, ...request }),
	})),
	accounts: consoleQuery(accountsPage, async (target, { after }) => {
		const { shown, next } = accountPage(await accountRepository(target).list(), after);
		return { accounts: await accountRows(target, shown), next };
	}),
} as const satisfies Record<string, Query>;
