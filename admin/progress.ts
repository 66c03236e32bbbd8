import { stderr } from "node:process";

export type ProgressStream = {
	readonly isTTY?: boolean;
	readonly columns?: number;
	write(text: string): unknown;
};

export type Progress = {
	/** @param total null: not known. @param note follows the counts. */
	show(done: number, total: number | null, note?: string): void;
	/** Ends the line, so that others follow below it. */
	end(): void;
};

type ProgressOptions = {
	/** What is counted: `rows`. */
	readonly unit: string;
	readonly stream?: ProgressStream;
	/** Monotonic. */
	readonly now?: () => number;
};

const everyMs = 100;
/** Without a terminal, a line every so often. */
const lineEveryMs = 10_000;
const barWidth = 20;
/** The rate and the time left are told from then on. */
const rateAfterMs = 1_000;

/** The progress of a long command on standard error: a bar on a terminal, and now and then a line elsewhere. */
export function progressBar({ unit, stream = stderr, now = () => performance.now() }: ProgressOptions): Progress {
	const startedAt = now();
	const isTerminal = stream.isTTY === true;
	let shownAt = isTerminal ? Number.NEGATIVE_INFINITY : startedAt;
	let isOpen = false;
	let last: string | undefined;

	function write(text: string): void {
		if (!isTerminal) return void stream.write(`${text}\n`);
		/* A line that is wider than the terminal would not be replaced. */
		stream.write(`\r${text.slice(0, (stream.columns ?? 80) - 1)}\u001b[K`);
		isOpen = true;
	}

	return {
		show(done, total, note) {
			const at = now();
			last = progressText({ unit, done, total, elapsedMs: at - startedAt, note });
			if (at - shownAt < (isTerminal ? everyMs : lineEveryMs)) return;
			shownAt = at;
			write(last);
		},
		end() {
			if (isTerminal && last !== undefined) write(last);
			if (isOpen) stream.write("\n");
			isOpen = false;
		},
	};
}

type ProgressState = {
	readonly unit: string;
	readonly done: number;
	readonly total: number | null;
	readonly elapsedMs: number;
	readonly note?: string | undefined;
};

export function progressText({ unit, done, total, elapsedMs, note }: ProgressState): string {
	const perSecond = elapsedMs < rateAfterMs ? 0 : (done / elapsedMs) * 1_000;
	const left = total === null || perSecond === 0 ? null : Math.max(0, total - done) / perSecond;
	const share = total === null || total === 0 ? null : Math.min(1, done / total);
	return [
		...(share === null ? [] : [`[${bar(share)}] ${Math.floor(share * 100)} %`]),
		total === null ? `${done} ${unit}` : `${done} of ${total} ${unit}`,
		...(perSecond > 0 ? [`${Math.round(perSecond)}/s`] : []),
		...(left === null || left === 0 ? [] : [`${durationText(left)} left`]),
		...(note === undefined ? [] : [note]),
	].join("  ");
}

const bar = (share: number) => "#".repeat(Math.floor(share * barWidth)).padEnd(barWidth, ".");

/** `45 s`, `12 min`, `3 h 20 min`. */
export function durationText(seconds: number): string {
	if (seconds < 90) return `${Math.ceil(seconds)} s`;
	const minutes = Math.round(seconds / 60);
	return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
