import type { PduOptions } from "smpp";
import * as z from "zod";
import { jsonText } from "#shared/contracts/json-text.ts";
import { segmentText } from "#shared/domain/message/segments.ts";
import type { SimulatedDelivery } from "./deliveries.ts";

const addressMax = 20;

export const moBody = jsonText.pipe(
	z.object({
		sender: z.string().max(addressMax),
		recipient: z.string().max(addressMax),
		text: z.string().max(17_000),
	}),
);
export type Mo = z.output<typeof moBody>;

const udhIndicator = 0x40;
const dataCodings = { gsm7: 0, ucs2: 8 } as const;
let messageCount = 0;

/** One deliver_sm for each part of a message, with a concatenation header if there are several. */
export function moDeliveries({ sender, recipient, text }: Mo): readonly SimulatedDelivery[] {
	const { encoding, segments } = segmentText(text);
	messageCount += 1;
	const reference = messageCount % 256;
	return segments.map((octets, index) => {
		const header = segments.length > 1 ? [5, 0, 3, reference, segments.length, index + 1] : [];
		const fields: PduOptions = {
			...{ source_addr_ton: 1, source_addr_npi: 1, source_addr: sender },
			...{ dest_addr_ton: 3, dest_addr_npi: 0, destination_addr: recipient },
			esm_class: segments.length > 1 ? udhIndicator : 0,
			data_coding: dataCodings[encoding],
			short_message: Buffer.concat([Uint8Array.from(header), octets]),
		};
		return { fields: () => fields };
	});
}
