import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { layouts } from "#smpp/wire/layouts.ts";
import type { FieldsOf } from "#smpp/wire/pdu.ts";
import { rawPdu, sampleFields } from "#test/unit/smpp-samples.ts";

/** A number below `below`; the same sequence for the same seed. */
export type Chance = (below: number) => number;

export function chanceOf(seed: number): Chance {
	let state = seed >>> 0 || 1;
	return (below) => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) % below;
	};
}

export function randomOctets(chance: Chance, octetsMax: number): Buffer {
	return Buffer.from(Array.from({ length: chance(octetsMax + 1) }, () => chance(256)));
}

/** Not unbind: a whole one ends the session properly. */
const bodiesOf = (samples: FieldsOf) =>
	layouts
		.filter(({ command }) => command !== "unbind")
		.map(({ command, commandId }) => {
			const whole = encodePdu({ command, sequence_number: 1, fields: samples[command] });
			return { commandId, body: whole.subarray(16) };
		});

/** The ways in which a PDU's body is changed. */
const mutations: readonly ((body: Buffer, chance: Chance) => Buffer)[] = [
	(body) => body,
	(body, chance) => body.subarray(0, chance(body.length + 1)),
	(body, chance) => Buffer.concat([body, randomOctets(chance, 40)]),
	(_, chance) => randomOctets(chance, 300),
	(body, chance) => {
		const changed = Buffer.from(body);
		for (let count = chance(4); count >= 0 && body.length > 0; count -= 1) changed[chance(body.length)] = chance(256);
		return changed;
	},
	/* A TLV with any tag and usually a wrong length. */
	(body, chance) =>
		Buffer.concat([body, Buffer.of(chance(0x16), chance(256), chance(3), chance(256)), randomOctets(chance, 20)]),
];

/** The body, in most cases changed. */
export function mutatedBody(body: Buffer, chance: Chance): Buffer {
	return (mutations[chance(mutations.length)] ?? mutations[0])?.(body, chance) ?? body;
}

/** The lowest sequence_number of these PDUs. Requests of the test stay below it, so no response matches by accident. */
export const hostileFrom = 0x40000000;

/**
 * Gives PDUs of any command or none, whole, cut, overlong, changed or made up, each from one of the samples. Their
 * command_length is right.
 */
export function hostilePdus(samples: readonly FieldsOf[]): (chance: Chance) => Buffer {
	const bodies = samples.flatMap(bodiesOf);
	return (chance) => {
		const { commandId, body } = bodies[chance(bodies.length)] ?? { commandId: 4, body: Buffer.alloc(0) };
		const unknown = [0x999, 0x80000999, 0x111, 0, 0xffffffff][chance(5)] ?? 0;
		const sequenceNumber = hostileFrom + chance(0x3fffffff);
		const status = chance(3) * chance(256);
		return rawPdu(chance(20) === 0 ? unknown : commandId, mutatedBody(body, chance), sequenceNumber, status);
	};
}

export const hostilePdu = hostilePdus([sampleFields]);
