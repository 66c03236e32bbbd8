/**
 * Random draws, keyed by an actor and a step, and counted per pair. The n-th draw of a pair depends only on the seed,
 * the actor, the step and n, so a change elsewhere does not shift it.
 */
export type Draws = {
	/** From 0 (inclusive) to 1 (exclusive). */
	number(actor: string, step: string): number;
	/** An integer, both bounds inclusive. */
	integer(actor: string, step: string, from: number, to: number): number;
	/** True with this probability. */
	chance(actor: string, step: string, probability: number): boolean;
	/** One of these. */
	pick<Value>(actor: string, step: string, values: readonly Value[]): Value;
};

const hashes = new Map<string, number>();

/** 32 bits of a text (FNV-1a). */
export function hashOfText(text: string): number {
	const known = hashes.get(text);
	if (known !== undefined) return known;
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
	hash >>>= 0;
	if (hashes.size < 10_000) hashes.set(text, hash);
	return hash;
}

/** Mixes one more number into a hash (the finalizer of MurmurHash3). */
export function mixed(hash: number, value: number): number {
	let mix = Math.imul(hash ^ value ^ 0x9e3779b9, 0x85ebca6b);
	mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
	mix = Math.imul(mix ^ (mix >>> 16), 0x27d4eb2f);
	return (mix ^ (mix >>> 15)) >>> 0;
}

/** A stream of numbers from 0 to 1, by the seed and a name. */
export function stream(seed: number, name: string): () => number {
	const start = mixed(mixed(seed >>> 0, hashOfText(name)), 0x5bd1e995);
	let count = 0;
	return () => {
		count += 1;
		return mixed(start, count) / 2 ** 32;
	};
}

export function draws(seed: number): Draws {
	const streams = new Map<string, () => number>();
	const number = (actor: string, step: string) => {
		const name = `${actor} ${step}`;
		let next = streams.get(name);
		if (next === undefined) {
			next = stream(seed, name);
			streams.set(name, next);
		}
		return next();
	};
	return {
		number,
		integer: (actor, step, from, to) => from + Math.floor(number(actor, step) * (to - from + 1)),
		chance: (actor, step, probability) => number(actor, step) < probability,
		pick(actor, step, values) {
			const value = values[Math.floor(number(actor, step) * values.length)];
			if (value === undefined) throw new Error(`nothing to pick from: ${actor} ${step}`);
			return value;
		},
	};
}
