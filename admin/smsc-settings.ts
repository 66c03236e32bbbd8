import type * as z from "zod";
import { defaultBindSettings, defaultSubmitStyle, smsc } from "#shared/contracts/smscs.ts";
import { defaultMeanings } from "#shared/domain/send/status-meanings.ts";

/** The settings of an SMSC with which the gateway works: what was given, and the defaults of the rest. */
export type SmscInEffect = {
	/** Null if the settings cannot be read: then `npx cdk synth` refuses them. */
	readonly settings: Readonly<Record<string, unknown>> | null;
	/** The names of those that are as without any setting, such as `bind.ton`. */
	readonly defaults: readonly string[];
};

const nothingGiven = { host: "-", port: 1, system_id: "-" };
const alwaysGiven = Object.keys(nothingGiven);

export function smscInEffect(given: unknown): SmscInEffect {
	const parsed = smsc.safeParse(given);
	if (!parsed.success) return { settings: null, defaults: [] };
	const settings = withDefaults(parsed.data);
	const usual = leaves(withDefaults(smsc.parse(nothingGiven)));
	const defaults = [...leaves(settings)]
		.filter(([name, value]) => !alwaysGiven.includes(name) && usual.get(name) === value)
		.map(([name]) => name);
	return { settings, defaults };
}

function withDefaults({ statuses, tls, ...given }: z.output<typeof smsc>): Readonly<Record<string, unknown>> {
	const settings: Readonly<Record<string, unknown>> = {
		standby_hosts: [],
		bind: defaultBindSettings,
		response_seconds: 30,
		enquire_link_seconds: 30,
		errors: smsc.shape.errors.unwrap().parse({}),
		submit: defaultSubmitStyle,
		receipt_ids: "learnt",
		long_receipts: "learnt",
		...given,
		statuses: { ...defaultMeanings, ...statuses },
		tls: tlsText(tls),
	};
	return Object.fromEntries(Object.keys(smsc.shape).map((name) => [name, settings[name]]));
}

function tlsText(tls: z.output<typeof smsc>["tls"]): string {
	if (tls === undefined) return "no";
	return tls.ca === undefined ? "yes" : "yes, with a ca of its own";
}

/** Each value as JSON text, by its dotted name. Lists and empty objects are values. */
function leaves(value: Readonly<Record<string, unknown>>, path = ""): ReadonlyMap<string, string> {
	return new Map(
		Object.entries(value).flatMap(([key, inner]): readonly (readonly [string, string])[] =>
			isBranch(inner) ? [...leaves(inner, `${path}${key}.`)] : [[`${path}${key}`, JSON.stringify(inner)]],
		),
	);
}

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/** The settings as texts, the defaults marked. */
export function markedSettings({ settings, defaults }: SmscInEffect, path = ""): Readonly<Record<string, unknown>> {
	return Object.fromEntries(
		Object.entries(settings ?? {}).map(([key, value]) => {
			const name = `${path}${key}`;
			if (isBranch(value)) return [key, markedSettings({ settings: value, defaults }, `${name}.`)];
			return [key, defaults.includes(name) ? `${textOf(value)} (default)` : textOf(value)];
		}),
	);
}

function textOf(value: unknown): string {
	if (typeof value !== "object" || value === null) return value === "" ? "none" : String(value);
	return Object.keys(value).length === 0 ? "none" : JSON.stringify(value);
}
