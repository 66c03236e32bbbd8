import type { BindNote } from "#shared/contracts/bind-note.ts";
import { bindNoteText } from "#shared/contracts/bind-note.ts";
import { bindLease } from "#shared/domain/lease-names.ts";
import { type Operator, operators, rnCodes } from "#shared/domain/message/operators.ts";
import type { LeaseNote } from "#shared/flow/lease-store.ts";

/** An operator and its binds over all tasks, as the tasks last published them. */
export type OperatorRow = {
	readonly operator: Operator;
	readonly rn_code: string;
	readonly state: "paused" | "sending" | "no binds";
	readonly binds_up: number;
	/** Held by a task, whether they are up or not. */
	readonly binds_held: number;
	/** Requests without a response, and the most there may be. */
	readonly window_in_use: number;
	readonly window: number;
	/** Segments a second. */
	readonly rate: number;
	readonly rate_max: number;
	readonly round_trip_ms: number | null;
	/** The SMSC has asked to slow down, or accepts nothing. */
	readonly throttled: boolean;
};

/** The most binds that an operator's settings allow. */
const bindsMax = 64;

/** The leases to read: those of all binds that there may be. */
export const bindLeasesOf = (operator: Operator, binds = bindsMax): readonly string[] =>
	Array.from({ length: binds }, (_, bindIndex) => bindLease(operator, bindIndex));

export function operatorRows(
	paused: ReadonlySet<Operator>,
	notes: ReadonlyMap<string, LeaseNote>,
): readonly OperatorRow[] {
	return operators.map((operator) => {
		const held = bindLeasesOf(operator).flatMap((lease) => bindNoteText.safeParse(notes.get(lease)?.note).data ?? []);
		const up = held.filter((note) => note.up);
		const rates = { rate: sumOf(up, ({ tps }) => tps), rate_max: sumOf(up, ({ tps_max }) => tps_max) };
		return {
			operator,
			rn_code: rnCodes[operator],
			state: paused.has(operator) ? "paused" : up.length > 0 ? "sending" : "no binds",
			...{ binds_up: up.length, binds_held: held.length },
			window_in_use: sumOf(up, ({ in_flight }) => in_flight),
			window: sumOf(up, ({ window }) => window),
			...{ rate: Math.round(rates.rate), rate_max: Math.round(rates.rate_max) },
			round_trip_ms: meanRoundTrip(up),
			throttled: rates.rate < rates.rate_max * 0.95,
		};
	});
}

function sumOf(notes: readonly BindNote[], value: (note: BindNote) => number): number {
	return notes.reduce((sum, note) => sum + value(note), 0);
}

function meanRoundTrip(notes: readonly BindNote[]): number | null {
	const known = notes.flatMap(({ round_trip_ms }) => round_trip_ms ?? []);
	return known.length === 0 ? null : Math.round(known.reduce((sum, one) => sum + one, 0) / known.length);
}
