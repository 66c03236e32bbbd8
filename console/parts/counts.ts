import { useMemo, useState } from "preact/hooks";
import { html } from "../html.ts";
import { currentLanguage, number, say } from "../language.ts";
import { useData } from "../server.ts";
import type { WordKey } from "../words/en.ts";
import { whenLoaded } from "./loaded.ts";
import { Plot } from "./plot.ts";
import { type Column, Table } from "./table.ts";

type Ending = {
	readonly status: string;
	readonly errorCode: string | null;
	/** In the language of the console. */
	readonly explanation: string | null;
	readonly messages: number;
};
type Series = Readonly<Record<"accepted" | "submitted" | "delivered" | "failed", readonly number[]>>;
type Stats = {
	readonly series: Series & { readonly times: readonly number[] };
	readonly endings: readonly Ending[];
};

const ranges = [
	["day", "lastDay"],
	["month", "lastMonth"],
] as const satisfies readonly (readonly [string, WordKey])[];

/** Counts as lines over hours or days, and what the messages ended with. */
export function Counts() {
	const [range, setRange] = useState<string>("day");
	const query = `stats?range=${range}&language=${currentLanguage()}`;
	return html`
		<section aria-labelledby="counts">
			<div class="row spread">
				<h2 id="counts">${say("counts")}</h2>
				<span class="row" role="group" aria-labelledby="counts">
					${ranges.map(([name, word]) => html`<button type="button" class="small toggle" aria-pressed=${name === range} onClick=${() => setRange(name)}>${say(word)}</button>`)}
				</span>
			</div>
			${whenLoaded(useData<Stats>(query), (stats) => html`<${CountPlot} stats=${stats} /><${Failures} endings=${stats.endings} />`)}
		</section>
	`;
}

const lineWords = [
	["accepted", "countAccepted", "#7a8790"],
	["submitted", "countSubmitted", "#2f8fb3"],
	["delivered", "countDelivered", "#2f9a5b"],
	["failed", "countFailed", "#d05a4f"],
] as const satisfies readonly (readonly [keyof Series, WordKey, string])[];

function CountPlot({ stats: { series } }: { readonly stats: Stats }) {
	const lines = useMemo(
		() => lineWords.map(([name, word, colour]) => ({ label: say(word), values: series[name], colour })),
		[series],
	);
	if (lines.every(({ values }) => values.every((one) => one === 0)))
		return html`<p class="none">${say("noCounts")}</p>`;
	const sums = lines.map(({ label, values }) => `${label} ${number(values.reduce((sum, one) => sum + one, 0))}`);
	return html`<${Plot} times=${series.times} lines=${lines} label=${say("plotOf", { series: sums.join(", ") })} />
		<p>${sums.join(" · ")}</p>`;
}

const successes = ["DELIVERED", "ACCEPTED"];

function Failures({ endings }: { readonly endings: readonly Ending[] }) {
	const columns: readonly Column<Ending>[] = [
		{ title: say("status"), cell: ({ status }) => status },
		{ title: say("code"), cell: ({ errorCode }) => errorCode ?? "–" },
		{ title: say("meaning"), cell: ({ explanation }) => explanation ?? "–" },
		{ title: say("count"), cell: ({ messages }) => number(messages), isNumber: true },
	];
	const failed = endings.filter(({ status }) => !successes.includes(status));
	return html`<h3>${say("failures")}</h3>
		<${Table} columns=${columns} rows=${failed} none=${say("noFailures")} />`;
}
