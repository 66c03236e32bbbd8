import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { html } from "../html.ts";
import { currentLanguage, number, say } from "../language.ts";

export type Line = { readonly label: string; readonly values: readonly number[]; readonly colour: string };

type PlotProps = {
	/** In milliseconds since 1970. */
	readonly times: readonly number[];
	readonly lines: readonly Line[];
	readonly label: string;
};

const height = 240;
const timeZone = "Asia/Almaty";

/** Lines over time. The same numbers are in the table below it, for those who do not see them. */
export function Plot({ times, lines, label }: PlotProps) {
	const place = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const frame = place.current;
		if (frame === null) return;
		const plot = new uPlot(
			optionsFor(lines, say("time"), frame),
			[times.map((at) => at / 1_000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData,
			frame,
		);
		const resized = new ResizeObserver(() => plot.setSize({ width: frame.clientWidth, height }));
		resized.observe(frame);
		return () => {
			resized.disconnect();
			plot.destroy();
		};
	}, [times, lines]);
	return html`<div class="plot"><div ref=${place} role="img" aria-label=${label}></div></div>`;
}

function optionsFor(lines: readonly Line[], timeLabel: string, frame: HTMLElement): uPlot.Options {
	const style = getComputedStyle(frame);
	const axis = { stroke: style.color, grid: { stroke: "rgb(128 128 128 / 25%)" }, ticks: { show: false } };
	return {
		...{ width: frame.clientWidth, height },
		cursor: { drag: { x: false, y: false } },
		tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), timeZone),
		axes: [
			{ ...axis, values: (_, ticks) => ticks.map(tickText(ticks)) },
			{ ...axis, values: (_, ticks) => ticks.map((one) => (Number.isInteger(one) ? number(one) : "")), size: 56 },
		],
		scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
		series: [
			{ label: timeLabel, value: (_, at) => (at === null ? "–" : timeText(at * 1_000)) },
			...lines.map((one) => ({
				label: one.label,
				stroke: one.colour,
				width: 2,
				points: { show: false },
				value: (_: uPlot, value: number | null) => (value === null ? "–" : number(value)),
			})),
		],
	};
}

const dayMs = 86_400_000;

/** Hours of a day, else days. */
function tickText(ticks: readonly number[]) {
	const isLong = ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0)) * 1_000 > 2 * dayMs;
	const options: Intl.DateTimeFormatOptions = isLong
		? { timeZone, day: "numeric", month: "short" }
		: { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
	const format = new Intl.DateTimeFormat(currentLanguage(), options);
	return (at: number) => format.format(at * 1_000);
}

const timeText = (at: number) =>
	new Intl.DateTimeFormat(currentLanguage(), {
		timeZone,
		dateStyle: "medium",
		timeStyle: "short",
		hourCycle: "h23",
	}).format(at);
