import { html } from "../html.ts";
import { clockTime, say } from "../language.ts";
import { attempt } from "../notices.ts";
import { act } from "../server.ts";
import { reportLines } from "../views/report-lines.ts";

export type WebhookRequestData = {
	readonly id: number;
	readonly at: number;
	readonly path: string;
	readonly body: unknown;
	readonly status: number | null;
	readonly tookMs: number | null;
};

const shownMax = 100;

/** The requests by their ids, the latest first. A later one with the same id has its answer. */
export function mergedRequests(
	before: readonly WebhookRequestData[],
	fresh: readonly WebhookRequestData[],
): readonly WebhookRequestData[] {
	const byId = new Map([...before, ...fresh].map((one) => [one.id, one] as const));
	return [...byId.values()].toSorted((one, other) => other.id - one.id).slice(0, shownMax);
}

type PanelProps = {
	readonly requests: readonly WebhookRequestData[];
	readonly modes: Readonly<Record<string, string>>;
};

export function WebhookPanel({ requests, modes }: PanelProps) {
	const paths = [...new Set(["/demo", ...Object.keys(modes), ...requests.map(({ path }) => path)])].slice(0, 5);
	return html`
		<section class="webhook" aria-labelledby="webhook">
			<h2 id="webhook">${say("webhookRequests")}</h2>
			${paths.map((path) => html`<${ModeSwitch} key=${path} path=${path} mode=${modes[path] ?? "ok"} />`)}
			${requests.length === 0 && html`<p class="none">${say("noRequests")}</p>`}
			<ol class="requests">${requests.map((one) => html`<li key=${one.id}><${RequestView} request=${one} /></li>`)}</ol>
		</section>
	`;
}

const modeWords = { ok: "modeOk", fail: "modeFail", slow: "modeSlow", gone: "modeGone" } as const;

function ModeSwitch({ path, mode }: { readonly path: string; readonly mode: string }) {
	const choose = async (event: Event) => {
		const wanted = (event.target as HTMLSelectElement).value;
		await attempt(async () => await act("phones/webhook", { path, mode: wanted }));
	};
	return html`<label class="field row">${say("webhookAnswers", { path })}
		<select value=${mode} onChange=${choose}>
			${Object.entries(modeWords).map(([name, word]) => html`<option value=${name}>${say(word)}</option>`)}
		</select>
	</label>`;
}

function RequestView({ request: { at, path, body, status, tookMs } }: { readonly request: WebhookRequestData }) {
	const isWell = status !== null && status < 300;
	return html`
		<p class="row spread"><time>${clockTime(at)}</time> <span>${path}</span>
			<span class=${`state ${status === null ? "" : isWell ? "good" : "bad"}`}>${status ?? say("waitsForAnswer")}</span>
			${tookMs !== null && html`<small>${say("tookMs", { n: tookMs })}</small>`}
		</p>
		<p class="what">${reportLines(body).map((line) => html`<span>${line}</span>`)}</p>
		<details><summary>${say("showBody")}</summary><pre tabindex="0">${JSON.stringify(body, null, 2)}</pre></details>
	`;
}
