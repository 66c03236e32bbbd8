import type { Account, Credential } from "#shared/domain/account.ts";
import type { Pack } from "#shared/domain/packs.ts";
import type { Parcel } from "#shared/domain/parcels.ts";
import type { SlotRow } from "#shared/domain/slots.ts";
import type {
	AccountStore,
	Clock,
	CredentialStore,
	Lanes,
	Log,
	Look,
	LookQueue,
	PackStore,
	ReceiptPack,
	ReceiptQueue,
	ReportQueue,
	SlotStore,
	SubmissionStore,
	SubmittedSegment,
} from "#shared/ports.ts";

export function memorySubmissions(
	now: Clock = Date.now,
): SubmissionStore & { readonly rows: Map<string, SubmittedSegment> } {
	const rows = new Map<string, SubmittedSegment>();
	return {
		rows,
		async put(segments) {
			for (const segment of segments) rows.set(segment.ref, segment);
		},
		async find(refs) {
			const found = refs.flatMap((ref) => rows.get(ref) ?? []).filter((row) => row.keepUntil > now());
			return new Map(found.map((row) => [row.ref, row]));
		},
	};
}

export function memoryPacks(): PackStore & { readonly rows: Map<string, Set<number>> } {
	const rows = new Map<string, Set<number>>();
	return {
		rows,
		async confirm({ packId, messageIds }) {
			rows.set(packId, new Set([...(rows.get(packId) ?? []), ...messageIds]));
		},
		async confirmed(packIds) {
			return new Map(packIds.flatMap((id) => (rows.has(id) ? [[id, rows.get(id) ?? new Set<number>()] as const] : [])));
		},
	};
}

export function memorySlots(): SlotStore & { readonly kept: SlotRow[] } {
	const kept: SlotRow[] = [];
	const listed = new Set<number>();
	return {
		kept,
		async put(more) {
			for (const row of more) listed.add(row.slot);
			kept.push(...more);
		},
		due: async (until) => [...listed].filter((slot) => slot <= until).sort((one, other) => one - other),
		rows: async (slot, shard) => kept.filter((row) => row.slot === slot && row.shard === shard),
		async remove(rows) {
			const gone = new Set(rows.map(({ look }) => look));
			kept.splice(0, kept.length, ...kept.filter(({ look }) => !gone.has(look)));
		},
		async forget(slot) {
			listed.delete(slot);
		},
	};
}

export function memoryLooks(): LookQueue & { readonly sent: Look[] } {
	const sent: Look[] = [];
	return {
		sent,
		async send(looks) {
			sent.push(...looks);
		},
	};
}

export function memoryAccounts(accounts: readonly Account[]): AccountStore {
	return { find: async (userName) => accounts.find((account) => account.userName === userName) ?? null };
}

export function memoryCredentials(byName: Readonly<Record<string, readonly Credential[]>>): CredentialStore {
	return { find: async (userName) => byName[userName] ?? [] };
}

export function memoryLanes(): Lanes & { readonly sent: { parcel: Parcel; delaySeconds: number }[] } {
	const sent: { parcel: Parcel; delaySeconds: number }[] = [];
	return {
		sent,
		async send(parcels, delaySeconds = 0) {
			sent.push(...parcels.map((parcel) => ({ parcel, delaySeconds })));
		},
	};
}

export function memoryReports(): ReportQueue & { readonly sent: Pack[] } {
	const sent: Pack[] = [];
	return {
		sent,
		async send(packs) {
			sent.push(...packs);
		},
	};
}

export function memoryReceipts(): ReceiptQueue & { readonly sent: { pack: ReceiptPack; delaySeconds: number }[] } {
	const sent: { pack: ReceiptPack; delaySeconds: number }[] = [];
	return {
		sent,
		async send(packs, delaySeconds = 0) {
			sent.push(...packs.map((pack) => ({ pack, delaySeconds })));
		},
	};
}

/** Keeps what was logged, for a test to look at. */
export function memoryLog(): Log & { readonly events: { event: string; fields: Readonly<Record<string, unknown>> }[] } {
	const events: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
	const keep = (event: string, fields: Readonly<Record<string, unknown>> = {}) => void events.push({ event, fields });
	return { events, info: keep, warn: keep, error: keep };
}

/** A clock that stands until it is moved. */
export function stoppedClock(at = Date.UTC(2026, 10, 23, 6, 0, 0)): Clock & { advance(ms: number): void } {
	let now = at;
	return Object.assign(() => now, {
		advance(ms: number) {
			now += ms;
		},
	});
}
