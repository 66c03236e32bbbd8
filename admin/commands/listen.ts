import * as z from "zod";
import { type ForwardedReport, forwardedReport, forwardPath } from "#shared/contracts/local-stack-info.ts";
import { command } from "../command.ts";
import { CommandError, oneLine } from "../errors.ts";
import { accountName, count } from "../inputs.ts";
import { localServersOf } from "../local-servers.ts";
import { asSentence, type CommandOutcome } from "../output.ts";
import { type TextLine, textLines } from "../text-lines.ts";
import { accountOf } from "./account-repositories.ts";
import { webhookOf } from "./account-webhooks.ts";

export const listenToReports = command({
	call: "listen <url>",
	description: "forward an account's reports from the local stack to your server, and print each with its answer",
	notes: `The account's webhook must be on the local stack's webhook server, as that of demo is. Headers and body are the gateway's, so a
signature can be verified. The answer goes back to the gateway, which retries what is not confirmed. Ctrl-C ends it.
"smsgw trigger" makes a report.`,
	options: [
		["--account <account>", "the account (demo)"],
		["--count <n>", "end after this many reports"],
	],
	example: "listen http://127.0.0.1:3000/reports --local",
	input: z.object({
		url: z.url({ protocol: /^https?$/ }),
		account: accountName.default("demo"),
		count: count(z.number().min(1)).optional(),
	}),
	async run({ url, account: userName, count: countMax = Number.POSITIVE_INFINITY }, target, print) {
		const { sinkUrl } = localServersOf(target);
		const webhook = webhookOf(await accountOf(target, userName));
		const { origin, pathname, search } = new URL(webhook.url);
		if (origin !== sinkUrl) {
			const set = `smsgw --local accounts webhook set ${userName} ${sinkUrl}/${encodeURIComponent(userName)}`;
			throw new CommandError(`the webhook of ${userName} is elsewhere; move it: ${set}`);
		}
		const stopped = new AbortController();
		const stop = () => stopped.abort();
		process.once("SIGINT", stop);
		let forwarded = 0;
		try {
			const query = new URLSearchParams({ path: `${pathname}${search}`, to: url });
			const reports = await openForward(`${sinkUrl}${forwardPath}?${query}`, userName, stopped.signal);
			print(asSentence(`the reports of ${userName} go to ${url}`, { account: userName, url }));
			for await (const report of reports) {
				print(shownReport(report));
				forwarded += 1;
				if (forwarded >= countMax) break;
			}
		} finally {
			stop();
			process.removeListener("SIGINT", stop);
		}
		return asSentence(`${forwarded} reports forwarded`, { forwarded });
	},
});

/** The reports that the local stack forwards, until the signal ends it. */
export async function openForward(url: string, userName: string, signal: AbortSignal) {
	const response = await fetch(url, { method: "POST", signal });
	if (response.status === 409) throw new CommandError(`another "smsgw listen" forwards the reports of ${userName}`);
	if (!response.ok || response.body === null)
		throw new CommandError(`the local stack does not forward reports: status ${response.status}`);
	return reportsIn(textLines(response.body.pipeThrough(new TextDecoderStream()), lineCharactersMax), signal);
}

/** The gateway's reports are smaller. */
const lineCharactersMax = 8 * 1_024 * 1_024;

async function* reportsIn(lines: AsyncIterable<TextLine>, signal: AbortSignal): AsyncGenerator<ForwardedReport> {
	try {
		for await (const { text } of lines) {
			if (text) yield forwardedReport.parse(JSON.parse(text));
		}
	} catch (error) {
		if (!signal.aborted) throw error;
	}
}

const answerShownMax = 60;

function shownReport(report: ForwardedReport): CommandOutcome {
	const { status, answer, body } = report;
	const shown = oneLine(answer).slice(0, answerShownMax);
	const answered = status === null ? `no answer: ${shown}` : `${status} ${shown}`.trim();
	return { data: report, text: `${whatIn(body)} -> ${answered}` };
}

const reportBody = z.object({
	delivery_report: z
		.array(z.object({ message_id: z.number(), client_message_id: z.string().nullable(), status: z.string() }))
		.default([]),
	incoming_report: z.array(z.object({ sender: z.string(), recipient: z.string() })).default([]),
});

function whatIn(body: unknown): string {
	const parsed = reportBody.safeParse(body);
	if (!parsed.success) return "a report";
	const { delivery_report: statuses, incoming_report: incoming } = parsed.data;
	return [
		...statuses.map((one) => `${one.status} ${one.message_id} (${one.client_message_id ?? "no client_message_id"})`),
		...incoming.map(({ sender, recipient }) => `incoming from ${sender} to ${recipient}`),
	].join(", ");
}
