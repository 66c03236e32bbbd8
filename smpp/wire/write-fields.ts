import type { FieldKind } from "./layouts.ts";
import type { MultiDestination, UnsuccessfulDestination } from "./pdu.ts";
import { noBytes, shortMessageOctetsMax } from "./read-fields.ts";

/** A value that no PDU can carry: a fault of the caller. Names the field, never its value. */
export class UnencodableError extends RangeError {
	constructor(field: string, wanted: string) {
		super(`${field} must be ${wanted}`);
		this.name = "UnencodableError";
	}
}

type Write<Value> = (value: Value, name: string, into: Buffer, offset: number) => number;
type FieldWriter<Value> = {
	/** Its octets; undefined means blank. */
	readonly size: (value: Value | undefined, name: string) => number;
	readonly write: Write<Value | undefined>;
};

const octet: FieldWriter<number> = {
	size: () => 1,
	write(value = 0, name, into, offset) {
		if (!Number.isInteger(value) || value < 0 || value > 255) throw new UnencodableError(name, "an octet");
		into[offset] = value;
		return offset + 1;
	},
};

/** A NUL inside would shift all fields after it; a character above U+00FF would change. */
const text: FieldWriter<string> = {
	size: (value = "") => value.length + 1,
	write(value = "", name, into, offset) {
		for (let index = 0; index < value.length; index++) {
			const code = value.charCodeAt(index);
			if (code === 0 || code > 255) throw new UnencodableError(name, "Latin-1 without NUL");
			into[offset + index] = code;
		}
		into[offset + value.length] = 0;
		return offset + value.length + 1;
	},
};

const message: FieldWriter<Buffer> = {
	size(value = noBytes, name) {
		if (value.length > shortMessageOctetsMax) throw new UnencodableError(name, "at most 254 octets");
		return value.length + 1;
	},
	write(value = noBytes, _name, into, offset) {
		into[offset] = value.length;
		into.set(value, offset + 1);
		return offset + 1 + value.length;
	},
};

function listOf<Entry>(
	sizeOfEntry: (entry: Entry, name: string) => number,
	writeEntry: Write<Entry>,
): FieldWriter<readonly Entry[]> {
	return {
		size(entries = [], name) {
			if (entries.length > 255) throw new UnencodableError(name, "at most 255 entries");
			return entries.reduce((size, entry) => size + sizeOfEntry(entry, name), 1);
		},
		write(entries = [], name, into, offset) {
			into[offset] = entries.length;
			return entries.reduce((at, entry) => writeEntry(entry, name, into, at), offset + 1);
		},
	};
}

type AddressFields = { dest_addr_ton: number; dest_addr_npi: number; destination_addr: string };

const writeAddress: Write<Readonly<AddressFields>> = (address, name, into, offset) => {
	octet.write(address.dest_addr_ton, name, into, offset);
	octet.write(address.dest_addr_npi, name, into, offset + 1);
	return text.write(address.destination_addr, name, into, offset + 2);
};

const destinations = listOf<MultiDestination>(
	(entry, name) =>
		"dl_name" in entry ? 1 + text.size(entry.dl_name, name) : 3 + text.size(entry.destination_addr, name),
	(entry, name, into, offset) => {
		into[offset] = "dl_name" in entry ? 2 : 1;
		if ("dl_name" in entry) return text.write(entry.dl_name, name, into, offset + 1);
		return writeAddress(entry, name, into, offset + 1);
	},
);

const unsuccessful = listOf<UnsuccessfulDestination>(
	(entry, name) => 6 + text.size(entry.destination_addr, name),
	(entry, name, into, offset) => into.writeUInt32BE(entry.error_status_code, writeAddress(entry, name, into, offset)),
);

const writers = { octet, text, message, destinations, unsuccessful } as const satisfies Record<
	FieldKind,
	FieldWriter<never>
>;

/** A test compares the typed fields with the layouts, so that the value fits its writer. */
export function fieldWriter(kind: FieldKind): FieldWriter<unknown> {
	return writers[kind] as FieldWriter<unknown>;
}
