/** A time in UTC, as SMPP writes it (section 7.1.1): YYMMDDhhmmss, tenths, quarters of an hour ahead of UTC, sign. */
export function absoluteTime(at: number): string {
	return `${new Date(at).toISOString().replace(/\D/g, "").slice(2, 14)}000+`;
}

/** A time as a peer wrote it; null: not said. */
export type SmppTime =
	| { readonly kind: "absolute"; readonly at: number }
	/** So long after `now`. */
	| { readonly kind: "relative"; readonly at: number }
	| { readonly kind: "malformed" };

const pattern = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([+\-R])$/;
const malformed: SmppTime = { kind: "malformed" };
const quarterMs = 15 * 60_000;

/** The most quarters of an hour that a zone is away from UTC. */
const quartersMax = 48;

/** A time of either form (section 7.1.1), strictly: there is no 30 February, and no hour without a zone. */
export function readSmppTime(text: string, now: number): SmppTime | null {
	if (text === "") return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, tenths = 0, quarters = 0] =
		pattern.exec(text)?.slice(1, 9).map(Number) ?? [];
	const sign = text.at(-1);
	if (!pattern.test(text)) return malformed;
	if (sign === "R") return { kind: "relative", at: addDuration(now, [year, month, day, hour, minute, second]) };
	const localAt = Date.UTC(2000 + year, month - 1, day, hour, minute, second);
	const isRealDate = new Date(localAt).toISOString().replace(/\D/g, "").slice(2, 14) === text.slice(0, 12);
	if (!isRealDate || quarters > quartersMax) return malformed;
	return { kind: "absolute", at: localAt + tenths * 100 - (sign === "-" ? -1 : 1) * quarters * quarterMs };
}

function addDuration(
	now: number,
	[years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0]: readonly number[],
) {
	const at = new Date(now);
	at.setUTCFullYear(at.getUTCFullYear() + years, at.getUTCMonth() + months, at.getUTCDate() + days);
	return at.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}
