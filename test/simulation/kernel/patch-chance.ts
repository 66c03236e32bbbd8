import { createRequire, syncBuiltinESMExports } from "node:module";
import { hashOfText, mixed, stream } from "./draws.ts";
import { activeKernel } from "./kernel.ts";

const require = createRequire(import.meta.url);

const word = (random: () => number) => Math.floor(random() * 2 ** 32);

/**
 * The random stream of the process whose event is running. Outside of a history it is a fixed stream, for the draws
 * that modules make when they load.
 */
const outside = stream(0, "outside of a history");
function chance(): number {
	const kernel = activeKernel();
	return (kernel?.current?.random ?? outside)();
}

function octets(size: number): Buffer {
	const bytes = Buffer.alloc(size);
	for (let offset = 0; offset < size; offset += 4) {
		const four = word(chance);
		for (let place = offset; place < Math.min(offset + 4, size); place += 1) {
			bytes[place] = (four >>> (8 * (place - offset))) & 0xff;
		}
	}
	return bytes;
}

function uuid(): string {
	const hex = octets(16).toString("hex");
	return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}

/** A password hash instead of scrypt's: as distinct per password and salt, and a thousand times as cheap. */
export function cheapScrypt(password: string, salt: Buffer, size: number): Buffer {
	const hash = Buffer.alloc(size);
	let mix = mixed(hashOfText(password), hashOfText(salt.toString("base64")));
	for (let offset = 0; offset + 4 <= size; offset += 4) {
		mix = mixed(mix, offset);
		hash.writeUInt32BE(mix, offset);
	}
	return hash;
}

/** The CPU time of scrypt. */
const scryptMs = 50;

type AnyFunction = (...values: readonly unknown[]) => unknown;

/** Takes all randomness from the stream of the process that asks for it. */
export function patchChance(): void {
	Math.random = chance;
	const crypto = require("node:crypto") as Record<string, AnyFunction>;
	crypto["randomUUID"] = uuid;
	crypto["randomBytes"] = (size) => octets(Number(size));
	crypto["randomInt"] = (from, to) => {
		const [least, limit] = to === undefined ? [0, Number(from)] : [Number(from), Number(to)];
		return least + Math.floor(chance() * (limit - least));
	};
	crypto["scrypt"] = (password, salt, size, _options, done) => {
		const hash = cheapScrypt(String(password), salt as Buffer, Number(size));
		setTimeout(() => (done as AnyFunction)(null, hash), scryptMs);
	};
	syncBuiltinESMExports();
}
