import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import * as z from "zod";
import type { Stage } from "#infra/stage.ts";
import { jsonText } from "#shared/contracts/json-text.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { operatorsFile } from "#shared/contracts/smscs.ts";
import type { OperatorsFile } from "./local-stack-options.ts";
import { localCanary } from "./local-stage.ts";
import { listen } from "./wire/listen.ts";

/** A wrong setting of `npm start`. The message is one line and names the variable. */
export class BadSetting extends Error {}

const port = (standard: number) => z.coerce.number().int().min(1).max(65_535).default(standard);

const startEnv = z.object({
	SMSGW_HTTP_PORT: port(8_080),
	SMSGW_SMPP_PORT: port(2_775),
	SMSGW_SINK_PORT: port(8_081),
	/** Path of a file with the SMSCs to bind to instead of the simulated ones. */
	SMSGW_OPERATORS: z.string().min(1).optional(),
	/** Whether a canary is sent every five minutes, as on AWS. */
	SMSGW_CANARY: z.stringbool({ truthy: ["yes"], falsy: ["no"] }).default(false),
	/** Path of a folder for data that outlives the run. */
	SMSGW_DATA: z.string().min(1).optional(),
});

export type Settings = {
	readonly httpPort: number;
	readonly smppPort: number;
	readonly sinkPort: number;
	readonly operators: OperatorsFile;
	readonly stage: Partial<Stage>;
	readonly dataPath: string | undefined;
};

/**
 * Reads the settings of `npm start` and checks that all ports are free.
 * @throws BadSetting
 */
export async function readSettings(): Promise<Settings> {
	const env = readStartEnv();
	const ports = {
		SMSGW_HTTP_PORT: env.SMSGW_HTTP_PORT,
		SMSGW_SMPP_PORT: env.SMSGW_SMPP_PORT,
		SMSGW_SINK_PORT: env.SMSGW_SINK_PORT,
	};
	const operators = env.SMSGW_OPERATORS === undefined ? {} : readOperators(env.SMSGW_OPERATORS);
	await mustBeFree(ports);
	return {
		httpPort: ports.SMSGW_HTTP_PORT,
		smppPort: ports.SMSGW_SMPP_PORT,
		sinkPort: ports.SMSGW_SINK_PORT,
		operators,
		stage: env.SMSGW_CANARY ? { canary: localCanary } : {},
		dataPath: env.SMSGW_DATA,
	};
}

function readStartEnv(): z.output<typeof startEnv> {
	try {
		return readEnv(startEnv);
	} catch (error) {
		throw new BadSetting(inOneLine(error));
	}
}

function readOperators(file: string): OperatorsFile {
	try {
		const parsed = jsonText.pipe(operatorsFile).safeParse(readFileSync(file, "utf8"));
		if (parsed.success) return parsed.data;
		throw new Error(z.prettifyError(parsed.error));
	} catch (error) {
		throw new BadSetting(`SMSGW_OPERATORS: ${file}: ${inOneLine(error)}`);
	}
}

/** Opens all ports before it closes them, which also finds two variables with the same port. */
async function mustBeFree(ports: Readonly<Record<string, number>>): Promise<void> {
	const held = Object.entries(ports).map(([name, wanted]) => ({ name, wanted, server: createServer() }));
	try {
		for (const { name, wanted, server } of held) {
			await listen(server, wanted).catch((error: NodeJS.ErrnoException) => {
				const why = error.code === "EADDRINUSE" ? "is in use" : `cannot be opened (${error.code})`;
				throw new BadSetting(`port ${wanted} ${why}: set ${name} to another port`);
			});
		}
	} finally {
		const opened = held.filter(({ server }) => server.listening);
		for (const { server } of opened) server.close();
		await Promise.all(opened.map(async ({ server }) => await once(server, "close")));
	}
}

function inOneLine(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return text.replaceAll(/\s*\n\s*/g, " ");
}
