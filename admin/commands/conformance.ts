import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import * as z from "zod";
import { normalRecipient } from "#shared/domain/numbers/recipient.ts";
import { command } from "../command.ts";
import type { Exchange, Kit } from "../conformance/exchange.ts";
import { type CheckResult, judge, type Verdict } from "../conformance/judge.ts";
import { openReceiver, type ReportReceiver } from "../conformance/receive-reports.ts";
import { reportedNames } from "../conformance/report-checks.ts";
import { reportHtml } from "../conformance/report-html.ts";
import type { SmppOptions } from "../conformance/run-smpp-steps.ts";
import { runSteps } from "../conformance/run-steps.ts";
import type { SmppAddress } from "../conformance/smpp-client.ts";
import { clientIdOf } from "../conformance/steps.ts";
import { CommandError } from "../errors.ts";
import { accountName, count, secretIn } from "../inputs.ts";
import { asTable } from "../output.ts";

const recipient = z
	.string()
	.refine((written) => normalRecipient(written) !== null, "a mobile number such as 77010000000")
	.transform((written) => normalRecipient(written) ?? written);

const input = z.object({
	url: z
		.url({ protocol: /^https?$/, error: "an http or https URL with its path: https://HOST/app/smsgw/rest/v2" })
		.transform((url) => url.replace(/\/+$/, "")),
	user: accountName,
	passwordFile: z.string().min(1),
	sender: z.string().min(1),
	recipient,
	send: z.boolean().default(false),
	wait: count(z.number().min(1).max(3_600)).default(60),
	html: z.string().min(1).optional(),
	reportsPort: count(z.number().min(1).max(65_535)).optional(),
	smpp: z
		.string()
		.regex(/^(?:\[[^\]]+\]|[^:\s]+):\d{1,5}$/, "HOST:PORT")
		.transform((address) => ({
			host: address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1"),
			port: Number(/\d+$/.exec(address)?.[0]),
		}))
		.optional(),
	systemId: z.string().min(1).max(64).optional(),
	smppPasswordFile: z.string().min(1).optional(),
});

/** What was exchanged by SMPP, if the caller names an address. Its library is loaded for it only. */
async function smppExchanges(options: Omit<SmppOptions, "address"> & { readonly address: SmppAddress | undefined }) {
	const { address, ...others } = options;
	if (address === undefined) return new Map<string, Exchange>();
	const { runSmppSteps } = await import("../conformance/run-smpp-steps.ts");
	return await runSmppSteps({ ...others, address });
}

async function withReports(kit: Kit, receiver: ReportReceiver, waitMs: number): Promise<Kit> {
	const awaited = reportedNames.map((name) => clientIdOf(kit, name));
	await receiver.until(awaited, waitMs);
	const exchange = receiver.exchange();
	return exchange === null ? kit : { ...kit, exchanges: new Map([...kit.exchanges, ["reports", exchange]]) };
}

const countOf = (findings: readonly CheckResult[], wanted: Verdict) =>
	findings.filter(({ verdict }) => verdict === wanted).length;

function summaryOf(findings: readonly CheckResult[]): string {
	const verdicts: readonly Verdict[] = ["pass", "differs", "settled otherwise", "not tried"];
	return verdicts.map((verdict) => `${verdict}: ${countOf(findings, verdict)}`).join(", ");
}

function textOf(findings: readonly CheckResult[]): string {
	const rows = findings.map(({ point, step, verdict, detail }) => ({ point, request: step, verdict, detail }));
	const bad = findings.filter(({ verdict }) => verdict === "differs" || verdict === "settled otherwise");
	const quotes = [...new Map(bad.map(({ point, sentence }) => [point, `${point}  ${sentence}`])).values()];
	return [
		asTable(rows, "").text,
		...(quotes.length > 0 ? ["", "The document:", ...quotes] : []),
		"",
		summaryOf(findings),
	].join("\n");
}

function written(file: string, html: string): void {
	try {
		writeFileSync(file, html);
	} catch (error) {
		throw new CommandError(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
	}
}

export const conformance = command({
	call: "conformance <url>",
	description: "compare a gateway's answers with the API document, point by point",
	notes: `Works with any gateway that implements the document. Without --send, only requests that cannot send a message are made. With --send,
the recipient gets three messages (four segments); all other messages must be refused, or are withdrawn. Extensions are not checked.

With --smpp, the kit also binds as a transceiver by plain TCP, and with --send it submits three messages (five segments) and
expects their receipts on its session.

R points are the document's own sentences: a difference is "differs". A points are what it leaves open: there a difference from
this gateway is "settled otherwise". --json and --html show each request and answer, without the password.

Exit codes: 0 nothing differs from the document, 1 something does.`,
	options: [
		["--user <name>", "user name of the account"],
		["--password-file <file>", "file with its password (- is standard input)"],
		["--sender <name>", "a sender that the account may use"],
		["--recipient <number>", "a number that may get messages"],
		["--send", "make the requests that send messages, too"],
		["--wait <seconds>", "how long to wait for a message to end (60)"],
		["--reports-port <port>", "port for the account's reports; its webhook must lead here"],
		["--smpp <host:port>", "check the gateway's SMPP, too"],
		["--system-id <name>", "system_id of the bind (the user name)"],
		["--smpp-password-file <file>", "file with its password (that of --password-file)"],
		["--html <file>", "write the report to this file, too"],
	],
	example:
		"conformance https://sms.example.kz/app/smsgw/rest/v2 --user kaspi --password-file password.txt --sender KASPI --recipient 77010000000",
	input,
	async calculate({ url, user, passwordFile, sender, recipient: to, send, wait, html, reportsPort, ...bySmpp }) {
		const password = await secretIn(passwordFile);
		const { smpp: address, systemId = user, smppPasswordFile } = bySmpp;
		const smppPassword = smppPasswordFile === undefined ? password : await secretIn(smppPasswordFile);
		const receiver = reportsPort === undefined ? null : await openReceiver(reportsPort);
		const runId = randomUUID().slice(0, 13);
		const waitMs = wait * 1_000;
		const settings = { url, user, password, sender, send, runId, recipient: to };
		const before = await smppExchanges({ ...settings, address, systemId, password: smppPassword, waitMs });
		const kit = await runSteps({ ...settings, startedAt: Date.now(), waitMs, before });
		const findings = judge(receiver === null || !send ? kit : await withReports(kit, receiver, waitMs));
		receiver?.close();
		if (html !== undefined) written(html, reportHtml(`Conformance of ${url}`, summaryOf(findings), findings));
		return { data: findings, text: textOf(findings), exitCode: countOf(findings, "differs") === 0 ? 0 : 1 };
	},
});
