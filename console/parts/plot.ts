import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { html } from "../html.ts";
import { currentLanguage, number, say } from "../language.ts";
import { attempt } from "../notices.ts";

export type Line = { readonly label: string; readonly values: readonly number[]; readonly colour: string };

type PlotProps = {
	/** In milliseconds since 1970. */
	readonly times: readonly number[];
	readonly lines: readonly Line[];
	readonly label: string;
};

const height = 240;
const timeZone = "Asia/Almaty";

let library: Promise<typeof uPlot> | undefined;

/** When a plot is first shown: the other pages do without it. */
async function loadLibrary(): Promise<typeof uPlot> {
	const style = document.createElement("link");
	const loaded = new Promise((resolve) => {
		style.onload = style.onerror = resolve;
	});
	Object.assign(style, { rel: "stylesheet", href: "/packages/uplot.css" });
	/* The page's own style comes after it. */
	document.head.prepend(style);
	const [plot] = await Promise.all([import("uplot"), loaded]);
	return plot.default;
}

/** Lines over time. The same numbers are in the table below it, for those who do not see them. */
export function Plot({ times, lines, label }: PlotProps) {
	const place = useRef<HTMLDivElement>(null);
	useEffect(() => {
		let remove: (() => void) | undefined;
		let isShown = true;
		void attempt(async () => {
			library ??= loadLibrary();
			const Plot = await library;
			if (isShown && place.current) remove = drawn(Plot, place.current, times, lines);
		});
		return () => {
			isShown = false;
			remove?.();
		};
	}, [times, lines]);
	return html`<div class="plot"><div ref=${place} role="img" aria-label=${label}></div></div>`;
}

/** @returns what removes it. */
function drawn(Plot: typeof uPlot, frame: HTMLElement, times: PlotProps["times"], lines: PlotProps["lines"]) {
	const plot = new Plot(
		{ ...optionsFor(lines, say("time"), frame), tzDate: (at) => Plot.tzDate(new Date(at * 1_000), timeZone) },
		[times.map((at) => at / 1_000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData,
		frame,
	);
	const resized = new ResizeObserver(() => plot.setSize({ width: frame.clientWidth, height }));
	resized.observe(frame);
	return () => {
		resized.disconnect();
		plot.destroy();
	};
}

function optionsFor(lines: readonly Line[], timeLabel: string, frame: HTMLElement): uPlot.Options {
	const style = getComputedStyle(frame);
	const axis = { stroke: style.color, grid: { stroke: "rgb(128 128 128 / 25%)" }, ticks: { show: false } };
	return {
		...{ width: frame.clientWidth, height },
		cursor: { drag: { x: false, y: false } },
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
