import { registerHooks } from "node:module";

/** Loaded before a process's own code: gives the gateway as many operators as its first argument says. */
const names = Array.from({ length: Number(process.argv[2]) }, (_, index) => `operator${index + 1}`);
const rnCodes = Object.fromEntries(names.map((name, index) => [name, String(index + 10)]));
const source = `export const rnCodes = ${JSON.stringify(rnCodes)};\nexport const operators = Object.keys(rnCodes);\n`;

registerHooks({
	load: (url, context, next) =>
		url.endsWith("/shared/domain/message/operators.ts")
			? { format: "module", source, shortCircuit: true }
			: next(url, context),
});
