import { useState } from "preact/hooks";
import { html } from "../html.ts";
import { duration, number, say } from "../language.ts";
import { ask, attempt, tell } from "../notices.ts";
import { Counts } from "../parts/counts.ts";
import { JsonLink, standstillView } from "../parts/loaded.ts";
import { type Column, Table } from "../parts/table.ts";
import { act, useStream } from "../server.ts";
import type { WordKey } from "../words/en.ts";

type OperatorRow = {
	readonly operator: string;
	readonly state: "paused" | "sending" | "no binds";
	readonly binds_up: number;
	readonly binds_held: number;
	readonly window_in_use: number;
	readonly window: number;
	readonly rate: number;
	readonly rate_max: number;
	readonly round_trip_ms: number | null;
	readonly throttled: boolean;
};
type LaneRow = {
	readonly lane: string;
	/** Null: not known. */
	readonly messages: number | null;
	readonly waiting: number;
	readonly in_flight: number;
	readonly delayed: number;
	readonly drains_per_second: number | null;
	readonly empty_in_seconds: number | null;
};
type Traffic = { readonly operators: readonly OperatorRow[]; readonly lanes: readonly LaneRow[] };

const stateWords = {
	sending: "stateSending",
	paused: "statePaused",
	"no binds": "stateNoBinds",
} as const satisfies Record<OperatorRow["state"], WordKey>;

export function Traffic() {
	const [traffic, setTraffic] = useState<Traffic | undefined>();
	const standstill = useStream<Traffic>("traffic", setTraffic);
	return html`
		<h1>${say("traffic")}</h1>
		${standstillView(standstill)}
		${traffic === undefined ? html`<p>${say("loading")}</p>` : html`<${Operators} rows=${traffic.operators} /><${Lanes} rows=${traffic.lanes} />`}
		<${Counts} />
		<${JsonLink} query="traffic" />
	`;
}

function Operators({ rows }: { readonly rows: readonly OperatorRow[] }) {
	const columns: readonly Column<OperatorRow>[] = [
		{ title: say("operator"), cell: ({ operator }) => operator },
		{ title: say("operatorState"), cell: (row) => html`<${State} row=${row} />` },
		{ title: say("bindsUp"), cell: (row) => `${number(row.binds_up)} / ${number(row.binds_held)}`, isNumber: true },
		{ title: say("windowUse"), cell: (row) => `${number(row.window_in_use)} / ${number(row.window)}`, isNumber: true },
		{ title: say("rate"), cell: (row) => `${number(row.rate)} / ${number(row.rate_max)}`, isNumber: true },
		{
			title: say("roundTrip"),
			cell: ({ round_trip_ms: ms }) => (ms === null ? "–" : say("tookMs", { n: ms })),
			isNumber: true,
		},
		{ title: "", cell: (row) => html`<${Switch} row=${row} />` },
	];
	return html`
		<section aria-labelledby="operators">
			<h2 id="operators">${say("operators")}</h2>
			<${Table} columns=${columns} rows=${rows} none=${say("none")} />
		</section>
	`;
}

function State({ row: { state, throttled } }: { readonly row: OperatorRow }) {
	return html`<span class=${`state ${state === "sending" ? "good" : "bad"}`}>${say(stateWords[state])}</span>
		${throttled && html` <span class="state bad">${say("throttled")}</span>`}`;
}

function Switch({ row: { operator, state } }: { readonly row: OperatorRow }) {
	const pause = async () => {
		if (!(await ask(say("askPause", { operator }), say("pause")))) return;
		const done = await attempt(async () => await act("operators/pause", { operator, confirmed: true }));
		if (done) tell(say("isPaused", { operator }));
	};
	const resume = async () => {
		const done = await attempt(async () => await act("operators/resume", { operator }));
		if (done) tell(say("isResumed", { operator }));
	};
	return state === "paused"
		? html`<button type="button" aria-label=${`${say("resume")} ${operator}`} onClick=${resume}>${say("resume")}</button>`
		: html`<button type="button" aria-label=${`${say("pause")} ${operator}`} onClick=${pause}>${say("pause")}</button>`;
}

function emptyIn({ drains_per_second: rate, empty_in_seconds: seconds }: LaneRow) {
	if (seconds !== null) return duration(seconds);
	return rate !== null && rate < 0 ? say("growing") : "–";
}

function Lanes({ rows }: { readonly rows: readonly LaneRow[] }) {
	const busy = rows.filter((row) => row.waiting + row.in_flight + row.delayed > 0);
	const columns: readonly Column<LaneRow>[] = [
		{ title: say("lane"), cell: ({ lane }) => lane },
		{ title: say("messages"), cell: ({ messages }) => (messages === null ? "–" : number(messages)), isNumber: true },
		{ title: say("entries"), cell: (row) => number(row.waiting + row.in_flight + row.delayed), isNumber: true },
		{
			title: say("drains"),
			cell: ({ drains_per_second: rate }) => (rate === null ? "–" : number(rate)),
			isNumber: true,
		},
		{ title: say("emptyIn"), cell: emptyIn, isNumber: true },
	];
	return html`
		<section aria-labelledby="lanes">
			<h2 id="lanes">${say("lanes")}</h2>
			<${Table} columns=${columns} rows=${busy} none=${say("lanesEmpty")} />
		</section>
	`;
}
