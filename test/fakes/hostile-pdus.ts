import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { layouts } from "#smpp/wire/layouts.ts";
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
const bodies = layouts
	.filter(({ command }) => command !== "unbind")
	.map(({ command, commandId }) => {
		const whole = encodePdu({ command, sequence_number: 1, fields: sampleFields[command] });
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

/** The lowest sequence_number of these PDUs. Requests of the test stay below it, so no response matches by accident. */
export const hostileFrom = 0x40000000;

/** A PDU of any command or none, whole, cut, overlong, changed or made up. Its command_length is right. */
export function hostilePdu(chance: Chance): Buffer {
	const { commandId, body } = bodies[chance(bodies.length)] ?? { commandId: 4, body: Buffer.alloc(0) };
	const unknown = [0x999, 0x80000999, 0x111, 0, 0xffffffff][chance(5)] ?? 0;
	const mutated = (mutations[chance(mutations.length)] ?? mutations[0])?.(body, chance) ?? body;
	return rawPdu(
		chance(20) === 0 ? unknown : commandId,
		mutated,
		hostileFrom + chance(0x3fffffff),
		chance(3) * chance(256),
	);
}
