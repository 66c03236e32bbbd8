import { useState } from "preact/hooks";
import { html } from "../html.ts";
import { clockTime, dateTime, number, say, sayMany } from "../language.ts";
import { ask, attempt, tell } from "../notices.ts";
import { JsonLink, whenLoaded } from "../parts/loaded.ts";
import { type Column, Table } from "../parts/table.ts";
import { act, useData } from "../server.ts";

type WebhookRow = {
	readonly account: string;
	readonly url: string;
	readonly ack: "document" | "any2xx";
	readonly failing: boolean;
	readonly next_try: number | null;
};
type Depth = { readonly waiting: number; readonly inFlight: number; readonly delayed: number };
type Reports = {
	readonly webhooks: readonly WebhookRow[];
	readonly next: string | null;
	readonly queue: Depth;
	readonly dead: Depth;
};
type DeadRow = {
	readonly userName: string | null;
	readonly reportBatches: number;
	readonly messages: number;
	readonly firstDeadSince: number;
	readonly lastDeadSince: number;
};
type Tested = { readonly confirmed: boolean; readonly status?: number; readonly failed?: string };

const inAll = ({ waiting, inFlight, delayed }: Depth) => waiting + inFlight + delayed;

export function Reports() {
	const [after, setAfter] = useState("");
	const query = `reports?after=${encodeURIComponent(after)}`;
	const loaded = useData<Reports>(query);
	return html`
		<h1>${say("reports")}</h1>
		${whenLoaded(
			loaded,
			({ webhooks, next, queue, dead }) => html`
				<section aria-labelledby="webhooks">
					<h2 id="webhooks">${say("webhooks")}</h2>
					<${Webhooks} rows=${webhooks} />
					${next && html`<button type="button" onClick=${() => setAfter(next)}>${say("next")}</button>`}
				</section>
				<section aria-labelledby="queue">
					<h2 id="queue">${say("queueOfReports")}</h2>
					<p>${sayMany("reportsWaiting", inAll(queue))}. ${sayMany("reportsDead", inAll(dead))}.</p>
					${inAll(dead) > 0 && html`<${DeadReports} onSent=${loaded.reload} />`}
				</section>
			`,
		)}
		<${JsonLink} query=${query} />
	`;
}

function Webhooks({ rows }: { readonly rows: readonly WebhookRow[] }) {
	const columns: readonly Column<WebhookRow>[] = [
		{ title: say("account"), cell: ({ account }) => account },
		{ title: say("webhook"), cell: ({ url }) => html`<span class="long">${url}</span>` },
		{ title: say("confirmedBy"), cell: ({ ack }) => say(ack === "document" ? "ackDocument" : "ackAny2xx") },
		{ title: say("webhookState"), cell: (row) => html`<${WebhookState} row=${row} />` },
		{ title: "", cell: ({ account }) => html`<${TestButton} account=${account} />` },
	];
	return html`<${Table} columns=${columns} rows=${rows} none=${say("noWebhooks")} />`;
}

function WebhookState({ row: { failing, next_try } }: { readonly row: WebhookRow }) {
	return failing
		? html`<span class="state bad">${say("webhookFailing", { time: clockTime(next_try ?? 0) })}</span>`
		: html`<span class="state good">${say("webhookWell")}</span>`;
}

function TestButton({ account }: { readonly account: string }) {
	const test = async () => {
		if (!(await ask(say("askTest", { account }), say("testReport")))) return;
		const tested = await attempt(async () => await act<Tested>("reports/test", { account, confirmed: true }));
		if (tested === undefined) return;
		const status = String(tested.status ?? tested.failed ?? "");
		tell(say(tested.confirmed ? "testConfirmed" : "testNotConfirmed", { account, status }), !tested.confirmed);
	};
	return html`<button type="button" aria-label=${`${say("testReport")}: ${account}`} onClick=${test}>${say("testReport")}</button>`;
}

/** Listed only when asked for: to count them, the entries are received. */
function DeadReports({ onSent }: { readonly onSent: () => void }) {
	const [isAsked, setAsked] = useState(false);
	const loaded = useData<{ readonly accounts: readonly DeadRow[]; readonly complete: boolean }>(
		isAsked ? "reports/dead" : null,
	);
	if (!isAsked)
		return html`<p><button type="button" onClick=${() => setAsked(true)}>${say("listDead")}</button> <small>${say("deadNote")}</small></p>`;
	const columns: readonly Column<DeadRow>[] = [
		{ title: say("account"), cell: ({ userName }) => userName ?? say("notAReport") },
		{ title: say("messagesInThem"), cell: ({ messages }) => number(messages), isNumber: true },
		{
			title: say("givenUp"),
			cell: ({ firstDeadSince, lastDeadSince }) => `${dateTime(firstDeadSince)} – ${dateTime(lastDeadSince)}`,
		},
		{ title: "", cell: ({ userName }) => userName && html`<${ResendButton} account=${userName} onSent=${onSent} />` },
	];
	return whenLoaded(
		loaded,
		({ accounts, complete }) => html`
			<${Table} columns=${columns} rows=${accounts} none=${say("none")} />
			${!complete && html`<p>${say("moreDead")}</p>`}
		`,
	);
}

function ResendButton({ account, onSent }: { readonly account: string; readonly onSent: () => void }) {
	const resend = async () => {
		if (!(await ask(say("askResend", { account }), say("sendAgain")))) return;
		const done = await attempt(
			async () =>
				await act<{ readonly resent: number; readonly complete: boolean }>("reports/resend", {
					account,
					confirmed: true,
				}),
		);
		if (done === undefined) return;
		tell([sayMany("resent", done.resent), ...(done.complete ? [] : [say("moreDead")])].join(" "));
		onSent();
	};
	return html`<button type="button" aria-label=${`${say("sendAgain")}: ${account}`} onClick=${resend}>${say("sendAgain")}</button>`;
}
